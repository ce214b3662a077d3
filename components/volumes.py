"""Claims as objects of their own, and how pods mount them."""

from collections.abc import Mapping
from typing import Any

from components import identity
from components.manifest import Manifest
from components.names import Scope
from components.settings.workload import Claim


def claim(scope: Scope, settings: Claim, labels: Mapping[str, str]) -> Manifest:
    """The PersistentVolumeClaim; a larger size grows it in place, where its StorageClass allows that."""
    spec: dict[str, Any] = {
        "accessModes": [settings.access_mode],
        "resources": {"requests": {"storage": settings.size}},
    }
    if settings.storage_class:
        spec["storageClassName"] = settings.storage_class
    return scope.manifest(
        "v1",
        "PersistentVolumeClaim",
        settings.claim,
        {"spec": spec},
        labels=labels,
        after=(identity.REFERENCE,),
        keep=True,
    )


def of_claim(volume: str, claim_name: str) -> dict[str, Any]:
    return {"name": volume, "persistentVolumeClaim": {"claimName": claim_name}}


def of_config_map(volume: str, config_map: str) -> dict[str, Any]:
    return {"name": volume, "configMap": {"name": config_map}}


def in_memory(volume: str, size: str) -> dict[str, Any]:
    """Memory that counts against the container's limit."""
    return {"name": volume, "emptyDir": {"medium": "Memory", "sizeLimit": size}}


def scratch(volume: str, size: str) -> dict[str, Any]:
    return {"name": volume, "emptyDir": {"sizeLimit": size}}


def mount(volume: str, path: str, *, read_only: bool = False) -> dict[str, Any]:
    return {"name": volume, "mountPath": path} | ({"readOnly": True} if read_only else {})
