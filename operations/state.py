"""What is known of a replicated database at one moment. Sizes and lags in bytes, times in seconds."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["primary", "synchronous standby", "standby", "unknown"]


@dataclass(frozen=True)
class Pod:
    """A pod as Kubernetes sees it. `trouble`: why it does not run, in Kubernetes' words; `said`: its last log line."""

    name: str
    ready: bool
    running: bool
    restarts: int = 0
    trouble: str = ""
    said: str = ""


@dataclass(frozen=True)
class Disk:
    """The volume of a member."""

    total: int
    free: int

    @property
    def used(self) -> float:
        """The part of it that is taken, 0 to 1."""
        return 1 - self.free / self.total if self.total else 0.0


@dataclass(frozen=True)
class Slot:
    """A physical replication slot of the primary. `held`: WAL that it keeps from being removed."""

    name: str
    active: bool
    status: str
    held: int


@dataclass(frozen=True)
class Own:
    """What a member says of itself. `missing`: why its Patroni said nothing; only `is_primary` is worth something then.

    `is_primary`: its PostgreSQL takes writes.
    `etcd_seen`: seconds since it last heard from etcd. `started`: when its PostgreSQL started, as that says it.
    `received`: the WAL position up to which it has WAL.
    """

    missing: str = ""
    is_primary: bool = False
    replication: str = ""
    timeline: int | None = None
    paused: bool = False
    failsafe: bool = False
    etcd_seen: float | None = None
    started: str = ""
    state: str = "unknown"
    received: int | None = None


@dataclass(frozen=True)
class Member:
    """A member, as etcd knows it (`listed`: that it does), and as it speaks for itself."""

    name: str
    pod: Pod | None = None
    listed: bool = False
    role: Role = "unknown"
    state: str = "unknown"
    timeline: int | None = None
    lag: int | None = None
    received: int | None = None
    pending_restart: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    own: Own = Own(missing="was not asked")
    disk: Disk | None = None

    @property
    def streams(self) -> bool:
        """Whether it is a standby that follows its primary."""
        return self.role != "primary" and self.state == "streaming"

    def is_set(self, tag: str) -> bool:
        """Whether it carries this tag, and not as false."""
        return dict(self.tags).get(tag, "False") not in ("False", "0", "")


@dataclass(frozen=True)
class EtcdMember:
    """A member of etcd. `missing`: why its health page was not had; the other fields are worth nothing then.

    `asked`: whether anybody could ask it. `is_open`: it asks nobody for a password.
    `unseen_by`: members of the database that it did not answer, though it answered others.
    """

    name: str
    pod: Pod | None = None
    missing: str = ""
    asked: bool = True
    healthy: bool = False
    reason: str = ""
    is_leader: bool = False
    has_leader: bool = False
    size: int = 0
    quota: int = 0
    version: str = ""
    is_open: bool = False
    unseen_by: tuple[str, ...] = ()

    @property
    def alarms(self) -> tuple[str, ...]:
        """NOSPACE, CORRUPT."""
        return tuple(alarm for alarm in ("NOSPACE", "CORRUPT") if f"ALARM {alarm}" in self.reason)


@dataclass(frozen=True)
class Cluster:
    """All of it. `listing`: "" where the list of members in etcd was had, else why not; roles are then each one's own.

    `oldest_wal`: position of the oldest WAL that the primary still has; None where it was not asked.
    `failed_jobs`: Jobs of this database that gave up.
    `lag_limit`: a standby further behind is not promoted. `ttl`: after which a primary's lock is free.
    """

    stack: str
    scope: str
    members: tuple[Member, ...]
    etcd: tuple[EtcdMember, ...]
    routers: tuple[Pod, ...]
    routers_wanted: int
    listing: str = ""
    paused: bool = False
    synchronous: Literal["off", "on", "strict", "quorum"] = "off"
    lag_limit: int = 1048576
    ttl: int = 30
    scheduled: str = ""
    slots: tuple[Slot, ...] = ()
    oldest_wal: int | None = None
    failed_jobs: tuple[str, ...] = ()

    @property
    def primary(self) -> Member | None:
        """The member that holds the lock in etcd, or says so where etcd can't be asked."""
        return next((member for member in self.members if member.role == "primary"), None)

    @property
    def standbys(self) -> tuple[Member, ...]:
        return tuple(member for member in self.members if member.role != "primary")

    def member(self, name: str) -> Member | None:
        return next((member for member in self.members if member.name == name), None)

    @property
    def has_quorum(self) -> bool:
        """Whether a majority of etcd agrees. Where no member could be asked, its pods tell: /readyz reads by quorum."""
        asked = [member for member in self.etcd if member.asked]
        if asked:
            return any(member.has_leader for member in asked)
        return any(member.pod and member.pod.ready for member in self.etcd)
