"""What `make render` writes: the API server takes it as it stands, and refuses every placeholder in it."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from components import rendered
from components.compose import compose
from components.settings import load
from devcluster import toolchain
from devcluster.plugins.kubernetes.cluster import Cluster

WITHIN = 60.0
"""Seconds that one kubectl command may take."""

WAYS = {
    "apply": ["apply"],
    "apply, server-side": ["apply", "--server-side", "--force-conflicts"],
    "create": ["create"],
    "replace": ["replace"],
}
"""Ways in which somebody may give a directory to a cluster."""

REFUSED = "illegal base64 data at input byte"
"""What the API server says of a Secret or ConfigMap whose `data` it can't decode, once for each object."""

Kubectl = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def kubectl(kubeconfig: Path) -> Kubectl:
    """Runs one kubectl command, whether it succeeds or not."""
    words = [*toolchain.kubectl(), "--kubeconfig", str(kubeconfig)]
    return lambda *more: subprocess.run(
        [*words, *more], capture_output=True, text=True, timeout=WITHIN, check=False, stdin=subprocess.DEVNULL
    )


def render(stack: str, into: Path, **patch: Any) -> Path:
    """The directory with the files of `stack`, with `patch` on its settings."""
    given = load.from_file(stack)
    decoded = load.decode(load.Configuration(stack, {**given.patch, **patch}, given.secrets))
    rendered.write(stack, compose(decoded.system, decoded.provider), into)
    return into


def placeholders(directory: Path) -> list[Path]:
    found = sorted((directory / rendered.PLACEHOLDERS).glob("*.yaml"))
    assert found, "every stack has passwords that only the engine can make"
    return found


def test_what_is_rendered_is_taken_by_the_api_server(kubectl: Kubectl, namespace: str, tmp_path: Path) -> None:
    files = list(render("local", tmp_path, namespace={"name": namespace}).glob("*.yaml"))
    assert len(files) > 20, "or there would be nothing to be taken"
    ended = kubectl("apply", "--dry-run=server", "-f", str(tmp_path))
    assert ended.returncode == 0, f"what is known of a stack is right as it stands in its files:\n{ended.stderr}"
    assert ended.stdout.count("(server dry run)") == len(files), f"and each of them is one object:\n{ended.stdout}"


@pytest.mark.parametrize("words", WAYS.values(), ids=WAYS)
def test_a_placeholder_never_replaces_a_value(
    kubectl: Kubectl, cluster: Cluster, namespace: str, tmp_path: Path, words: list[str]
) -> None:
    files = placeholders(render("local", tmp_path, namespace={"name": namespace}))
    names = {yaml.safe_load(file.read_text())["metadata"]["name"] for file in files}
    for name in names:
        kubectl("create", "secret", "generic", name, "--namespace", namespace, "--from-literal=password=in-use")
    before = versions(cluster, namespace)
    assert names <= before.keys(), "they must be there, as an `up` leaves them"
    ended = kubectl(*words, "--recursive", "--filename", str(tmp_path / rendered.PLACEHOLDERS))
    assert ended.returncode != 0 and ended.stderr.count(REFUSED) == len(files), f"`<…>` is no base64:\n{ended.stderr}"
    assert versions(cluster, namespace) == before, f"a password that is in use must stay:\n{ended.stderr}"


@pytest.mark.parametrize("stack", load.stacks())
def test_no_placeholder_of_any_stack_is_taken(kubectl: Kubectl, tmp_path: Path, stack: str) -> None:
    files = placeholders(render(stack, tmp_path))
    ended = kubectl("create", "--dry-run=server", "-R", "-f", str(tmp_path / rendered.PLACEHOLDERS))
    assert not ended.stdout, f"one that is taken overwrites a real value one day:\n{ended.stdout}"
    assert ended.stderr.count(REFUSED) == len(files), f"refused for what it is, not for something else:\n{ended.stderr}"


def versions(cluster: Cluster, namespace: str) -> dict[str, str]:
    """Name → resourceVersion of the Secrets of a namespace."""
    found = [body["metadata"] for body in cluster.look("v1", "Secret", namespace)]
    return {metadata["name"]: metadata["resourceVersion"] for metadata in found}
