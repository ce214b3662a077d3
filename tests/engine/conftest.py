"""The real engine and a real API server, or a skip that says which of them is missing."""

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from plugins_stack import Stack, find_pulumi

from devcluster import paths
from devcluster.plugins.kubernetes.client import ApiError
from devcluster.plugins.kubernetes.cluster import Cluster, Gone
from devcluster.plugins.kubernetes.settings import Settings
from tests.groups import pytest_xdist_make_scheduler  # noqa: F401 (a hook of xdist)


@pytest.fixture(scope="session")
def pulumi() -> str:
    """The CLI's path."""
    found = find_pulumi()
    if not found:
        pytest.skip("no Pulumi CLI: neither on PATH nor built; `make up` builds it")
    return found


@pytest.fixture(scope="session")
def kubeconfig() -> Path:
    """The kubeconfig of a cluster that answers: PLUGINS_TEST_KUBECONFIG, or the embedded node's."""
    path = Path(os.environ.get("PLUGINS_TEST_KUBECONFIG") or paths.KUBECONFIG)
    if not path.is_file():
        pytest.skip(f"no API server: {path} is not there; `make up` starts the embedded node")
    trouble = Cluster(Settings(kubeconfig=str(path))).trouble()
    if trouble:
        pytest.skip(f"no API server: {trouble}")
    return path


@pytest.fixture(scope="session")
def cluster(kubeconfig: Path) -> Cluster:
    """The cluster itself, to look at and to meddle with."""
    found = Cluster(Settings(kubeconfig=str(kubeconfig)))
    assert found.trouble() is None
    return found


@pytest.fixture(scope="session")
def node(cluster: Cluster) -> set[str]:
    """The images that a Ready node has."""
    nodes = cluster.look("v1", "Node", None)
    ready = [
        each
        for each in nodes
        if any(c["type"] == "Ready" and c["status"] == "True" for c in each.get("status", {}).get("conditions", []))
    ]
    if not ready:
        pytest.skip("no node is Ready: pods can't run here; `make up` starts the embedded node")
    return {name for each in ready for image in each["status"].get("images") or [] for name in image.get("names") or []}


def _namespace(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


@pytest.fixture
def namespace(cluster: Cluster) -> Iterator[str]:
    """A namespace of its own, deleted at the end without waiting for it."""
    name = f"plugins-test-{secrets.token_hex(4)}"
    cluster.apply(_namespace(name), "plugins-test")
    yield name
    with contextlib.suppress(Gone, ApiError):
        cluster.delete(_namespace(name), "Background")


@pytest.fixture
def stack(tmp_path: Path, pulumi: str, kubeconfig: Path) -> Callable[..., Stack]:
    """Makes a stack with the given provider options."""
    return lambda **settings: Stack(tmp_path / secrets.token_hex(4), pulumi, kubeconfig, **settings)
