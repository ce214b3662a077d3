"""Backups of a standalone or a replicated database: dumps with the proof that they restore, and volume snapshots."""

from typing import Annotated

from pydantic import Field

from components.settings.network import AllowTo
from components.settings.schedule import Cron, cron_gaps
from components.settings.section import Section, exactly_one, rule
from components.settings.source import SecretSource
from components.settings.store import S3
from components.settings.wal import Wal
from components.settings.words import Image, Label, ObjectName
from components.settings.workload import Amounts, Claim, Resources

_DAY = 86400
_MODEST = Resources(requests=Amounts(cpu="50m", memory="128Mi"), limits=Amounts(cpu="1", memory="512Mi"))
_SERVER = Resources(requests=Amounts(cpu="100m", memory="256Mi"), limits=Amounts(cpu="1", memory="1Gi"))

LONGEST_RUN = 86400
"""Seconds: a dump that takes longer than a day is no dump for every day; base backups and WAL are for that size."""

LONGEST_SERVICE = 52 - len("-restore-proof")
"""A CronJob's name has at most 52 characters (kubernetes.io/docs, «CronJob», Job names)."""


class Keep(Section):
    """Which dumps stay: those of the last `days`, the newest `count` however old, and the newest one that is proved."""

    count: int = Field(default=7, ge=1, le=1000)
    days: int = Field(default=14, ge=1, le=3650)


class Check(Section):
    """A query of the owner's in the restored copy, and what psql prints for it: rows by line, columns apart by `|`."""

    query: Annotated[str, Field(min_length=1)]
    expect: str


class Proof(Section):
    """The newest dump, restored into a server of the Job's own and compared with what was there when it was taken."""

    schedule: Cron = "17 4 * * *"
    checks: dict[Label, Check] = {}
    resources: Resources = _SERVER
    deadline_seconds: int = Field(default=7200, ge=60, le=LONGEST_RUN)


class Dumps(Section):
    """pg_dump's custom format by `schedule`, to a claim of its own (`storage`) or to `s3`.

    `image`: one with rclone and a shell, which writes, encrypts and reads back. `encrypt`: the source of a password.
    """

    schedule: Cron = "17 2 * * *"
    storage: Claim | None = None
    s3: S3 | None = None
    image: Image = "rclone/rclone:1.69.1"
    encrypt: SecretSource | None = None
    compression: int = Field(default=6, ge=0, le=9)
    keep: Keep = Keep()
    proof: Proof = Proof()
    resources: Resources = _MODEST
    deadline_seconds: int = Field(default=7200, ge=60, le=LONGEST_RUN)

    @rule
    def _one_place(self) -> None:
        exactly_one(self, "storage", "s3")

    @rule
    def _can_be_read(self) -> None:
        if self.encrypt is not None and self.encrypt.generate is not None:
            raise ValueError(
                "allowed: a source of a password that outlives this stack; found `generate` in `encrypt`: it would be "
                "lost with the stack's state, and no dump could be read when it is needed"
            )

    @property
    def longest_gap(self) -> int:
        """Seconds between two dumps, at most, that are taken in time."""
        return cron_gaps(self.schedule)[1]


class Snapshots(Section):
    """VolumeSnapshots of the database's claim; the cluster must have the CRD and a class for the claim's driver.

    `image`: one with kubectl and a shell. `allow_to`: where the API server answers, for the NetworkPolicy.
    """

    schedule: Cron = "47 1 * * *"
    class_name: ObjectName
    count: int = Field(default=7, ge=1, le=100)
    image: Image = "alpine/k8s:1.31.0"
    allow_to: list[AllowTo] = Field(min_length=1)


class Backups(Section):
    """What is kept of a database beside itself; each part is made only where it is given."""

    dumps: Dumps | None = None
    snapshots: Snapshots | None = None
    wal: Wal | None = None

    @rule
    def _some(self) -> None:
        if not self.model_fields_set:
            raise ValueError(f"allowed: one or more of {', '.join(type(self).model_fields)}; found none")

    @property
    def images(self) -> dict[str, str]:
        """Setting → image, of what these backups run beside the database's own."""
        parts = {"dumps": self.dumps, "snapshots": self.snapshots}
        return {f"backup.{name}.image": part.image for name, part in parts.items() if part is not None}


def check_backups(topology: str, service: str, backup: Backups | None) -> None:
    """Raise ValueError where `backup` does not fit the database it is of."""
    if backup is None:
        return
    if topology == "shared":
        raise ValueError("allowed: `shared.backup` for a shared database, whose operator takes them")
    if topology == "external":
        raise ValueError("allowed: no `backup` of an external database: whoever runs it takes them")
    if backup.dumps and len(service) > LONGEST_SERVICE:
        raise ValueError(
            f"allowed: a `service` of at most {LONGEST_SERVICE} characters with dumps: a CronJob's name has at most 52"
        )
