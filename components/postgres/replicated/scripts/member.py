"""One look at a Patroni member, and what is wrong with all of them together, in words."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit


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
