"""A primary whose pod is to end hands its role to a standby first; a standby has nothing to do.

Without it Patroni would stop PostgreSQL and go, and with it the pod's address, while the standby that is to take over
still asks there who is ahead: it waits the 2 s of patroni/ha.py, fetch_node_status, for an address that no longer
answers. A switchover answers; and it writes the checkpoint while clients still work, where a mere stop writes it while
they wait. The end of the pod is never held up for longer than SECONDS: what fails here, Patroni's own stop does.

The switchover is one for the next half second, because Patroni answers that at once. For one without a time it keeps
the request until there is another leader, looks for it twenty times, and waits for that before it ends itself
(patroni/api.py, poll_failover_result and shutdown): where etcd goes at the same time, as with the whole namespace,
that took longer than the pod has.

Started by the kubelet in the member's own container, before Patroni is told to end:
    python3 -m scripts.hand_over CERTIFICATES URL SECONDS
with the folder of tls.crt, tls.key and ca.crt, and the base URL of this member's REST API. Prints what it did, for who
runs it by hand; exits with 0 in any case: a hook that fails is an event about what Patroni's own stop does anyway.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from . import https

PATIENCE = 2.0
"""Seconds for Patroni to answer: one that hangs is not asked to hand over."""
SOON = (0.5, 3.0)
"""Seconds from now to the switchover; the second where the first were over before Patroni read them."""
OVER = 422
"""What Patroni answers to a time that is over."""
WITHOUT_LEADER = 10.0
"""Seconds for another member to be leader, after this one is seen as such for the last time; usual are one or two."""
BETWEEN = 0.2
"""Seconds between two looks at the cluster."""

Ask = Callable[[str, str, str | None], tuple[int, str]]
"""`ask(method, path, body)` is status and text of this member's answer; raises OSError."""


def hand_over(ask: Ask, seconds: float) -> str:
    """What was done within `seconds`, in words. Raises OSError, ValueError and KeyError where Patroni does not answer
    as it does."""
    until = time.monotonic() + seconds
    status = json.loads(ask("GET", "/patroni", None)[1])
    if status.get("role") != "primary":
        return f"nothing to hand over: this is a {status.get('role')}"
    if status.get("pause"):
        return "the cluster is paused: nobody is to take over"
    name = status["patroni"]["name"]
    code, text, begins = OVER, "", 0.0
    for soon in SOON:
        if code == OVER:
            # No candidate: Patroni chooses who has all commits, and lets it be where there is none.
            when = {"leader": name, "scheduled_at": (datetime.now(UTC) + timedelta(seconds=soon)).isoformat()}
            begins = time.monotonic() + soon
            code, text = ask("POST", "/switchover", json.dumps(when))
    if code != 202:
        return f"not handed over ({code}): {text}"
    return _awaited(ask, name, begins, until)


def _awaited(ask: Ask, name: str, begins: float, until: float) -> str:
    """How the switchover away from `name`, which begins at `begins`, ended."""
    led = begins
    while (now := time.monotonic()) < until:
        leader, scheduled = _looked(ask)
        if leader not in (None, name):
            return f"handed over to {leader}"
        if leader == name and scheduled:
            led = max(begins, now)  # PostgreSQL writes its checkpoint
        elif leader == name and now > begins + PATIENCE:
            return "not handed over: no standby is fit to take over, Patroni's log says why"
        elif now > led + WITHOUT_LEADER:
            return f"not handed over: for {WITHOUT_LEADER:.0f} s nobody leads, or etcd does not say who"
        time.sleep(BETWEEN)
    return "not handed over in time"


def _looked(ask: Ask) -> tuple[str | None, bool]:
    """Who leads, and whether a switchover is still to come; nobody where etcd does not tell."""
    try:
        code, text = ask("GET", "/cluster", None)
    except OSError:
        return None, False
    if code != 200:
        return None, False
    cluster = json.loads(text)
    leaders = [member["name"] for member in cluster["members"] if member.get("role") == "leader"]
    return (leaders[0] if leaders else None), "scheduled_switchover" in cluster


def main() -> None:
    """Asks the member at URL."""
    certificates, url, seconds = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    tls = https.context(certificates)

    def ask(method: str, path: str, body: str | None) -> tuple[int, str]:
        return https.request(tls, method, url + path, body, seconds=PATIENCE)

    try:
        print(hand_over(ask, seconds))
    except (OSError, ValueError, KeyError) as error:
        print(f"not handed over: {error}")


if __name__ == "__main__":
    main()
