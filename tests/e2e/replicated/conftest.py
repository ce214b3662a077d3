"""The Observer on a replicated database: brought up once, and handed from one test to the next, whole each time."""

from collections.abc import Iterator, Mapping

import pytest

from devcluster import cluster, images
from devcluster.cli import ground
from devcluster.progress import Progress
from tests.e2e.replicated.database import Replicated
from tests.e2e.replicated.faults import take_pods_again
from tests.e2e.replicated.settings import REPLICATED
from tests.e2e.stacks import Observer, bring_up, make_trial, remove_namespace


@pytest.fixture(scope="session")
def replicated_images() -> None:
    """The images that these stacks name, on the node."""
    ground.load(Progress(), cluster.EMBEDDED, [images.build(i, Progress()) for i in images.named(REPLICATED)])


@pytest.fixture(scope="session")
def replicated(
    node_environment: Mapping[str, str], replicated_images: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Observer]:
    """The Observer with one word of its settings changed, and images for the embedded node."""
    trial = make_trial("observer-e2e-ha", tmp_path_factory.mktemp("replicated"), node_environment)
    trial.change({"database": REPLICATED})
    take_pods_again(trial.live)
    try:
        yield bring_up(trial)
    finally:
        remove_namespace(trial.live, wait=False)


@pytest.fixture(scope="session")
def database(replicated: Observer) -> Replicated:
    """That stack's database, as the scenarios see it."""
    found = Replicated.of(replicated.live, "postgres")
    found.members.healed()
    return found
