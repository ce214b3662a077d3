"""Who may become primary, and who may be copied anew: decided from the state, before anybody is asked."""

from components.settings.mistakes import nearest
from operations.refusals import Refused
from operations.state import Cluster, Member
from operations.words import size


def known(cluster: Cluster, name: str) -> Member:
    """The member of this name. Raises Refused with the names there are."""
    names = [member.name for member in cluster.members]
    member = cluster.member(name)
    if member is None:
        do = nearest(name, names)
        raise Refused(
            f"MEMBER={name} is no member of {cluster.scope}; they are {', '.join(names)}" + f"; {do}" * bool(do)
        )
    return member


def unfit(cluster: Cluster, member: Member) -> str:
    """Why this standby must not become primary now; "" where it may. Patroni looks at it once more itself."""
    if member.own.missing:
        return f"its Patroni does not answer: {member.own.missing}"
    if not member.streams:
        return f"it does not stream ({member.state})"
    if member.is_set("nofailover") or dict(member.tags).get("failover_priority") == "0":
        return "its tags say that it is never promoted"
    if cluster.synchronous != "off" and member.role != "synchronous standby":
        return "it is not synchronous: it may lack commits that were acknowledged"
    if member.lag is not None and member.lag > cluster.lag_limit:
        return f"it is {size(member.lag)} behind, and over {size(cluster.lag_limit)} none is promoted"
    return ""


def next_primary(cluster: Cluster, wanted: str = "") -> tuple[str, str]:
    """From whom and to whom to switch: the standby that is wanted, else the fit one with the least lag.

    Raises Refused with the reason why nobody, or not this one, can take over.
    """
    if cluster.listing or not cluster.has_quorum:
        raise Refused("etcd has no majority, so nobody can become primary: `make ha-status` says what to do")
    if cluster.primary is None:
        raise Refused(
            "there is no primary to switch from; to promote a standby by force, which may lose commits: "
            f"`make patronictl ARGS='failover {cluster.scope} --candidate MEMBER'`"
        )
    if wanted:
        member = known(cluster, wanted)
        if member.role == "primary":
            raise Refused(f"{wanted} is the primary already")
        if why := unfit(cluster, member):
            others = [other.name for other in cluster.standbys if not unfit(cluster, other)]
            do = (
                f"; switch to {others[0]}, or leave MEMBER out" if others else "; no other standby can take over either"
            )
            raise Refused(f"{wanted} can't take over: {why}{do}")
        return cluster.primary.name, wanted
    fit = [member for member in cluster.standbys if not unfit(cluster, member)]
    if not fit:
        reasons = "\n".join(f"    {member.name}: {unfit(cluster, member)}" for member in cluster.standbys)
        raise Refused(f"no standby can take over; the primary stays {cluster.primary.name}\n{reasons}".rstrip())
    return cluster.primary.name, min(fit, key=lambda member: (member.lag or 0, member.name)).name


def to_copy(cluster: Cluster, name: str) -> tuple[Member, Member]:
    """The standby that is to be copied anew, and the primary. Raises Refused."""
    if not name:
        standbys = ", ".join(member.name for member in cluster.standbys)
        raise Refused(f"say which: MEMBER=… is one of {standbys}")
    member = known(cluster, name)
    if member.role == "primary":
        raise Refused(f"{name} is the primary: what it has is what the others are copied from. `make switchover` first")
    if cluster.primary is None:
        raise Refused("there is no primary to copy from: what this member has may be the last there is. Keep it")
    if member.own.missing:
        raise Refused(
            f"{name}'s Patroni does not answer ({member.own.missing}), so it can't be asked; see docs/replicated.md, "
            "«A standby's claim is gone or broken»"
        )
    return member, cluster.primary
