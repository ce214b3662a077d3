"""What to do next with a cluster of Patroni members, told from one look at all of them; nothing here does it.

The order is Patroni's and PostgreSQL's: the shared configuration first, then standbys one at a time, the primary last.
In place, because for a client that is shorter than a switchover (median 2.4 s of 8 against 3.2 s of 7, writes every
50 ms, Patroni 4.1.5), and because a value that PostgreSQL lets no standby lower before its primary needs it anyway.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from .member import Member, trouble
from .patch import changes

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
