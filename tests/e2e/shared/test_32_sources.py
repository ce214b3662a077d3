"""What is made for the three operators of secrets, as an API server with their definitions judges it."""

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
_PLACE = {"projectSlug": "vixens", "envSlug": "dev"}
_LOGIN = {"secretName": "infisical-universal-auth", "secretNamespace": "argocd"}
_STATIC = {
    "form": "v1beta1",
    "auth": {"name": "universal", "namespace": "infisical"},
    "projectId": "4c3b8f1e-0000-4000-8000-3f6b8a2d9c11",
    "envSlug": "dev",
}

SECTIONS: dict[str, Any] = {
    "infisical, one reference": {"infisical": {"form": "legacy", "credentials": _LOGIN, **_PLACE}},
    "infisical": {"infisical": {"credentials": _LOGIN, **_PLACE}},
    "infisical, its current kind": {"infisical": _STATIC},
    "external": {"external": {"store": "vault", "kind": "ClusterSecretStore"}},
    "sealed": {"sealed": {"scope": "namespace-wide"}},
}
VALUES: dict[str, Any] = {
    "infisical": {"infisical": {"path": "/kis", "key": "APP_KEY"}},
    "external": {"external": {"key": "kis", "property": "appKey"}},
    "sealed": {"sealed": SEALED},
}


@pytest.fixture(scope="module", autouse=True)
def served(node_environment: Mapping[str, str]) -> Iterator[None]:
    """The kinds of all three, without their operators."""
    with definitions.installed("secrets.infisical.com", "external-secrets.io", "bitnami.com"):
        yield


def made(settings: dict[str, Any]) -> list[dict[str, Any]]:
    """The objects of an operator that the Observer has with all its secrets from there."""
    given = load.from_file("dev")
    (source,) = settings
    value = VALUES[source]
    patch = {
        "sources": settings,
        "database": {"passwords": dict.fromkeys(("owner", "app", "reader"), value)},
        "pullSecrets": {"ghcr-secret": {"password": {"config": None, **value}}},
        "apps": {"observer": {"secrets": {"SESSION_KEY": value}}},
    }
    system = load.decode(load.Configuration("dev", {**given.patch, **patch}, given.secrets)).system
    return [shown(one.body) for one in compose(system).manifests if one.kind in SECRET_MAKERS]


@pytest.mark.parametrize("settings", SECTIONS.values(), ids=list(SECTIONS))
def test_the_api_server_takes_every_object_of_an_operator(settings: dict[str, Any]) -> None:
    found = made(settings)
    assert len(found) == 5, "three roles, a registry and an app"
    for body in found:
        here = {**body, "metadata": {**body["metadata"], "namespace": NAMESPACE}}
        answer = definitions.judged(here, NAMESPACE)
        assert answer.ok, f"{body['kind']} {body['metadata']['name']}: {answer.text}"
