"""From what Patroni and etcd answered to a Cluster. Nothing is asked here.

The answers' forms: Patroni 4.1, patroni/utils.py (cluster_as_json) and patroni/api.py (get_postgresql_status);
etcd 3.6, /health and /metrics.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from operations.state import Cluster, Disk, EtcdMember, Member, Own, Pod, Role, Slot

Answers = Mapping[str, Any]
"""What operations/inside.py printed, or {"missing": why it printed nothing}."""

_ROLES: dict[str, Role] = {
    "leader": "primary",
    "standby_leader": "primary",
    "sync_standby": "synchronous standby",
    "quorum_standby": "synchronous standby",
    "replica": "standby",
}
_NOT_ASKED = "no pod of a member could be asked"


def _position(text: object) -> int | None:
    """A WAL position such as 0/50487D0 in bytes; None for «unknown»."""
    high, slash, low = str(text).partition("/")
    return (int(high, 16) << 32) + int(low, 16) if slash else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _own(answers: Answers) -> Own:
    page: Mapping[str, Any] = answers if "missing" in answers else answers["patroni"]
    # PostgreSQL that is no standby has slots to tell of, whatever became of its Patroni.
    writes = "slots" in answers
    if "missing" in page:
        return Own(missing=str(page["missing"]), is_primary=writes)
    seen = page.get("dcs_last_seen")
    return Own(
        is_primary=writes or (page.get("role") == "primary" and page.get("state") == "running"),
        replication=page.get("replication_state", ""),
        timeline=page.get("timeline"),
        paused=bool(page.get("pause")),
        failsafe=bool(page.get("failsafe_mode_is_active")),
        etcd_seen=max(0.0, answers["now"] - seen) if seen else None,
        started=str(page.get("postmaster_start_time") or ""),
        state=str(page.get("state", "unknown")),
        received=page.get("xlog", {}).get("received_location"),
    )


def _restart(entry: Mapping[str, Any]) -> tuple[str, ...]:
    reasons = entry.get("pending_restart_reason", {})
    found = tuple(f"{name}: {change['old_value']} → {change['new_value']}" for name, change in sorted(reasons.items()))
    return found or (("reason unknown",) if entry.get("pending_restart") else ())


def _behind(entry: Mapping[str, Any], own: Own) -> tuple[int | None, int | None]:
    """Up to where a member has WAL, and how far that is behind the primary's last word in etcd; its own word is newer
    than what it wrote there."""
    received, lag = _position(entry.get("receive_lsn")), _number(entry.get("receive_lag"))
    if received is None or lag is None:
        return own.received, _number(entry.get("lag"))
    newer = max(received, own.received or 0)
    return newer, max(0, received + lag - newer)


def _member(name: str, entry: Mapping[str, Any] | None, answers: Answers, pods: Mapping[str, Pod]) -> Member:
    own, disk = _own(answers), answers.get("disk")
    known = {"name": name, "pod": pods.get(name), "own": own, "disk": Disk(**disk) if disk else None}
    if entry is None:
        role: Role = "unknown" if own.missing else "primary" if own.is_primary else "standby"
        state = "unknown" if own.missing else own.replication or own.state
        return Member(**known, role=role, state=state, timeline=own.timeline, received=own.received)
    received, lag = _behind(entry, own)
    return Member(
        **known,
        listed=True,
        role=_ROLES.get(entry["role"], "unknown"),
        state=entry["state"] if own.missing else own.replication or own.state,
        timeline=entry.get("timeline") if own.timeline is None else own.timeline,
        lag=lag,
        received=received,
        pending_restart=_restart(entry),
        tags=tuple((key, str(value)) for key, value in sorted(entry.get("tags", {}).items())),
    )


def _etcd(name: str, looks: Mapping[str, Answers], pods: Mapping[str, Pod]) -> EtcdMember:
    seen = {member: answers["etcd"][name] for member, answers in looks.items() if name in answers.get("etcd", {})}
    page = next((page for page in seen.values() if "missing" not in page), None)
    if page is None:
        why = next((page["missing"] for page in seen.values()), _NOT_ASKED)
        return EtcdMember(name, pods.get(name), missing=str(why), asked=bool(seen))
    return EtcdMember(
        name=name,
        pod=pods.get(name),
        healthy=page["healthy"],
        reason=page["reason"],
        is_leader=bool(page["is_leader"]),
        has_leader=bool(page["has_leader"]),
        size=int(page["size"]),
        quota=int(page["quota"]),
        version=page["version"],
        is_open=page["is_open"],
        unseen_by=tuple(member for member, other in seen.items() if "missing" in other),
    )


def _first(looks: Mapping[str, Answers], page: str) -> Mapping[str, Any]:
    """This page from the first member that has it, else the first reason why not."""
    pages = [answers[page] for answers in looks.values() if page in answers]
    reasons = [answers for answers in looks.values() if "missing" in answers]
    had = [found for found in pages if "missing" not in found]
    return next(iter([*had, *pages, *reasons]), {"missing": _NOT_ASKED})


def _synchronous(config: Mapping[str, Any]) -> Any:
    mode = config.get("synchronous_mode")
    if mode in (None, False, "off"):
        return "off"
    return "quorum" if mode == "quorum" else "strict" if config.get("synchronous_mode_strict") else "on"


def _scheduled(listing: Mapping[str, Any]) -> str:
    found = listing.get("scheduled_switchover")
    return f"to {found.get('to', 'any standby')} at {datetime.fromisoformat(found['at']):%F %T %Z}" if found else ""


def cluster(
    *,
    stack: str,
    scope: str,
    members: Sequence[str],
    etcd: Sequence[str],
    routers: int,
    pods: Mapping[str, Pod],
    router_pods: Sequence[Pod],
    looks: Mapping[str, Answers],
    failed_jobs: Sequence[str] = (),
) -> Cluster:
    """The whole. `members`, `etcd`, `routers`: what the stack asks for; `looks`: a member's name → its answers."""
    listing, config = _first(looks, "cluster"), _first(looks, "config")
    entries = {entry["name"]: entry for entry in listing.get("members", ())}
    nothing = {"missing": "it has no pod"}
    names = sorted({*members, *entries})
    found = tuple(_member(name, entries.get(name), looks.get(name, nothing), pods) for name in names)
    primary = next((member.name for member in found if member.role == "primary"), "")
    wal = looks.get(primary, {})
    return Cluster(
        stack=stack,
        scope=scope,
        members=found,
        etcd=tuple(_etcd(name, looks, pods) for name in etcd),
        routers=tuple(router_pods),
        routers_wanted=routers,
        listing=str(listing.get("missing", "")),
        paused=bool(listing.get("pause")) or any(member.own.paused for member in found),
        synchronous=_synchronous(config),
        lag_limit=config.get("maximum_lag_on_failover", 1048576),
        ttl=config.get("ttl", 30),
        scheduled=_scheduled(listing),
        slots=tuple(Slot(**slot) for slot in wal.get("slots", ())),
        oldest_wal=wal.get("oldest_wal"),
        failed_jobs=tuple(failed_jobs),
    )
