"""What may be wrong with etcd, where the members agree on who is primary."""

from collections.abc import Iterator

from operations.findings.finding import Finding, make, note, of_pod
from operations.state import Cluster, EtcdMember
from operations.words import listed, size

_NEARLY = 0.8
"""Part of the quota from which its size is worth a word: at the whole of it etcd refuses every write."""

_LOST = ("has already been bootstrapped", "is out of range [lastIndex", "has been permanently removed")
"""What etcd ends with when its volume is empty, or another's, and the others know it as a member with data: seen with
3.6.16, by a claim that was deleted, and deleted once more (server/etcdserver/bootstrap.go, raft/log.go)."""


def findings(cluster: Cluster) -> Iterator[Finding]:
    """Members that are away, no majority, alarms, and a store that fills."""
    if not cluster.has_quorum:
        answer = [member.name for member in cluster.etcd if not member.missing]
        yield Finding(
            f"etcd has no majority: of {len(cluster.etcd)} members {listed(answer) or 'none'} can be reached. A "
            "primary goes on while it reaches every other member (failsafe mode); no other can take over",
            "bring etcd's pods back before anything else; don't restart a member of the database meanwhile. "
            "All data of etcd lost: docs/replicated.md, «All data of etcd is lost»",
        )
    # Each member's page names the alarms of all.
    alarms = {alarm for member in cluster.etcd for alarm in member.alarms}
    if "NOSPACE" in alarms:
        yield Finding(
            "etcd raised NOSPACE: a member's store reached its quota, and etcd refuses every write",
            "docs/replicated.md, «etcd is out of space»: compact, defragment, disarm; then a larger "
            "`database.replicated.etcd.storage`",
        )
    if "CORRUPT" in alarms:
        yield Finding(
            "etcd raised CORRUPT: a member's data differs from the others'",
            f"{make(cluster, 'etcdctl', ARGS='alarm list')} names it; give it a new volume: docs/replicated.md, "
            "«A member of etcd lost its volume»",
        )
    if any(member.is_open for member in cluster.etcd):
        yield Finding(
            "etcd asks nobody for a password: whoever has a certificate of this database may change who is primary",
            "docs/replicated.md, «All data of etcd is lost», from its fourth step on",
        )
    for member in cluster.etcd:
        yield from _member(cluster, member)


def _member(cluster: Cluster, member: EtcdMember) -> Iterator[Finding]:
    trouble = of_pod(member.pod, member.name, "etcd")
    if trouble:
        if member.pod and any(words in member.pod.said for words in _LOST):
            trouble = Finding(
                f"{member.name} lost its data, and the others know it as a member that has them",
                "docs/replicated.md, «A member of etcd lost its volume»; till then one more loss stops failover",
            )
        yield trouble
    elif member.missing:
        yield Finding(
            f"{member.name} runs, but its health can't be asked: {member.missing}", f"`kubectl logs {member.name}`"
        )
    if member.unseen_by:
        yield Finding(
            f"{member.name} does not answer {listed(list(member.unseen_by))}, though it answers others",
            "look at the network between their nodes, and at the NetworkPolicies: `make check` of the stack",
        )
    if not member.missing and not member.healthy and not member.alarms and cluster.has_quorum:
        yield Finding(f"{member.name} says that it is not healthy: {member.reason or 'no reason given'}")
    if member.quota and not member.alarms and member.size > _NEARLY * member.quota:
        yield note(
            f"{member.name} uses {size(member.size)} of {size(member.quota)}; at the whole of it etcd refuses writes",
            make(cluster, "etcdctl", ARGS="defrag"),
        )
