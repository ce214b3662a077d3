"""Pods that meet the restricted Pod Security Standard, with a read-only root filesystem (rule 5)."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.settings.workload import Resources

SCRATCH = {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}
SCRATCH_MOUNT = {"name": "tmp", "mountPath": "/tmp"}  # noqa: S108


def requirements(resources: Resources) -> dict[str, Any]:
    """`resources` as a container states them."""
    return resources.model_dump(mode="json")


def container(
    name: str,
    image: str,
    *,
    resources: Mapping[str, Any],
    mounts: Sequence[Mapping[str, Any]] = (),
    **fields: Any,
) -> dict[str, Any]:
    """A container without privileges. `fields` are the further ones of the Kubernetes API; None leaves one out."""
    return {
        "name": name,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        **{field: value for field, value in fields.items() if value is not None},
        "resources": dict(resources),
        "volumeMounts": [*mounts, SCRATCH_MOUNT],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
    }


def shell(script: str, *arguments: str) -> list[str]:
    """A container's command that runs `script` and stops at its first error.

    Kubernetes reads `$$` in a command as `$`, and `$(NAME)` as a variable; only a doubled dollar reaches the shell.
    """
    return ["sh", "-ec", script.replace("$", "$$"), *arguments]


def pod_spec(
    *,
    user: int,
    account: str,
    containers: Sequence[Mapping[str, Any]],
    volumes: Sequence[Mapping[str, Any]] = (),
    pull_secrets: Sequence[str] = (),
    group: int | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """A pod that runs as `user` and `group`, the same number unless given, and has no token of the API."""
    spec = {
        "serviceAccountName": account,
        "automountServiceAccountToken": False,
        # Without this every Service adds variables such as POSTGRES_PORT=tcp://…, which apps mistake for their own.
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": user,
            "runAsGroup": group or user,
            "fsGroup": group or user,
            # Always changing the mode would make PGDATA group-writable at the second mount; PostgreSQL refuses that.
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        **{field: value for field, value in fields.items() if value},
        "containers": list(containers),
        "volumes": [*volumes, SCRATCH],
    }
    if pull_secrets:
        spec["imagePullSecrets"] = [{"name": name} for name in pull_secrets]
    return spec


def template(labels: Mapping[str, str], annotations: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
    """A pod template."""
    metadata: dict[str, Any] = {"labels": dict(labels)}
    if annotations:
        metadata["annotations"] = dict(annotations)
    return {"metadata": metadata, "spec": dict(spec)}


def apart(selector: Mapping[str, str], spread: str) -> dict[str, Any]:
    """An affinity that keeps the pods of `selector` on different nodes: `required`, or `preferred` where it can be."""
    term = {"labelSelector": {"matchLabels": dict(selector)}, "topologyKey": "kubernetes.io/hostname"}
    if spread == "required":
        return {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    weighted = [{"weight": 100, "podAffinityTerm": term}]
    return {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": weighted}}


def one_node(selector: Mapping[str, str]) -> dict[str, Any]:
    """An affinity that puts all pods of `selector` on one node, whichever the first one gets (rule 8)."""
    term = {"labelSelector": {"matchLabels": dict(selector)}, "topologyKey": "kubernetes.io/hostname"}
    return {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


def from_secret(variable: str, secret: str, key: str) -> dict[str, Any]:
    """An environment variable whose value is one key of a Secret."""
    return {"name": variable, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}


def from_field(variable: str, path: str) -> dict[str, Any]:
    """An environment variable whose value is a field of the pod."""
    return {"name": variable, "valueFrom": {"fieldRef": {"fieldPath": path}}}
