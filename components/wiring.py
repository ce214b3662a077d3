"""Who reads what in a plan, from its manifests alone; `explain` and `diagram` show it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from components.compose import Plan
from components.manifest import Manifest, Reference

ENTRIES = {"ConfigMap": "data", "Secret": "stringData"}
"""Kind → where its keys are."""


@dataclass(frozen=True)
class Variable:
    """An environment variable of a container. `source` and `key` are None where the pod itself sets it."""

    name: str
    source: Reference | None
    key: str | None
    value: Any

    @property
    def is_secret(self) -> bool:
        return self.source is not None and self.source[0] == "Secret"


@dataclass(frozen=True)
class Mount:
    """A place in a container. `source` is None for scratch space, whose size is then in `size`."""

    path: str
    source: Reference | None
    size: str
    read_only: bool


@dataclass(frozen=True)
class Workload:
    """What makes pods, by the pod template in it."""

    manifest: Manifest
    labels: Mapping[str, str]
    spec: Mapping[str, Any]

    @property
    def containers(self) -> list[Mapping[str, Any]]:
        return [*self.spec.get("initContainers", ()), *self.spec["containers"]]


def workloads(plan: Plan) -> list[Workload]:
    """Deployments, StatefulSets, Jobs and CronJobs of `plan`, in its order."""
    found = [
        manifest for manifest in plan.manifests if manifest.kind in {"Deployment", "StatefulSet", "Job", "CronJob"}
    ]
    templates = [
        (spec["jobTemplate"]["spec"] if "jobTemplate" in spec else spec)["template"]
        for spec in (manifest.body["spec"] for manifest in found)
    ]
    return [
        Workload(manifest, template["metadata"]["labels"], template["spec"])
        for manifest, template in zip(found, templates, strict=True)
    ]


def variables(plan: Plan, container: Mapping[str, Any]) -> list[Variable]:
    """Every variable of `container`, in the order of their names. `env` beats envFrom, the last envFrom the first."""
    entries = {m.reference: m.body[ENTRIES[m.kind]] for m in plan.manifests if m.kind in ENTRIES}
    found: dict[str, Variable] = {}
    for item in container.get("envFrom", ()):
        source = (
            ("Secret", item["secretRef"]["name"])
            if "secretRef" in item
            else ("ConfigMap", item["configMapRef"]["name"])
        )
        found |= {key: Variable(key, source, key, value) for key, value in entries[source].items()}
    for item in container.get("env", ()):
        name, origin = item["name"], item.get("valueFrom", {})
        if "secretKeyRef" in origin:
            source, key = ("Secret", origin["secretKeyRef"]["name"]), origin["secretKeyRef"]["key"]
            found[name] = Variable(name, source, key, entries[source][key])
        elif "fieldRef" in origin:
            found[name] = Variable(name, None, None, origin["fieldRef"]["fieldPath"])
        else:
            found[name] = Variable(name, None, None, item["value"])
    return [found[name] for name in sorted(found)]


def _source(volume: Mapping[str, Any]) -> Reference | None:
    """What a volume shows; None for scratch space."""
    match volume:
        case {"persistentVolumeClaim": {"claimName": name}}:
            return "PersistentVolumeClaim", name
        case {"configMap": {"name": name}}:
            return "ConfigMap", name
        case {"secret": {"secretName": name}}:
            return "Secret", name
    return None


def volumes(workload: Workload) -> Iterator[tuple[Mapping[str, Any], str]]:
    """(volume, pod) of every volume; the pod is named where each has one of its own, of a StatefulSet's templates."""
    body = workload.manifest.body
    for template in body["spec"].get("volumeClaimTemplates", ()):
        name = template["metadata"]["name"]
        for number in range(body["spec"]["replicas"]):
            pod = f"{workload.manifest.name}-{number}"
            yield {"name": name, "persistentVolumeClaim": {"claimName": f"{name}-{pod}"}}, pod
    for volume in workload.spec.get("volumes", ()):
        yield volume, ""


def mounts(plan: Plan, workload: Workload, container: Mapping[str, Any]) -> Iterator[Mount]:
    """Every place in `container` where something is mounted: one Mount for each pod that has its own claim there."""
    sizes = {
        m.reference: f"{m.body['spec']['resources']['requests']['storage']} {m.body['spec']['accessModes'][0]}"
        for m in plan.manifests
        if m.kind == "PersistentVolumeClaim"
    }
    for mount in container.get("volumeMounts", ()):
        for volume, pod in volumes(workload):
            if volume["name"] != mount["name"]:
                continue
            source, read_only = _source(volume), mount.get("readOnly", False)
            if source is None:
                scratch = volume["emptyDir"]
                size = f"{scratch['sizeLimit']}{' of memory' if scratch.get('medium') else ''}"
            else:
                size = sizes.get(source, "") + (f" of {pod}" if pod else "")
            yield Mount(mount["mountPath"], source, size, read_only)


def selected(plan: Plan, labels: Mapping[str, str]) -> list[Workload]:
    """The workloads whose pods carry `labels`."""
    return [workload for workload in workloads(plan) if labels.items() <= workload.labels.items()]
