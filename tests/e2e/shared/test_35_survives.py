"""Three instances: the primary goes under writing clients, with fresh and with kept connections."""

from collections.abc import Iterator

import pytest

from tests.e2e.shared.database import Shared, written_through
from tests.e2e.shared.settings import NEWER, of
from tests.e2e.stacks import Observer

WRITES_OUT = 30.0
"""Seconds that a busy machine may take; `make bench ONLY=shared` says what it is on a quiet one."""


@pytest.fixture(scope="module")
def three(shared: Observer, cluster: Shared) -> Iterator[Shared]:
    """The same stack with two standbys; with one instance again at the end."""
    shared.trial.change({"database": of(NEWER, 3)})
    shared.trial.up()
    cluster.healed()
    yield cluster
    shared.trial.change({"database": of(NEWER)})
    shared.trial.up()
    cluster.healed()


def test_up_waited_for_every_instance(three: Shared) -> None:
    assert three.whole(), "who reads the end of `up` may take the primary away"


def test_standbys_answer_reads(three: Shared) -> None:
    where = three.where(three.live.secret("postgres-reader"), "postgres-ro")
    assert three.ask(where, "SELECT pg_is_in_recovery()") == [(True,)]


def test_a_deleted_primary_costs_seconds_and_no_row(three: Shared) -> None:
    before = three.primary
    with written_through(three) as seen:
        three.live.kubectl("delete", "pod", before, "--wait=false")
    print({kind: str(one) for kind, one in seen.items()})
    assert three.primary != before, "somebody else leads"
    for kind, one in seen.items():
        assert one.lost == [], f"synchronous: what was acknowledged is there ({kind}: {one})"
        assert one.writes_out < WRITES_OUT, f"{kind}: {one}"


def test_a_drain_takes_the_primary_along(three: Shared) -> None:
    before = three.primary
    with written_through(three) as seen:
        answer = three.live.evict(before)
        # The operator's budget keeps the primary until it has handed over.
        assert answer.ok or "disruption budget" in answer.text, answer.text
    for kind, one in seen.items():
        assert one.lost == [], f"{kind}: {one}"
