"""The operator for tests that need one, and the Observer on a shared Cluster: gone after the last of them."""

from collections.abc import Callable, Iterator, Mapping

import pytest

from devcluster import images
from devcluster.images import cloudnativepg_postgresql
from tests.e2e.shared import operators
from tests.e2e.shared.database import Shared
from tests.e2e.shared.settings import OLDER, SHARED, TENANTS, of
from tests.e2e.stacks import Observer, bring_up, make_trial, remove_namespace


@pytest.fixture(scope="session")
def operator(node_environment: Mapping[str, str]) -> Iterator[Callable[[str], None]]:
    """Has the operator of a version on the node, and the operand's image: `operator("1.30")`."""
    operators.load(cloudnativepg_postgresql.IMAGE)
    with operators.kept():
        yield operators.have


@pytest.fixture(scope="session")
def shared_images(node_environment: Mapping[str, str]) -> None:
    """The images that these stacks name, on the node."""
    operators.load(*images.named(SHARED))


@pytest.fixture(scope="session")
def shared(
    node_environment: Mapping[str, str],
    operator: Callable[[str], None],
    shared_images: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Observer]:
    """The Observer with one word of its settings changed, images for the embedded node, and three tenants.

    It begins under the older operator; the last test of test_32_up takes it to the newer one.
    """
    operator(OLDER)
    trial = make_trial("observer-e2e-shared", tmp_path_factory.mktemp("shared"), node_environment)
    trial.change({"database": of(OLDER), "tenants": TENANTS})
    try:
        yield bring_up(trial)
    finally:
        remove_namespace(trial.live)
        for tenant in TENANTS.values():
            trial.live.ask("delete", "namespace", tenant["namespace"], "--ignore-not-found", "--wait=false")


@pytest.fixture(scope="session")
def cluster(shared: Observer) -> Shared:
    """That stack's Cluster."""
    found = Shared(shared.live)
    found.healed()
    return found
