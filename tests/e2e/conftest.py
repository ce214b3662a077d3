"""Two stacks that the tests share: brought up from nothing before the first test that asks, gone after the last.

The tests run in the order of their files, each on what the one before left. The stacks are the tests' own, in
namespaces of their own: the local stack of `make up` may run beside them and is not touched.
"""

import os
from collections.abc import Iterator, Mapping

import pytest

from devcluster import cluster, engine, node, toolchain
from tests.e2e.stacks import Observer, app, bring_up, make_trial, remove_namespace
from tests.groups import pytest_xdist_make_scheduler  # noqa: F401 (a hook of xdist)


def _no_node() -> str:
    """Why there is no node to test on; an empty text where there is one."""
    if reason := os.environ.get("DEVCLUSTER_NO_NODE"):
        return reason
    if os.geteuid() != 0:
        return "the embedded node needs root; run `sudo make e2e`"
    return "" if node.running() else "no node runs on this machine; `make e2e` starts one, `make up` too"


@pytest.fixture(scope="session")
def node_environment() -> Mapping[str, str]:
    """The variables in which pulumi finds cluster and plugins. Without a node each test says why it can't run."""
    if reason := _no_node():
        text = f"this test needs a Kubernetes node: {reason}"
        # Where somebody relies on the answer, not to have looked is a failure.
        if os.environ.get("CI") == "true" or "DEVCLUSTER_NO_NODE" in os.environ:
            pytest.fail(text, pytrace=False)
        pytest.skip(text)
    return engine.Engine(cluster.EMBEDDED, toolchain.pulumi()).environment()


@pytest.fixture(scope="session")
def observer(node_environment: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observer]:
    """The Observer as a development stack: what `pulumi destroy` takes away."""
    trial = make_trial("observer-e2e", tmp_path_factory.mktemp("observer"), node_environment)
    try:
        yield bring_up(trial)
    finally:
        remove_namespace(trial.live, wait=False)


@pytest.fixture(scope="session")
def kept(node_environment: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observer]:
    """The Observer as a production stack: it keeps its data, and has two replicas."""
    trial = make_trial("observer-e2e-kept", tmp_path_factory.mktemp("kept"), node_environment)
    trial.change({"keep": True, **app(replicas=2)})
    try:
        yield bring_up(trial)
    finally:
        remove_namespace(trial.live, wait=False)
