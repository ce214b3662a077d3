"""What archiving and recovery add to a server: volumes, init containers and variables."""

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components import network, volumes
from components.connection import Connection
from components.manifest import Manifest
from components.names import Scope
from components.pod import container, from_secret, requirements
from components.postgres.bootstrap import SMALL
from components.postgres.configuration import PGBACKREST_FILES, PORT, SOCKETS
from components.postgres.wal import environment
from components.postgres.wal.access import PASSWORD
from components.secrets import credentials
from components.settings.database import Database
from components.settings.store import S3
from components.settings.wal import Wal, WalRecovery, folder

_SCRIPTS = Path(__file__).resolve().parent / "scripts"
_SOURCE_AUTHORITY = "source-ca.crt"
_ROOM = "256Mi"
"""For the program, its libraries and certificates; 40 MB were measured with Debian's."""


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
        """The ConfigMap with scripts/ and the store's authority."""
        if self._wal is None:
            return []
        data = {file.name: file.read_text() for file in sorted(_SCRIPTS.glob("*.sh"))}
        for file, place in {environment.AUTHORITY: self._wal.s3, _SOURCE_AUTHORITY: self._other}.items():
            if place and place.authority:
                data[file] = place.authority
        labels = self.scope.labels(self._name, "backup")
        return [self.scope.manifest("v1", "ConfigMap", self._name, {"data": data}, labels=labels)]

    @property
    def _credentials(self) -> tuple[list[Manifest], list[dict[str, Any]]]:
        if self._wal is None:
            return [], []
        return environment.credentials(self.scope, self._name, self._wal.s3, self._wal.encrypt)

    @property
    def _other(self) -> S3 | None:
        """The store that is recovered from, where it is not the one that is archived to."""
        return self.database.recovery.s3 if self.database.recovery else None

    @property
    def _others_credentials(self) -> tuple[list[Manifest], list[dict[str, Any]]]:
        if self._wal is None or self._other is None:
            return [], self._credentials[1]
        return environment.credentials(self.scope, f"{self._name}-source", self._other, self._wal.encrypt)

    @property
    def made(self) -> list[Manifest]:
        """Everything that the server's pods need before they start."""
        return [*self.programs, *self.secrets]

    @property
    def secrets(self) -> list[Manifest]:
        """Those of `made` that a pod reads once only, when it starts."""
        return [*self._credentials[0], *self._others_credentials[0]]

    @property
    def read(self) -> list[Manifest]:
        """All Secrets that the server's container reads: those of `made`, and the archiving role's."""
        if self.connection is None:
            return self.secrets
        return [*self.secrets, credentials(self.scope, self.connection, self.scope.labels(self._name, "backup"))]

    @property
    def variables(self) -> list[dict[str, Any]]:
        """Of the server's container."""
        if self._wal is None:
            return []
        own = {
            "PG1_PATH": self.data,
            "PG1_PORT": str(PORT),
            "PG1_SOCKET_PATH": SOCKETS,
            "PG1_USER": self.database.roles.archive,
        }
        place = environment.store(self._wal.s3, folder(self.database.service, self._wal))
        return [
            *environment.written(place | environment.archive(self._wal) | own),
            *self._credentials[1],
            *([from_secret(PASSWORD, self.connection.secret, "password")] if self.connection else []),
        ]

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
                self._wal.program_image(self.database.version),
                command=["sh", f"{PGBACKREST_FILES}/program.sh", self._wal.program, environment.PROGRAMS],
                resources=SMALL,
                mounts=[volumes.mount("pgbackrest", environment.PROGRAMS), self._files],
            )
        ]

    def recovery(
        self, image: str, env_from: list[dict[str, Any]], mounts: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """The init container that fills an empty data directory, with the server's `image`, user and `mounts`."""
        wanted = self.database.recovery
        if self._wal is None or wanted is None:
            return []
        return [
            container(
                "recover",
                image,
                command=["sh", f"{PGBACKREST_FILES}/restore.sh"],
                envFrom=env_from,
                env=[
                    {"name": "PGDATA", "value": self.data},
                    {"name": "RECOVERED_FROM", "value": wanted.told(self.database.service)},
                    *environment.written(self._source(wanted) | _target(wanted)),
                    *self._others_credentials[1],
                ],
                resources=requirements(self.database.resources),
                mounts=[*mounts, *self.mounts],
            )
        ]

    @property
    def sources(self) -> list[dict[str, Any]]:
        """Variables of a server that recovers itself, each beside the one of its own archive (scripts/source.sh)."""
        wanted = self.database.recovery
        if self._wal is None or wanted is None:
            return []
        found = [*environment.written(self._source(wanted) | _target(wanted)), *self._others_credentials[1]]
        return [{**variable, "name": f"SOURCE_{variable['name']}"} for variable in found]

    def _source(self, wanted: WalRecovery) -> dict[str, str]:
        server = wanted.source(self.database.service)
        if self._other is not None:
            return environment.store(self._other, server, _SOURCE_AUTHORITY)
        return environment.store(self._wal.s3, server) if self._wal else {}

    def policy(self, pods: dict[str, str]) -> list[Manifest]:
        """Out of the server's pods to the store."""
        if self._wal is None:
            return []
        reaches = [(peer, peer.ports) for place in self._places for peer in place.allow_to]
        return [network.workload(self.scope, self._name, pods, reaches=reaches)]

    @property
    def _places(self) -> list[S3]:
        return [place for place in (self._wal and self._wal.s3, self._other) if place]


def _target(recovery: WalRecovery) -> dict[str, str]:
    """Where it ends (pgbackrest.org, «Restore Command»); without a target it plays all that was archived."""
    found = {"SET": recovery.backup} if recovery.backup else {}
    if (target := recovery.target) is None:
        return found
    if target.immediate:
        return found | {"TYPE": "immediate", "TARGET_ACTION": "promote"}
    moment = datetime.datetime.fromisoformat(target.time).astimezone(datetime.UTC) if target.time else None
    kinds = {
        "time": moment.strftime("%Y-%m-%d %H:%M:%S.%f+00") if moment else None,
        "lsn": target.lsn,
        "xid": str(target.xid) if target.xid else None,
        "name": target.name,
    }
    kind, value = next((kind, value) for kind, value in kinds.items() if value)
    exclusive = {"TARGET_EXCLUSIVE": "y"} if target.exclusive else {}
    return found | {"TYPE": kind, "TARGET": value, "TARGET_ACTION": "promote", **exclusive}
