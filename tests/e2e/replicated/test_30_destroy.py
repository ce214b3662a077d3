"""All of it taken away at once: every member, etcd and the claims go with the namespace."""

from tests.e2e.stacks import Observer

DESTROYED_WITHIN = 75.0
"""Seconds; usual are 36. Where all ends at once, the namespace looks for the members only after 61, and a member that
waits for an etcd that has gone before it is killed after 120."""


def test_destroy_takes_a_whole_database_away_without_waiting_for_who_takes_over(replicated: Observer) -> None:
    ended = replicated.trial.pulumi("destroy", "--yes", code=0)
    assert ended.seconds < DESTROYED_WITHIN, (
        f"a member was killed at the end of its time, {ended.seconds:.0f} s:\n{ended.text}"
    )
