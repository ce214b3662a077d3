"""What to do next with a cluster of Patroni members, told from one look at all of them; nothing here does it.

The order is Patroni's and PostgreSQL's: the shared configuration first, then standbys one at a time, the primary last.
In place, because for a client that is shorter than a switchover (median 2.4 s of 8 against 3.2 s of 7, writes every
50 ms, Patroni 4.1.5), and because a value that PostgreSQL lets no standby lower before its primary needs it anyway.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

KEPT = ("pause", "standby_cluster")
"""Keys of the shared configuration that operations set and take away, never the stack."""
TIED = (
    "max_connections",
    "max_locks_per_transaction",
    "max_prepared_transactions",
    "max_wal_senders",
    "max_worker_processes",
)
"""A standby may not have less of these than its primary (postgresql.org, «Hot Standby», 27.4.3)."""
RESTARTS = 2
"""Of one member: standbys need a second one where a value of TIED goes down and another parameter changes with it."""


class Member(NamedTuple):
    """One look at a member."""

    url: str
    status: Mapping[str, Any]
    """Its answer to GET /patroni; empty where there is none, and then `error` says why."""
    configuration: Mapping[str, Any] | None
    """The shared configuration as this member read it last."""
    outdated: tuple[str, ...] = ()
    """What shows another certificate than the one in its file: REST API, PostgreSQL."""
    error: str = ""

    @property
    def name(self) -> str:
        return self.status.get("patroni", {}).get("name") or str(urlsplit(self.url).hostname)

    @property
    def leads(self) -> bool:
        return self.status.get("role") in ("primary", "standby_leader")

    @property
    def synchronous(self) -> bool:
        return bool(self.status.get("sync_standby") or self.status.get("quorum_standby"))

    @property
    def pending(self) -> Mapping[str, Any]:
        """Parameters that wait for a restart, with their old and new value."""
        return self.status.get("pending_restart_reason") or ({"?": {}} if self.status.get("pending_restart") else {})


class Patch(NamedTuple):
    """PATCH /config: a merge patch, so what others change at the same time stays."""

    member: Member
    changes: dict[str, Any]


class Reload(NamedTuple):
    """POST /reload: Patroni reads its files again, and so does PostgreSQL."""

    member: Member


class Restart(NamedTuple):
    """POST /restart."""

    member: Member
    parameters: tuple[str, ...]
    """The pending ones that this restart brings in."""


class Wait(NamedTuple):
    """Nothing to do but to look again."""

    reason: str


class Done(NamedTuple):
    """As wanted, or as far as it may go now."""

    text: str


class Stuck(NamedTuple):
    """Looking again won't help."""

    reason: str


Step = Patch | Reload | Restart | Wait | Done | Stuck


def changes(found: Mapping[str, Any], wanted: Mapping[str, Any], kept: Collection[str] = KEPT) -> dict[str, Any]:
    """The merge patch (RFC 7386) from found to wanted; empty where Patroni sees no difference: it compares as text."""
    patch: dict[str, Any] = {name: None for name in found if name not in wanted and name not in kept}
    for name, value in wanted.items():
        old = found.get(name)
        if name in kept or (name in found and str(old) == str(value)):
            continue
        if isinstance(value, dict) and isinstance(old, dict):
            if inner := changes(old, value, ()):
                patch[name] = inner
        else:
            patch[name] = value
    return patch


def trouble(members: Sequence[Member], *, synchronous: bool) -> str:
    """What is wrong with the cluster, in words; "" where one leads and all the others stream from it, one of them
    synchronously if so wanted: without it nobody could take over from a primary that doesn't come back."""
    for member in members:
        state = member.status.get("state")
        if not member.status:
            return f"{member.name} does not answer: {member.error}"
        if member.status.get("failsafe_mode_is_active"):
            return f"{member.name} does not reach etcd; the cluster carries on in failsafe mode"
        if state != "running":
            return f"{member.name} is not running: {state}"
        if not member.leads and member.status.get("replication_state") != "streaming":
            return (
                f"{member.name} runs, but does not stream: {member.status.get('replication_state', 'no replication')}"
            )
    leaders = [member.name for member in members if member.leads]
    if len(leaders) != 1 or any(member.status.get("cluster_unlocked") for member in members):
        return f"no single leader: {', '.join(leaders) or 'none'}"
    if synchronous and not any(member.synchronous for member in members):
        return "no standby is synchronous yet"
    return ""


def paths(patch: Mapping[str, Any], prefix: str = "") -> list[str]:
    """The names of what a merge patch changes, without the values: some could be secret."""
    names: list[str] = []
    for name, value in patch.items():
        names += paths(value, f"{prefix}{name}.") if isinstance(value, dict) and value else [prefix + name]
    return names


def _lowered_too_early(name: str, member: Member, leader: Member) -> bool:
    if member.leads or name not in TIED or name not in leader.pending:
        return False
    return int(member.pending[name]["new_value"]) < int(member.pending[name]["old_value"])


def next_restart(members: Sequence[Member]) -> Restart | None:
    """Of a healthy cluster: a standby that can take its new values; after those the primary; then the standbys left."""
    leader = next(member for member in members if member.leads)
    for member in (*(member for member in members if not member.leads), leader):
        if ready := tuple(name for name in member.pending if not _lowered_too_early(name, member, leader)):
            return Restart(member, ready)
    return None


def decide(
    members: Sequence[Member],
    wanted: Mapping[str, Any],
    *,
    applied: Collection[str],
    reloaded: Collection[str],
    restarts: Mapping[str, int],
) -> Step:
    """The next step. `applied`, `reloaded`: URLs of members that have acted on the wanted configuration, and that were
    told a moment ago to read their files; `restarts`: how often this run restarted each.

    The configuration goes in even while a member is down: it may be what lets that member start.
    """
    outdated = [member for member in members if member.outdated]
    if told := next((member for member in outdated if member.url not in reloaded), None):
        return Reload(told)
    answering = [member for member in members if member.configuration is not None]
    if not answering:
        return Wait(trouble(members, synchronous=False) or "no member has a shared configuration to show yet")
    patches = [changes(member.configuration or {}, wanted) for member in answering]
    if all(patches):
        return Patch(answering[0], patches[0])
    if outdated:
        return Wait(f"{outdated[0].name} still shows its former certificate ({', '.join(outdated[0].outdated)})")
    if any(member.status.get("pause") for member in members):
        return Done("the cluster is paused, so nothing is restarted: run this again after `patronictl resume`")
    if wrong := trouble(members, synchronous=bool(wanted.get("synchronous_mode"))):
        return Wait(wrong)
    return _roll(members, applied, restarts)


def _roll(members: Sequence[Member], applied: Collection[str], restarts: Mapping[str, int]) -> Step:
    if late := [member.name for member in members if member.url not in applied]:
        return Wait(f"{', '.join(late)} may not have applied the configuration yet")
    step = next_restart(members)
    if step is None:
        leader = next(member.name for member in members if member.leads)
        return Done(f"settled: {leader} leads, the others stream, no restart is due")
    if restarts.get(step.member.url, 0) >= RESTARTS:
        return Stuck(f"{step.member.name} still wants a restart after {RESTARTS}, for {', '.join(step.parameters)}")
    return step
