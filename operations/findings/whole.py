"""What may be wrong with the cluster as a whole: who is primary, who could be next, and the way in."""

from collections.abc import Iterator

from operations.findings.finding import Finding, make, note
from operations.state import Cluster, Slot
from operations.words import listed, size

_HELD = 2**30
"""Bytes of WAL that a slot nobody uses may hold back before it is worth a word."""


def findings(cluster: Cluster) -> Iterator[Finding]:
    """The most urgent first."""
    yield from _primaries(cluster)
    yield from _ways_in(cluster)
    if cluster.listing and cluster.has_quorum:
        yield Finding(
            f"etcd has a majority, but Patroni does not get its list of members from it: {cluster.listing}",
            "the members' logs say why; with `StaleEtcdNode` in them, docs/replicated.md, «All data of etcd is lost»",
        )
    if failsafe := [member.name for member in cluster.members if member.own.failsafe]:
        yield Finding(f"failsafe mode: {listed(failsafe)} can't reach etcd and the primary goes on without it")
    if cluster.paused:
        yield Finding(
            "maintenance mode: nobody takes over if the primary fails, and Patroni starts nothing that stops",
            f"{make(cluster, 'resume')} when the work is done",
        )
    yield from _synchronous(cluster)
    for slot in cluster.slots:
        yield from _slot(cluster, slot)
    for job in cluster.failed_jobs:
        yield Finding(
            f"the Job {job} gave up: what `pulumi up` wanted is not all in force", f"`kubectl logs job/{job}`"
        )
    yield from _restarts(cluster)
    if cluster.scheduled:
        yield note(f"a switchover is scheduled: {cluster.scheduled}")


def _primaries(cluster: Cluster) -> Iterator[Finding]:
    claim = [member.name for member in cluster.members if member.own.is_primary]
    if len(claim) > 1:
        holds = cluster.primary.name if cluster.primary and not cluster.listing else None
        others = " ".join(name for name in claim if name != holds)
        which = f"`kubectl delete pod {others}`" if holds else "delete the pods of all but the newest timeline"
        yield Finding(
            f"{listed(claim)} both run as primary" + (f"; {holds} holds the lock in etcd" if holds else ""),
            f"look again at once: one that just lost the lock stops within seconds. If it stays so: {which}",
        )
    if cluster.primary is None:
        yield Finding("there is no primary: writes are refused", _way_to_a_primary(cluster))
    elif not cluster.primary.own.missing and cluster.primary.name not in claim:
        yield Finding(
            f"{cluster.primary.name} holds the lock but does not accept writes yet ({cluster.primary.state})",
            "it is being promoted, or recovers; look again in a few seconds",
        )


def _way_to_a_primary(cluster: Cluster) -> str:
    if cluster.paused:
        return f"{make(cluster, 'resume')}: in maintenance mode nobody takes over"
    if not cluster.has_quorum:
        return "etcd first: without its majority nobody can become primary"
    return f"a standby takes over within {cluster.ttl} s of the loss, if one is allowed to: see each of them below"


def _ways_in(cluster: Cluster) -> Iterator[Finding]:
    ready = [pod for pod in cluster.routers if pod.ready]
    if not ready:
        yield Finding("no pod of the router is ready: no client gets in", "`kubectl describe pod` of one of them")
    elif len(ready) < cluster.routers_wanted:
        yield Finding(f"{len(ready)} of {cluster.routers_wanted} pods of the router are ready; clients still get in")


def _synchronous(cluster: Cluster) -> Iterator[Finding]:
    if cluster.synchronous == "off" or cluster.primary is None:
        return
    if any(member.role == "synchronous standby" for member in cluster.members):
        return
    if cluster.synchronous == "strict":
        yield Finding("there is no synchronous standby: every commit waits", "bring a standby back; see below")
    else:
        yield Finding(
            f"there is no synchronous standby: what is committed now is on {cluster.primary.name} alone, and its loss "
            "would lose it",
            "bring a standby back; see below",
        )


def _restarts(cluster: Cluster) -> Iterator[Finding]:
    """One for all: a changed parameter concerns every member."""
    reasons = sorted({reason for member in cluster.members for reason in member.pending_restart})
    if not reasons:
        return
    names = [member.name for member in cluster.members if member.pending_restart]
    # Without --timeout, Patroni takes primary_start_timeout for it, which is 0 here (patroni/api.py, do_POST_restart).
    restart = make(cluster, "patronictl", ARGS=f"restart {cluster.scope} MEMBER --timeout 600")
    yield note(
        f"{listed(names)} {'needs' if len(names) == 1 else 'need'} a restart for {', '.join(reasons)}",
        f"`pulumi up` does it, standbys first; by hand: {restart}, the primary last, after a switchover",
    )


def _slot(cluster: Cluster, slot: Slot) -> Iterator[Finding]:
    if slot.active:
        return
    owner = next((member.name for member in cluster.members if member.name.replace("-", "_") == slot.name), None)
    who = f"the slot of {owner}" if owner else f"the slot {slot.name}, which is no member's,"
    if slot.status == "unreserved":
        yield Finding(
            f"{who} is about to lose WAL: {size(slot.held)} are held back, which is the most allowed",
            f"bring {owner} back within minutes, or it must be copied anew" if owner else "",
        )
    elif slot.held > _HELD:
        do = "" if owner else f"SELECT pg_drop_replication_slot('{slot.name}') on the primary, if nobody needs it"
        yield note(f"{who} holds back {size(slot.held)} of WAL on {_primary(cluster)}'s volume", do)


def _primary(cluster: Cluster) -> str:
    return cluster.primary.name if cluster.primary else "the primary"
