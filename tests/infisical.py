"""Infisical's kinds, written down by hand: its module can't be had from Go's module proxy.

Fields, types, what is required and what is enumerated are those of github.com/Infisical/kubernetes-operator,
config/crd/bases, at 0d46283 (InfisicalSecret) and 02004bc (InfisicalStaticSecret); of the ways to log in only the one
that this program writes, and no `status`.
"""

from typing import Any

GROUP = "secrets.infisical.com"

_TEXT: dict[str, Any] = {"type": "string"}
_FLAG: dict[str, Any] = {"type": "boolean"}
_TEXTS: dict[str, Any] = {"type": "object", "additionalProperties": _TEXT}


def _object(required: str = "", **properties: dict[str, Any]) -> dict[str, Any]:
    needed = {"required": required.split()} if required else {}
    return {"type": "object", "properties": properties, **needed}


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


_SECRET_NAME = {"secretName": _TEXT, "secretNamespace": _TEXT}
_SCOPE = _object(
    "envSlug secretsPath",
    envSlug=_TEXT,
    projectId=_TEXT,
    projectSlug=_TEXT,
    recursive=_FLAG,
    secretName=_TEXT,
    secretsPath=_TEXT,
)
_UNIVERSAL = _object(
    "credentialsRef secretsScope",
    credentialsRef=_object("secretName secretNamespace", **_SECRET_NAME),
    secretsScope=_SCOPE,
)
_MANAGED = _object(
    "secretName secretNamespace",
    **_SECRET_NAME,
    creationPolicy={"type": "string", "default": "Orphan"},
    secretType={"type": "string", "default": "Opaque"},
    template=_object(data=_TEXTS, includeAllSecrets=_FLAG),
)
_SECRET = _object(
    "resyncInterval",
    authentication=_object(universalAuth=_UNIVERSAL),
    hostAPI=_TEXT,
    instantUpdates=_FLAG,
    managedKubeSecretReferences=_list(_MANAGED),
    managedSecretReference=_MANAGED,
    resyncInterval={"type": "integer", "default": 60},
)
_TARGET = _object(
    "creationPolicy kind name namespace",
    creationPolicy={"type": "string", "enum": ["Owner", "Orphan"]},
    kind={"type": "string", "enum": ["Secret", "ConfigMap"]},
    metadata=_object("annotations labels", annotations=_TEXTS, labels=_TEXTS),
    name=_TEXT,
    namespace=_TEXT,
    secretType=_TEXT,
    template=_object(
        "data engineVersion",
        data={"x-kubernetes-preserve-unknown-fields": True},
        engineVersion={"type": "string", "enum": ["v1"]},
    ),
)
_SOURCE = _object(
    "environmentSlug projectId secretPath",
    environmentSlug=_TEXT,
    projectId=_TEXT,
    recursive=_FLAG,
    secretPath=_TEXT,
    tagSlugs=_list(_TEXT),
)
_STATIC = _object(
    "infisicalAuthRef sources syncOptions targets",
    infisicalAuthRef=_object("name namespace", name=_TEXT, namespace=_TEXT),
    sources=_list(_SOURCE),
    syncOptions=_object("refreshInterval", instantUpdates=_FLAG, refreshInterval=_TEXT),
    targets=_list(_TARGET),
)


def _definition(kind: str, version: str, spec: dict[str, Any]) -> dict[str, Any]:
    plural = f"{kind.lower()}s"
    names = {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()}
    schema = _object(apiVersion=_TEXT, kind=_TEXT, metadata={"type": "object"}, spec=spec)
    served = {"name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{GROUP}"},
        "spec": {"group": GROUP, "names": names, "scope": "Namespaced", "versions": [served]},
    }


DEFINITIONS = (
    _definition("InfisicalSecret", "v1alpha1", _SECRET),
    _definition("InfisicalStaticSecret", "v1beta1", _STATIC),
)
"""Both, for an API server."""
