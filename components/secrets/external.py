"""ExternalSecret (external-secrets.io/v1): what External Secrets makes a Secret of.

Source: external-secrets apis/externalsecrets/v1/externalsecret_types.go, docs/api/externalsecret.md.
"""

from typing import Any

from components.manifest import External, Manifest, markers_in
from components.names import WAIT_FOR, Scope
from components.secrets.template import Wanted, quoted, template

KIND = "ExternalSecret"


def made(scope: Scope, wanted: Wanted) -> Manifest:
    """The ExternalSecret of `wanted`. Held, it fetches anew only when its metadata or its spec is changed."""
    settings = scope.sources.external
    if settings is None:
        raise ValueError(f"{wanted.name}: the settings have no `sources.external`")
    values = list(dict.fromkeys(found for found in markers_in(wanted.entries) if isinstance(found, External)))
    keys = {value: f"value-{number}" for number, value in enumerate(values, 1)}
    spec: dict[str, Any] = {
        "secretStoreRef": {"name": settings.store, "kind": settings.kind},
        **({"refreshPolicy": "OnChange"} if wanted.held else {"refreshInterval": settings.refresh_interval}),
        "target": {
            "name": wanted.name,
            "creationPolicy": "Owner",
            "deletionPolicy": "Retain",
            "template": {
                "engineVersion": "v2",
                "mergePolicy": "Replace",
                "type": wanted.secret_type,
                "metadata": {"labels": dict(wanted.labels)},
                "data": {
                    key: template(entry, lambda value: f"index . {quoted(keys[value])}")
                    for key, entry in wanted.entries.items()
                },
            },
        },
        "data": [{"secretKey": key, "remoteRef": _remote(value)} for value, key in keys.items()],
    }
    annotations = {WAIT_FOR: "condition=Ready"}
    labels = wanted.labels
    return scope.manifest(
        "external-secrets.io/v1", KIND, wanted.name, {"spec": spec}, labels=labels, annotations=annotations, keep=True
    )


def _remote(value: External) -> dict[str, str]:
    return {"key": value.key} | ({"property": value.property} if value.property else {})
