"""Settings whose secrets come from each of the sources, for the tests of what is made of them."""

import base64
from typing import Any

import plans

SEALED = base64.b64encode(b"\x02\x00" + b"k" * 512 + b"v" * 48).decode()
"""Of the form that kubeseal prints: the length of the session key, the key, the value with its tag."""

INFISICAL: dict[str, Any] = {
    "hostAPI": "http://infisical.example.org:8085",
    "credentials": {"secretName": "infisical-universal-auth", "secretNamespace": "argocd"},
    "projectSlug": "vixens",
    "envSlug": "dev",
}
"""As the seed of a shared cluster has it."""

STATIC: dict[str, Any] = {
    "form": "v1beta1",
    "auth": {"name": "universal", "namespace": "infisical"},
    "projectId": "4c3b8f1e-0000-4000-8000-3f6b8a2d9c11",
    "envSlug": "dev",
}

SECTIONS: dict[str, dict[str, Any]] = {
    "infisical": INFISICAL,
    "external": {"store": "vault", "kind": "ClusterSecretStore"},
    "sealed": {"scope": "strict"},
}

VALUES: dict[str, dict[str, Any]] = {
    "generate": {"generate": 40},
    "config": {"config": "kisAppKey"},
    "secret": {"secret": {"name": "kis", "key": "app-key"}},
    "infisical": {"infisical": {"path": "/kis", "key": "APP_KEY"}},
    "external": {"external": {"key": "kis", "property": "appKey"}},
    "sealed": {"sealed": SEALED},
}
"""Source → a value that comes from there."""


def sources(*used: str) -> dict[str, Any]:
    """The `sources` section for these."""
    return {"sources": {name: SECTIONS[name] for name in used if name in SECTIONS}}


def passwords(source: str, *roles: str) -> dict[str, Any]:
    """A patch by which the passwords of `roles` come from `source`."""
    given = dict.fromkeys(roles or ("owner", "app", "reader"), VALUES[source])
    return {"database": {"passwords": given}, **sources(source)}


def variable(source: str, name: str = "SESSION_KEY") -> dict[str, Any]:
    """A patch by which a variable of the Observer comes from `source`."""
    return {"apps": {"observer": {"secrets": {name: VALUES[source]}}}, **sources(source)}


EVERY_SOURCE: dict[str, Any] = plans.layered(
    {
        "apps": {
            "observer": {
                "secrets": {
                    "FROM_STORE": VALUES["external"],
                    "ALSO_FROM_STORE": {"external": {"key": "other"}},
                    "FROM_INFISICAL": VALUES["infisical"],
                    "FROM_ROOT": {"infisical": {"key": "TOP"}},
                    "FROM_SEAL": VALUES["sealed"],
                    "FROM_OTHERS": VALUES["secret"],
                }
            }
        }
    },
    sources("infisical", "external", "sealed"),
)
"""A patch by which one app's variables come from all sources at once."""
