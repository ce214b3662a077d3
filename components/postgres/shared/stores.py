"""ObjectStores: where the Barman Cloud plugin writes and reads, and with which credentials.

Sources: github.com/cloudnative-pg/plugin-barman-cloud v0.14.0, config/crd and docs «Object Store Providers»;
github.com/cloudnative-pg/barman-cloud, pkg/credentials/env.go.
"""

from collections.abc import Mapping
from typing import Any

from components import secrets
from components.manifest import Manifest
from components.names import Scope
from components.pod import requirements
from components.settings.source import SecretSource
from components.settings.store import S3
from components.settings.workload import Resources

_KEY, _SECRET_KEY, _REGION, _AUTHORITY = "ACCESS_KEY_ID", "ACCESS_SECRET_KEY", "REGION", "ca.crt"

_CHECKSUMS = ("AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION")


def _secret(scope: Scope, name: str, store: S3) -> tuple[list[Manifest], dict[str, Any]]:
    """What the plugin reads to get in, and the fields of the store that say so."""
    halves: dict[str, SecretSource] = {}
    if store.credentials is not None:
        halves = {_KEY: store.credentials.access_key_id, _SECRET_KEY: store.credentials.secret_access_key}
    # The plugin reads any Secret of the namespace: one that is there need not be copied.
    there = {key: half.secret.model_dump() for key, half in halves.items() if half.secret}
    entries: dict[str, Any] = {
        key: secrets.marker(scope, half, f"{name}/{key}") for key, half in halves.items() if key not in there
    }
    if store.region:
        entries[_REGION] = store.region
    if store.authority:
        entries[_AUTHORITY] = store.authority
    made = [secrets.opaque(scope, name, entries, scope.labels(name, "backup"))] if entries else []
    at = there | {key: {"name": secret.name, "key": key} for secret in made for key in entries}
    access = {"accessKeyId": at.get(_KEY), "secretAccessKey": at.get(_SECRET_KEY), "region": at.get(_REGION)}
    access = {field: place for field, place in access.items() if place}
    fields: dict[str, Any] = {"s3Credentials": access or {"inheritFromIAMRole": True}}
    return made, fields | ({"endpointCA": at[_AUTHORITY]} if store.authority else {})


def render(
    scope: Scope,
    name: str,
    store: S3,
    resources: Resources,
    configuration: Mapping[str, Any] | None = None,
    **spec: Any,
) -> list[Manifest]:
    """The Secret and the ObjectStore of one place. `configuration` and `spec` are what is said only of one that is
    written to; `resources` are the sidecar's, which takes them from here."""
    made, access = _secret(scope, name, store)
    where = {"destinationPath": store.destination} | ({"endpointURL": store.endpoint} if store.endpoint else {})
    sidecar: dict[str, Any] = {"resources": requirements(resources)}
    if store.endpoint:
        # Stores that are not AWS's refuse the checksums of its newer library (the plugin's docs, «S3-Compatible
        # Storage Providers»); TLS and the archive's own checks guard the content.
        sidecar["env"] = [{"name": variable, "value": "when_required"} for variable in _CHECKSUMS]
    spec = {
        "configuration": {**where, **access, **(configuration or {})},
        **spec,
        "instanceSidecarConfiguration": sidecar,
    }
    labels, after = scope.labels(name, "backup"), tuple(secret.reference for secret in made)
    return [
        *made,
        scope.manifest("barmancloud.cnpg.io/v1", "ObjectStore", name, {"spec": spec}, labels=labels, after=after),
    ]
