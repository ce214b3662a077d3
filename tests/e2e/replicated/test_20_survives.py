"""A client writes every 100 ms while something breaks: no acknowledged row is lost, and all comes back by itself.

The bars are generous here, because other work may share the machine; `make bench ONLY=failover` prints the figures.
"""

import pytest

from tests.e2e.replicated.database import Replicated
from tests.e2e.replicated.scenarios import SCENARIOS

WRITES_OUT = {
    "primary's pod deleted": 10.0,
    "switchover": 10.0,
    "primary killed, restarted in place": 10.0,
    # ttl is 20 s; a standby takes the lock when it has run out.
    "primary killed and kept away": 30.0,
    "primary frozen": 30.0,
    "primary cut off from etcd and peers": 30.0,
    "one etcd member lost": 5.0,
    # Failsafe mode: all members are in touch, so the primary stays one without its lock.
    "all of etcd lost and back": 5.0,
    "each HAProxy lost in turn": 10.0,
    "all members killed at once": 60.0,
    "a standby's claim deleted": 5.0,
}
"""Seconds without an accepted write, at most."""

READS_OUT = 10.0
"""The same for reads, wherever one member is left."""


@pytest.mark.parametrize("name", SCENARIOS)
def test_nothing_is_lost_and_all_comes_back(database: Replicated, name: str) -> None:
    seen = SCENARIOS[name](database)
    print(f"{name}: {seen}")
    assert seen.lost == [], f"{name}: rows that the client was told are safe: {seen}"
    assert seen.two_primaries == [], f"{name}: two primaries took writes: {seen}"
    assert seen.acknowledged > 10, f"{name}: a client that wrote nothing proves nothing: {seen}"
    assert seen.writes_out <= WRITES_OUT[name], f"{name}: {seen}"
    if name != "all members killed at once":
        assert seen.reads_out <= READS_OUT, f"{name}: {seen}"
