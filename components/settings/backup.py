"""Backups of a database and its WAL to an object store, and the recovery from them."""

import datetime
import re
from typing import Annotated, Literal, Protocol

from pydantic import AfterValidator, BeforeValidator, Field

from components.settings.schedule import Schedule, gaps
from components.settings.section import Section, exactly_one, rule
from components.settings.store import S3
from components.settings.words import ServiceName
from components.settings.workload import Amounts, Resources

Compression = Literal["none", "gzip", "bzip2", "lz4", "snappy"]
"""Of base backups: what barman-cloud-backup can (ObjectStore's schema, barmancloud.cnpg.io/v1)."""

Retention = Annotated[str, Field(pattern=r"^[1-9][0-9]*[dwm]$")]
"""Days, weeks or months back to which a recovery must be possible (ObjectStore's schema)."""


def server_name(service: str, generation: int) -> str:
    """The folder of one generation of a database in its store."""
    return f"{service}-{generation}"


class Backup(Section):
    """Base backups by `schedule`, and all WAL between them.

    `generation`: a number that goes up with each restore and each cluster made anew; an archive holds one history, and
    PostgreSQL's second one in the same place would spoil both.
    """

    s3: S3
    schedule: Schedule = "0 0 2 * * *"
    retention: Retention = "30d"
    compression: Compression = "gzip"
    wal_compression: Compression | Literal["xz", "zstd"] = "gzip"
    encryption: Literal["AES256", "aws:kms"] | None = None
    generation: int = Field(default=1, ge=1, le=9999)
    resources: Resources = Resources(
        requests=Amounts(cpu="50m", memory="128Mi"), limits=Amounts(cpu="1", memory="512Mi")
    )

    @property
    def longest_gap(self) -> int:
        """Seconds between two base backups, at most, that are taken in time."""
        return gaps(self.schedule)[1]


def _moment(value: object) -> object:
    # What YAML takes for a timestamp comes as one.
    return value.isoformat() if isinstance(value, datetime.datetime) else value


def _past(text: str) -> str:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or not re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d", text):
        raise ValueError("allowed: a moment such as 2026-11-21T14:05:00+09:00 (RFC 3339)")
    if moment.tzinfo is None:
        raise ValueError(
            f"allowed: a moment with its time zone; found {text}, which is another one in each zone: "
            f"{text}Z, {text}+09:00"
        )
    if moment > datetime.datetime.now(datetime.UTC):
        raise ValueError(f"allowed: a moment that has been; found {text}, which recovery would wait for in vain")
    return moment.isoformat()


Moment = Annotated[str, BeforeValidator(_moment), AfterValidator(_past)]
"""A moment in the past, with its time zone."""


class Target(Section):
    """Where recovery ends: exactly one. Without a target it ends where the archive does.

    `exclusive`: just before it.
    """

    time: Moment | None = None
    lsn: Annotated[str, Field(pattern=r"^[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}$")] | None = None
    xid: Annotated[int, Field(ge=3, lt=2**32)] | None = None
    name: Annotated[str, Field(min_length=1, max_length=63)] | None = None
    immediate: Literal[True] | None = None
    exclusive: bool = False

    @rule
    def _one(self) -> None:
        exactly_one(self, "time", "lsn", "xid", "name", "immediate")
        if self.exclusive and (self.name or self.immediate):
            raise ValueError("allowed: `exclusive` with time, lsn or xid (postgresql.org, recovery_target_inclusive)")

    @property
    def needs_backup(self) -> bool:
        """Whether it says nothing about which base backup lies before it."""
        return self.time is None and self.lsn is None


class Recovery(Section):
    """A database's first data, from the backups of an earlier generation or of another server.

    `backup`: the name of a base backup in the store, such as 20261121T020000. `s3`: where they are, if not where this
    database's own go.
    """

    generation: Annotated[int, Field(ge=1, le=9999)] | None = None
    server: ServiceName | None = None
    backup: Annotated[str, Field(pattern=r"^[0-9]{8}T[0-9]{6}$")] | None = None
    target: Target | None = None
    s3: S3 | None = None

    @rule
    def _one_source(self) -> None:
        exactly_one(self, "generation", "server")
        if self.target and self.target.needs_backup and self.backup is None:
            raise ValueError(
                "allowed: `backup` beside a target of name, xid or immediate, for they don't tell which base backup "
                "lies before them (the operator refuses it too)"
            )

    def source(self, service: str) -> str:
        """The server whose backups are read."""
        return self.server or server_name(service, self.generation or 0)


class Kept(Protocol):
    """What archives a database: Backup, or the settings of another tool's archive."""

    @property
    def s3(self) -> S3: ...

    @property
    def generation(self) -> int: ...


def check_recovery(service: str, backup: Kept | None, recovery: Recovery | None, section: str = "backup") -> None:
    """Raise ValueError where a recovery could only be refused, or would spoil the archive that it reads; `section` is
    where `backup` is set."""
    if recovery is None:
        return
    if backup is None:
        raise ValueError(f"allowed: `recovery` together with `{section}`, whose store and generation it needs")
    if recovery.s3 is not None and not recovery.s3.is_same_place(backup.s3):
        return
    own = server_name(service, backup.generation)
    if recovery.source(service) == own:
        raise ValueError(
            f"allowed: a `{section}.generation` above the one that is restored; found {own} for both, and PostgreSQL "
            "would archive a second history over the one that it reads"
        )
    if recovery.generation is not None and recovery.generation > backup.generation:
        raise ValueError(
            f"allowed: a `{section}.generation` above {recovery.generation}, the one that is restored; found "
            f"{backup.generation}, which has an archive already"
        )
