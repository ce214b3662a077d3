"""`pause` and `resume`: maintenance mode, in which Patroni looks on and does nothing by itself."""

from operations.commands.waiting import until
from operations.live import Live
from operations.refusals import CantTell, Failed
from operations.state import Cluster
from operations.words import listed

_HEARD = 60
"""Seconds until every member has read it: each looks every loop_wait, 5 s by default."""

_MEANS = {
    True: "maintenance mode is on: nobody takes over if the primary fails, PostgreSQL that stops stays stopped, and a "
    "restart of a pod is an outage. Clients notice nothing. A switchover to a named member still works; "
    "`make resume` ends it",
    False: "maintenance mode is off: a standby takes over if the primary fails",
}


def maintenance(live: Live, *, on: bool) -> int:
    """Turn it on or off, and wait until every member that answers has heard it. Raises Failed, CantTell."""
    cluster = live.read()
    if not cluster.listing and cluster.paused == on and not _deaf(cluster, on):
        print(f"it was so already; {_MEANS[on]}")
        return 0
    asked = next((member.name for member in cluster.members if not member.own.missing), None)
    if asked is None:
        raise CantTell("no member's Patroni answers; `make ha-status` says more")
    status, text = live.request(asked, "PATCH", "/config", {"pause": True if on else None})
    if status != 200:
        raise Failed(f"Patroni of {asked} answered {status}: {text.strip() or 'nothing'}; is etcd there?")
    lacking = until(live, lambda now: _deaf(now, on), _HEARD)
    if lacking:
        raise Failed(f"it is set, but {lacking}")
    print(_MEANS[on])
    return 0


def _deaf(cluster: Cluster, on: bool) -> str:
    names = [member.name for member in cluster.members if not member.own.missing and member.own.paused != on]
    return f"{listed(names)} has not heard it yet" if names else ""
