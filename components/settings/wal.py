"""WAL archiving with pgBackRest, and the recovery of a database to a moment from what it archived.

Sources: pgbackrest.org, «Configuration Reference», «Command Reference», and its release notes.
"""

from typing import Annotated, Literal

from pydantic import Field

from components.images import image_parts
from components.settings.backup import Recovery, Retention, check_recovery, server_name
from components.settings.schedule import Cron, cron_gaps
from components.settings.section import Section, rule
from components.settings.source import SecretSource
from components.settings.store import S3
from components.settings.words import Image, Path

GLIBC, MUSL = "docker.io/percona/percona-pgbackrest:2.59.0-1", "ghcr.io/woblerr/pgbackrest:2.59.0-alpine"
"""Images with pgBackRest at PROGRAM, by the C library that it was built with: of Percona's operator, on UBI 9
(docs.percona.com, «Percona certified images»), which is older than Debian's 12 and Spilo's; and of Anton Kurochkin's
docker-pgbackrest (release v0.37), on Alpine 3.23."""

_DAYS = {"d": 1, "w": 7, "m": 30}

PGBACKREST = "/opt/pgbackrest/pgbackrest"
"""Where a server's pod has the program that archives."""

PGBACKREST_FILES = "/etc/pgbackrest-files"
"""Where it has what belongs to that: scripts, the stores' own authorities."""

LONGEST_SERVICE = 52 - len("-base-backup")
"""A CronJob's name has at most 52 characters (kubernetes.io/docs, «CronJob», Job names)."""

DECIDED_BY_ARCHIVING = frozenset(
    {"archive_mode", "archive_command", "archive_library", "archive_timeout", "restore_command", "wal_level"}
)
"""Parameters that `backup.wal` decides; without them there is no archive."""


def _refuse_store(store: S3) -> None:
    if store.credentials is None:
        raise ValueError("allowed: `credentials` for WAL; with a role of the pods' own nobody has tried it here")
    if store.endpoint is None and store.region is None:
        raise ValueError("allowed: `region` where no `endpoint` is given; pgBackRest finds AWS's by it")
    if (store.endpoint or "").startswith("http://"):
        raise ValueError("allowed: an https:// endpoint; pgBackRest speaks TLS alone («repo-storage-host»)")


class Wal(Section):
    """Every segment of WAL to `s3`, and full backups by `schedule` from which it can be replayed.

    `timeout`: seconds after which a segment is archived that is not full, so at most so much is lost with the volume.
    `generation`: one history of one database; it goes up with each recovery. `image`: one that has pgBackRest at
    `program`, from where it is copied into the server's pods; without it one of GLIBC and MUSL. `encrypt`: the source
    of a passphrase; the store then sees nothing of the data.
    """

    s3: S3
    schedule: Cron = "17 1 * * *"
    retention: Retention = "30d"
    timeout: int = Field(default=300, ge=10, le=3600)
    generation: int = Field(default=1, ge=1, le=9999)
    compression: Literal["none", "gz", "lz4", "zst"] = "lz4"
    encrypt: SecretSource | None = None
    image: Image | None = None
    program: Path = "/usr/bin/pgbackrest"
    deadline_seconds: int = Field(default=21600, ge=60, le=86400)

    @rule
    def _possible(self) -> None:
        _refuse_store(self.s3)

    @rule
    def _can_be_read(self) -> None:
        if self.encrypt is not None and self.encrypt.generate is not None:
            raise ValueError(
                "allowed: a source of a passphrase that outlives this stack; found `generate` in `encrypt`: it would "
                "be lost with the stack's state, and nothing could be read when it is needed"
            )

    @property
    def longest_gap(self) -> int:
        """Seconds between two full backups, at most, that are taken in time."""
        return cron_gaps(self.schedule)[1]

    @property
    def retention_days(self) -> int:
        """Days back to which a recovery is possible; a month counts 30."""
        return int(self.retention[:-1]) * _DAYS[self.retention[-1]]

    def program_image(self, server: str) -> str:
        """The image that brings pgBackRest for the image `server`."""
        return self.image or (MUSL if "alpine" in image_parts(server)[1] else GLIBC)


class WalRecovery(Recovery):
    """A database's first data, from the archive of an earlier generation or of another server.

    `backup`: a full backup's label, such as 20261121-011700F. `s3`: where it is, if not where this database's own goes.
    """

    backup: Annotated[str, Field(pattern=r"^[0-9]{8}-[0-9]{6}F(_[0-9]{8}-[0-9]{6}[DI])?$")] | None = None

    @rule
    def _readable(self) -> None:
        if self.s3 is not None:
            _refuse_store(self.s3)

    def told(self, service: str) -> str:
        """In words, where the data comes from and where it ends: the same for the same recovery."""
        target = self.target.model_dump(exclude_none=True) if self.target else {}
        words = [f"{key} {value}" for key, value in target.items() if value is not False]
        return " ".join([self.source(service), *([f"backup {self.backup}"] if self.backup else []), *words])


def check_wal(
    topology: str, service: str, parameters: dict[str, str], wal: Wal | None, recovery: WalRecovery | None
) -> None:
    """Raise ValueError where archiving or recovery don't fit the database that they are of."""
    if recovery is not None and topology in ("shared", "external"):
        raise ValueError(f"allowed: `recovery` of a standalone or replicated database; found topology {topology}")
    check_recovery(service, wal, recovery, "backup.wal")
    if wal is None:
        return
    if len(service) > LONGEST_SERVICE:
        raise ValueError(
            f"allowed: a `service` of at most {LONGEST_SERVICE} characters with `backup.wal`: a CronJob's name has at "
            "most 52"
        )
    if decided := sorted(set(parameters) & DECIDED_BY_ARCHIVING):
        raise ValueError(f"allowed: parameters that `backup.wal` does not decide; found {', '.join(decided)}")


def folder(service: str, wal: Wal) -> str:
    """Where this generation's archive is, below the store's path."""
    return server_name(service, wal.generation)
