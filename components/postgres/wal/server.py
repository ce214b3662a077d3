"""What archiving adds to a server: volumes, the program, options and keys."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components import network, secrets, volumes
from components.connection import Connection
from components.manifest import Manifest
from components.names import Scope
from components.pod import container, from_secret
from components.postgres.bootstrap import SMALL
from components.postgres.configuration import SOCKETS
from components.postgres.wal import environment
from components.postgres.wal.access import PASSWORD
from components.settings.database import Database
from components.settings.store import S3
from components.settings.wal import PGBACKREST_FILES, Wal, folder

_SCRIPTS = Path(__file__).resolve().parent / "scripts"
SOURCE_AUTHORITY = "source-ca.crt"
_ROOM = "256Mi"
"""For the program, its libraries and certificates; 15 MB were measured with that of Debian 13."""


@dataclass(frozen=True)
class Archiving:
    """Archiving of one server whose data is in `data`, and `connection` is the archiving role's; every part is empty
    where no WAL is archived."""

    scope: Scope
    database: Database
    data: str
    connection: Connection | None

    @property
    def _name(self) -> str:
        return f"{self.database.service}-wal"

    @property
    def _wal(self) -> Wal | None:
        return self.database.wal

    @property
    def programs(self) -> list[Manifest]:
        """The ConfigMap with scripts/ and the authorities of the stores."""
        if self._wal is None:
            return []
        data = {file.name: file.read_text() for file in sorted(_SCRIPTS.glob("*.sh"))}
        for file, place in {environment.AUTHORITY: self._wal.s3, SOURCE_AUTHORITY: self.other}.items():
            if place and place.authority:
                data[file] = place.authority
        return [self.scope.manifest("v1", "ConfigMap", self._name, {"data": data}, labels=self._labels)]

    @property
    def _labels(self) -> dict[str, str]:
        return self.scope.labels(self._name, "backup")

    @property
    def options(self) -> dict[str, str]:
        """pgBackRest's, all but the secret ones."""
        if self._wal is None:
            return {}
        own = {
            "PG1_PATH": self.data,
            "PG1_SOCKET_PATH": SOCKETS,
            "PG1_USER": self.database.roles.archive,
        }
        place = environment.store(self._wal.s3, folder(self.database.service, self._wal))
        encrypted = {"REPO1_CIPHER_TYPE": "aes-256-cbc"} if self._wal.encrypt else {}
        return place | environment.archive(self._wal) | encrypted | own

    @property
    def _configuration(self) -> list[Manifest]:
        """The ConfigMap with them, as variables."""
        if self._wal is None:
            return []
        data = environment.named(self.options)
        name = f"{self._name}-options"
        return [self.scope.manifest("v1", "ConfigMap", name, {"data": data}, labels=self._labels)]

    @property
    def credentials(self) -> tuple[list[Manifest], list[dict[str, Any]]]:
        """Secrets that are made, and variables: what lets pgBackRest into its archive."""
        if self._wal is None:
            return [], []
        return environment.credentials(self.scope, self._name, self._wal.s3, self._wal.encrypt)

    @property
    def other(self) -> S3 | None:
        """The store that is recovered from, where it is not the one that is archived to."""
        return self.database.recovery.s3 if self.database.recovery else None

    @property
    def others_credentials(self) -> tuple[list[Manifest], list[dict[str, Any]]]:
        """The same for the other store."""
        if self._wal is None or self.other is None:
            return [], []
        return environment.credentials(self.scope, f"{self._name}-source", self.other, self._wal.encrypt)

    @property
    def made(self) -> list[Manifest]:
        """Everything that the server's pods need before they start."""
        return [*self.programs, *self._configuration, *self.credentials[0], *self.others_credentials[0]]

    @property
    def read(self) -> list[Manifest]:
        """What the server's pods read once only, when they start: all of `made` but files, and the role's password."""
        found = [manifest for manifest in self.made if manifest not in self.programs]
        return found + ([secrets.credentials(self.scope, self.connection, self._labels)] if self.connection else [])

    @property
    def env_from(self) -> list[dict[str, Any]]:
        """Options of the server's container, and of whoever recovers for it."""
        return [{"configMapRef": {"name": manifest.name}} for manifest in self._configuration]

    @property
    def variables(self) -> list[dict[str, Any]]:
        """Further variables of the server's container: the secret ones."""
        own = [from_secret(PASSWORD, self.connection.secret, "password")] if self.connection else []
        return [*self.credentials[1], *own]

    @property
    def volumes(self) -> list[dict[str, Any]]:
        """Of the pod."""
        if self._wal is None:
            return []
        return [volumes.scratch("pgbackrest", _ROOM), volumes.of_config_map("pgbackrest-files", self._name)]

    @property
    def mounts(self) -> list[dict[str, Any]]:
        """Of the server's container."""
        return [volumes.mount("pgbackrest", environment.PROGRAMS, read_only=True), self._files] if self._wal else []

    @property
    def _files(self) -> dict[str, Any]:
        return volumes.mount("pgbackrest-files", PGBACKREST_FILES, read_only=True)

    @property
    def program(self) -> list[dict[str, Any]]:
        """The init container that brings pgBackRest."""
        if self._wal is None:
            return []
        return [
            container(
                "pgbackrest",
                self._wal.program_image(self.database.server_image),
                command=["sh", f"{PGBACKREST_FILES}/program.sh", self._wal.program, environment.PROGRAMS],
                resources=SMALL,
                mounts=[volumes.mount("pgbackrest", environment.PROGRAMS), self._files],
            )
        ]

    def policy(self, pods: dict[str, str]) -> list[Manifest]:
        """Out of the server's pods to the store."""
        if self._wal is None:
            return []
        reaches = [(peer, peer.ports) for place in self._places for peer in place.allow_to]
        return [network.workload(self.scope, self._name, pods, reaches=reaches)]

    @property
    def _places(self) -> list[S3]:
        return [place for place in (self._wal and self._wal.s3, self.other) if place]
