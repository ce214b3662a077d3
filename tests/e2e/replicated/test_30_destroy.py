"""All of it taken away at once: every member, etcd and the claims go with the namespace."""

from tests.e2e.stacks import Observer

DESTROYED_WITHIN = 60.0
"""Seconds. A member has 120 s to end, and needs them where it waits for an etcd that has gone before it."""


def test_destroy_takes_a_whole_database_away_without_waiting_for_who_takes_over(replicated: Observer) -> None:
    ended = replicated.trial.pulumi("destroy", "--yes", code=0)
    assert ended.seconds < DESTROYED_WITHIN, (
        f"a member was killed at the end of its time, {ended.seconds:.0f} s:\n{ended.text}"
    )
