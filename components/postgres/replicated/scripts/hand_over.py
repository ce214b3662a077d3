"""A primary whose pod is to end hands its role to a standby first; a standby has nothing to do.

Without it Patroni would stop PostgreSQL and go, and with it the pod's address, while the standby that is to take over
still asks there who is ahead: it waits the 2 s of patroni/ha.py, fetch_node_status, for an address that no longer
answers. A switchover answers; and it writes the checkpoint while clients still work, where a mere stop writes it while
they wait. The end of the pod is never held up for longer than SECONDS: what fails here, Patroni's own stop does.

Started by the kubelet in the member's own container, before Patroni is told to end:
    python3 -m scripts.hand_over CERTIFICATES URL SECONDS
with the folder of tls.crt, tls.key and ca.crt, and the base URL of this member's REST API. Prints what it did, for who
runs it by hand; exits with 0 in any case: a hook that fails is an event about what Patroni's own stop does anyway.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from . import https

PATIENCE = 2.0
"""Seconds for Patroni to say what it is: one that hangs is not asked to hand over."""

Ask = Callable[[str, str, str | None, float], tuple[int, str]]
"""`ask(method, path, body, seconds)` is status and text of this member's answer; raises OSError."""


def hand_over(ask: Ask, seconds: float) -> str:
    """What was done, in words. Raises OSError and ValueError where Patroni does not answer as it does."""
    status = json.loads(ask("GET", "/patroni", None, PATIENCE)[1])
    if status.get("role") != "primary":
        return f"nothing to hand over: this is a {status.get('role')}"
    if status.get("pause"):
        return "the cluster is paused: nobody is to take over"
    # No candidate: Patroni chooses who has all commits, and refuses where there is none.
    code, text = ask("POST", "/switchover", json.dumps({"leader": status["patroni"]["name"]}), seconds)
    return f"{'handed over' if code == 200 else f'not handed over ({code})'}: {text}"


def main() -> None:
    """Asks the member at URL."""
    certificates, url, seconds = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    tls, until = https.context(certificates), time.monotonic() + seconds

    def ask(method: str, path: str, body: str | None, patience: float) -> tuple[int, str]:
        left = max(0.1, min(patience, until - time.monotonic()))
        return https.request(tls, method, url + path, body, seconds=left)

    try:
        print(hand_over(ask, seconds))
    except (OSError, ValueError, KeyError) as error:
        print(f"not handed over: {error}")


if __name__ == "__main__":
    main()
