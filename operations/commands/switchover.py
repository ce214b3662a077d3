"""`switchover`: another member becomes primary, in order."""

from components.postgres.replicated import patroni
from operations.choice import next_primary
from operations.commands.waiting import until
from operations.live import Live
from operations.refusals import CantTell, Failed
from operations.state import Cluster
from operations.target import LOCAL
from operations.words import seconds

_WITHIN = 60
"""Seconds for Patroni's own answer: it polls for 20, or twice loop_wait (patroni/api.py, poll_failover_result)."""

_SETTLED = 180
"""Seconds for the former primary to follow the new one; pg_rewind may have to copy what changed."""


def switchover(live: Live, wanted: str) -> int:
    """Ask Patroni, wait, and say how long nobody was primary. Raises Refused, Failed, CantTell."""
    leader, candidate = next_primary(live.read(), wanted)
    print(f"switching from {leader} to {candidate}: open transactions are broken off, clients must connect again")
    answer = live.inside(leader, _order(live, leader, candidate), _WITHIN + 30)
    if "missing" in answer:
        raise CantTell(f"Patroni of {leader} did not answer: {answer['missing']}; `make ha-status` says who is primary")
    if answer["status"] != 200:
        raise Failed(f"Patroni says: {answer['text']} ({answer['status']}); `make ha-status` says who is primary")
    print(_told(answer, leader))
    lacking = until(live, lambda now: _lacks(now, leader), _SETTLED)
    if lacking:
        raise Failed(f"{lacking}, {seconds(_SETTLED)} after the switch; `make ha-status` says more")
    print(f"{leader} streams from it; nothing is lacking")
    return 0


def _order(live: Live, leader: str, candidate: str) -> dict[str, object]:
    return {
        "do": "watch",
        "certificates": patroni.TLS,
        "url": f"{LOCAL}/switchover",
        "method": "POST",
        "body": {"leader": leader, "candidate": candidate},
        "within": _WITHIN,
        "settled": 20,
        "from": leader,
        "members": live.target.apis(),
    }


def _told(answer: dict, leader: str) -> str:
    if answer["primary"] is None or answer["gap"] is None:
        return f"{answer['text']}; how long nobody was primary could not be seen"
    return (
        f"{answer['primary']} is primary; for {seconds(max(0.0, answer['gap']))} nobody was (seen from {leader} by "
        "Patroni's own answers, to 0.2 s). Clients also wait until the router has seen it, and until they connect again"
    )


def _lacks(cluster: Cluster, former: str) -> str:
    """What is not yet as it was before."""
    member = cluster.member(former)
    if cluster.primary is None:
        return "there is no primary"
    if member is None or not member.streams or not member.own.replication:
        return f"{former} does not stream from {cluster.primary.name} yet ({member.state if member else 'unknown'})"
    if cluster.synchronous != "off" and not any(one.role == "synchronous standby" for one in cluster.members):
        return "there is no synchronous standby yet"
    return ""
