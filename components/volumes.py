"""Claims as objects of their own, and how pods mount them."""

from collections.abc import Mapping, Sequence
from typing import Any

from components import identity
from components.manifest import Manifest
from components.names import PATCH_FORCE, Scope
from components.settings.workload import Claim


def _spec(settings: Claim) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "accessModes": [settings.access_mode],
        "resources": {"requests": {"storage": settings.size}},
    }
    return spec | ({"storageClassName": settings.storage_class} if settings.storage_class else {})


_OURS = PATCH_FORCE
"""A claim that somebody deletes is made anew by the StatefulSet's controller, which then owns its size: without this a
larger one would be refused as a conflict. There is no other owner to be polite to: of a claim only the size may change,
and never become less."""


def claim(
    scope: Scope, settings: Claim, labels: Mapping[str, str], annotations: Mapping[str, str] | None = None
) -> Manifest:
    """The PersistentVolumeClaim; a larger size grows it in place, where its StorageClass allows that."""
    return scope.manifest(
        "v1",
        "PersistentVolumeClaim",
        settings.claim,
        {"spec": _spec(settings)},
        labels=labels,
        annotations=annotations,
        after=(identity.REFERENCE,),
        keep=True,
    )


def claims_of(
    scope: Scope, stateful_set: str, settings: Claim, count: int, labels: Mapping[str, str]
) -> list[Manifest]:
    """A claim for each pod of a StatefulSet, under the names that it looks for before it makes any of its template."""
    names = names_of(stateful_set, settings, count)
    return [claim(scope, settings.model_copy(update={"claim": name}), labels, _OURS) for name in names]


def names_of(stateful_set: str, settings: Claim, count: int) -> list[str]:
    """What the claims of a StatefulSet's pods are called."""
    return [f"{settings.claim}-{stateful_set}-{number}" for number in range(count)]


def claim_template(settings: Claim) -> dict[str, Any]:
    """The template that a StatefulSet must have for claims of its pods' own; used where one of them was deleted."""
    return {"metadata": {"name": settings.claim}, "spec": _spec(settings)}


def of_claim(volume: str, claim_name: str) -> dict[str, Any]:
    return {"name": volume, "persistentVolumeClaim": {"claimName": claim_name}}


def of_config_map(volume: str, config_map: str) -> dict[str, Any]:
    return {"name": volume, "configMap": {"name": config_map}}


def of_config_maps(volume: str, config_maps: Sequence[str]) -> dict[str, Any]:
    """The files of all of them, in one directory."""
    if len(config_maps) == 1:
        return of_config_map(volume, config_maps[0])
    return {"name": volume, "projected": {"sources": [{"configMap": {"name": name}} for name in config_maps]}}


def of_secret(volume: str, secret: str, keys: Sequence[str] = ()) -> dict[str, Any]:
    """Files that only the pod's own group reads: PostgreSQL and libpq refuse a key that others can. All keys, or
    those of `keys`."""
    source: dict[str, Any] = {"secretName": secret, "defaultMode": 0o440}
    if keys:
        source["items"] = [{"key": key, "path": key} for key in keys]
    return {"name": volume, "secret": source}


def in_memory(volume: str, size: str) -> dict[str, Any]:
    """Memory that counts against the container's limit."""
    return {"name": volume, "emptyDir": {"medium": "Memory", "sizeLimit": size}}


def scratch(volume: str, size: str) -> dict[str, Any]:
    return {"name": volume, "emptyDir": {"sizeLimit": size}}


def ephemeral(volume: str, size: str, storage_class: str | None) -> dict[str, Any]:
    """A claim that comes and goes with the pod: for what may be too large for the node's own disk."""
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}
    spec |= {"storageClassName": storage_class} if storage_class else {}
    return {"name": volume, "ephemeral": {"volumeClaimTemplate": {"spec": spec}}}


def mount(volume: str, path: str, *, read_only: bool = False) -> dict[str, Any]:
    return {"name": volume, "mountPath": path} | ({"readOnly": True} if read_only else {})
