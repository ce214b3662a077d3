"""A full volume: the primary can't write its WAL any more, a standby takes over, and the full one comes back."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.e2e.replicated import bounded
from tests.e2e.replicated.database import Replicated
from tests.e2e.replicated.scenarios import full_volume
from tests.e2e.replicated.settings import REPLICATED
from tests.e2e.stacks import bring_up, make_trial, remove_namespace
from tests.e2e.trial import merged

MEMBERS = [f"observer-db-pvc-postgres-{number}" for number in range(2)]
CLAIMS = [*MEMBERS, "data-postgres-etcd-0"]
SMALLER = {
    "storage": {"storageClass": bounded.CLASS},
    "replicated": {"members": 2, "exporter": False, "etcd": {"members": 1}, "router": {"replicas": 1}},
}
"""Two members will do; etcd's volume is of the same class."""


@pytest.fixture(scope="module")
def small(
    node_environment: Mapping[str, str], replicated_images: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Replicated, dict[str, Path]]]:
    """A database of two members on volumes that can be full."""
    place = tmp_path_factory.mktemp("full")
    trial = make_trial("observer-e2e-full", place / "stack", node_environment)
    trial.change({"database": merged(REPLICATED, SMALLER)})
    with bounded.volumes(trial.live, CLAIMS, place) as paths:
        try:
            bring_up(trial)
            database = Replicated.of(trial.live, "postgres", count=2)
            database.members.healed()
            yield database, paths
        finally:
            remove_namespace(trial.live, wait=True)


def test_a_full_primary_hands_over_and_comes_back_once_it_has_room(small: tuple[Replicated, dict[str, Path]]) -> None:
    database, paths = small
    seen = full_volume(database, paths)
    print(f"the primary's volume full: {seen}")
    assert seen.lost == [], f"rows that the client was told are safe: {seen}"
    assert seen.two_primaries == [], f"two primaries took writes: {seen}"
    assert seen.writes_out <= 60.0, f"a standby with room was there all the time: {seen}"
