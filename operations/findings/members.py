"""What may be wrong with one member of the database."""

from collections.abc import Iterator

from operations.findings.finding import Finding, make, note, of_pod
from operations.state import Cluster, Disk, Member
from operations.words import seconds, size

FULL, NEARLY_FULL = 0.95, 0.85
"""Parts of a volume that are taken: no room for a checkpoint's worth of WAL; time to enlarge it."""

_BROKEN = {
    "start failed",
    "crashed",
    "stopped",
    "restart failed",
    "stop failed",
    "initdb failed",
    "custom bootstrap failed",
}
"""States in which PostgreSQL is down and nothing is under way (Patroni 4.1, patroni/postgresql/misc.py)."""

_FOLLOWS = {"streaming", "in archive recovery"}


def findings(cluster: Cluster, member: Member) -> Iterator[Finding]:
    """All about one member; what only follows from its pod being down is left out."""
    trouble = of_pod(member.pod, member.name, "patroni")
    if trouble:
        yield trouble
        return
    if member.disk and member.disk.used >= NEARLY_FULL:
        yield _nearly_full(member.name, member.disk)
    if member.own.missing:
        yield Finding(
            f"{member.name}'s Patroni does not answer: {member.own.missing}",
            f"`kubectl logs {member.name} -c patroni --tail=50`; the kubelet restarts it when it stays silent",
        )
    elif not cluster.listing and not member.listed:
        yield Finding(
            f"{member.name} runs, but is not in the list of members in etcd", f"`kubectl logs {member.name} -c patroni`"
        )
    elif (silent := member.own.etcd_seen or 0.0) > cluster.ttl and not member.own.failsafe:
        yield Finding(
            f"{member.name} has not heard from etcd for {seconds(silent)}",
            "the others may have; look at its node's network",
        )
    yield from _replication(cluster, member)
    if member.is_set("nofailover") or dict(member.tags).get("failover_priority") == "0":
        yield note(f"{member.name} is tagged so that it is never promoted")


def _nearly_full(name: str, disk: Disk) -> Finding:
    return Finding(
        f"{name}'s volume is {disk.used:.0%} full, {size(disk.free)} are left",
        "enlarge `database.storage.size` in the stack's file, then `pulumi up`: it grows in place, where the storage "
        "class can. Never delete files of pg_wal by hand",
        wrong=disk.used >= FULL,
    )


def _replication(cluster: Cluster, member: Member) -> Iterator[Finding]:
    broken = member.state in _BROKEN
    if broken:
        do = f"`kubectl logs {member.name} -c patroni --tail=50`"
        if cluster.paused:
            do = f"{make(cluster, 'resume')}: in maintenance mode Patroni starts nothing"
        yield Finding(f"PostgreSQL of {member.name} is down: {member.state}", do)
    if member.role == "primary" or cluster.primary is None:
        return
    if _wal_is_gone(cluster, member):
        behind = f"{size(member.lag)} behind" if member.lag else "behind"
        yield Finding(
            f"{member.name} is {behind} and the primary has removed WAL that it needs: it can't catch up",
            f"{make(cluster, 'reinit', MEMBER=member.name)} copies it anew",
        )
    elif broken or member.state == "unknown":
        return
    elif member.state not in _FOLLOWS | {"running"}:
        yield note(f"{member.name} is not there yet: {member.state}")
    elif member.state == "running":
        yield Finding(
            f"{member.name} runs but does not stream from {cluster.primary.name}",
            f"`kubectl logs {member.name} -c patroni --tail=50`; if it stays so, "
            f"{make(cluster, 'reinit', MEMBER=member.name)}",
        )
    elif member.lag is not None and member.lag > cluster.lag_limit:
        yield Finding(
            f"{member.name} is {size(member.lag)} behind; over {size(cluster.lag_limit)} it is not promoted",
            "wait if it shrinks; else look at its disk, its network, and long queries that hold replay up",
        )


def _wal_is_gone(cluster: Cluster, member: Member) -> bool:
    """Whether what it has to receive next is older than all that the primary still has."""
    if member.streams or member.received is None or cluster.oldest_wal is None:
        return False
    return member.received < cluster.oldest_wal
