"""What is made for External Secrets and Sealed Secrets, as an API server with their definitions judges it."""

import base64
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from components.compose import compose
from components.manifest import SECRET_MAKERS, shown
from components.settings import load
from tests.e2e.shared import definitions

NAMESPACE = "default"
"""It is there on every cluster; nothing is made in it."""

SEALED = base64.b64encode(b"\x02\x00" + b"k" * 512 + b"v" * 48).decode()
SECTIONS: dict[str, Any] = {
    "external": {"store": "vault", "kind": "ClusterSecretStore"},
    "sealed": {"scope": "namespace-wide"},
}
VALUES: dict[str, Any] = {"external": {"external": {"key": "kis", "property": "appKey"}}, "sealed": {"sealed": SEALED}}


@pytest.fixture(scope="module", autouse=True)
def served(node_environment: Mapping[str, str]) -> Iterator[None]:
    """The kinds of both, without their operators."""
    with definitions.installed("external-secrets.io", "bitnami.com"):
        yield


def made(source: str) -> list[dict[str, Any]]:
    """The objects of an operator that the Observer has with all its secrets from there."""
    given = load.from_file("dev")
    patch = {
        "sources": {source: SECTIONS[source]},
        "database": {"passwords": dict.fromkeys(("owner", "app", "reader"), VALUES[source])},
        "pullSecrets": {"ghcr-secret": {"password": {"config": None, **VALUES[source]}}},
        "apps": {"observer": {"secrets": {"SESSION_KEY": VALUES[source]}}},
    }
    system = load.decode(load.Configuration("dev", {**given.patch, **patch}, given.secrets)).system
    return [shown(one.body) for one in compose(system).manifests if one.kind in SECRET_MAKERS]


@pytest.mark.parametrize("source", VALUES)
def test_the_api_server_takes_every_object_of_an_operator(source: str) -> None:
    found = made(source)
    assert len(found) == 5, "three roles, a registry and an app"
    for body in found:
        here = {**body, "metadata": {**body["metadata"], "namespace": NAMESPACE}}
        answer = definitions.judged(here, NAMESPACE)
        assert answer.ok, f"{body['kind']} {body['metadata']['name']}: {answer.text}"
