"""Waiting for a state of the cluster, with a word now and then."""

import time
from collections.abc import Callable

from operations.live import Live
from operations.refusals import CantTell
from operations.state import Cluster
from operations.words import seconds

LOOK_EVERY, SAY_EVERY = 2.0, 15.0
"""Seconds."""


def until(live: Live, lacks: Callable[[Cluster], str], within: float) -> str:
    """Look again until nothing is lacking, for at most `within` seconds; what is lacking at the end, "" for nothing."""
    began = said = time.monotonic()
    while True:
        try:
            lacking = lacks(live.read())
        except CantTell as reason:
            lacking = str(reason)
        now = time.monotonic()
        if not lacking or now - began > within:
            return lacking
        if now - said >= SAY_EVERY:
            said = now
            print(f"  … {lacking} ({seconds(now - began)} so far)", flush=True)
        time.sleep(LOOK_EVERY)
