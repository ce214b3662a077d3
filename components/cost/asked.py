"""What the objects of a plan ask a cluster for: GiB of storage by class, cores and GiB of memory for hours.

Requests, not limits: a node has room for what is requested, and it is nodes that are paid.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from components.manifest import Manifest, shown
from components.names import COMPONENT
from components.settings.quantity import amount
from components.settings.schedule import cron_gaps
from contracts.objects import at, mapping, mappings
from contracts.workload import TEMPLATES

HOURS = Decimal(730)
"""Of a month: 365 days of 24 hours, by 12. It is the month of Azure's and AWS's price calculators."""

_GIB = Decimal(2**30)


@dataclass(frozen=True)
class Disk:
    """`count` volumes of `size` GiB each of a storage class; an empty one is the cluster's default."""

    name: str
    count: int
    size: Decimal
    storage_class: str
    of_database: bool

    @property
    def gib(self) -> Decimal:
        """Of all of them together."""
        return self.size * self.count


@dataclass(frozen=True)
class Pods:
    """`count` pods that request `cpu` cores and `memory` GiB each, for `hours` of a month."""

    name: str
    count: int
    cpu: Decimal
    memory: Decimal
    hours: Decimal


def disks(manifests: Iterable[Manifest]) -> list[Disk]:
    """Every volume that is kept: the claims, those that a StatefulSet makes itself, and the volumes of Clusters."""
    bodies = [shown(manifest.body) for manifest in manifests]
    claims = {body["metadata"]["name"] for body in bodies if body["kind"] == "PersistentVolumeClaim"}
    return [disk for body in bodies for disk in _disks(body, claims)]


def _disks(body: Mapping[str, Any], claims: set[str]) -> Iterator[Disk]:
    spec, of_database = mapping(body.get("spec")), at(body, "metadata", "labels", COMPONENT) == "database"
    if body["kind"] == "PersistentVolumeClaim":
        yield _disk(body, spec, 1, of_database)
    elif body["kind"] == "StatefulSet":
        for template in mappings(spec.get("volumeClaimTemplates")):
            head = f"{at(template, 'metadata', 'name')}-{body['metadata']['name']}-"
            missing = sum(f"{head}{number}" not in claims for number in range(_replicas(spec)))
            if missing:
                yield _disk(body, mapping(template.get("spec")), missing, of_database)
    elif body["kind"] == "Cluster":
        for field in ("storage", "walStorage"):
            if storage := mapping(spec.get(field)):
                size = amount(str(storage["size"])) / _GIB
                yield Disk(_name(body), spec["instances"], size, str(storage.get("storageClass") or ""), True)


def _disk(body: Mapping[str, Any], spec: Mapping[str, Any], count: int, of_database: bool) -> Disk:
    size = amount(str(at(spec, "resources", "requests", "storage"))) / _GIB
    return Disk(_name(body), count, size, str(spec.get("storageClassName") or ""), of_database)


def pods(manifests: Iterable[Manifest], job_minutes: int | None) -> list[Pods]:
    """Every pod that runs all the time, and the runs of CronJobs where it is known how long one takes."""
    found = []
    for manifest in manifests:
        body = shown(manifest.body)
        spec, kind = mapping(body.get("spec")), body["kind"]
        if kind == "Cluster":
            cpu, memory = _requested(spec)
            found.append(Pods(_name(body), spec["instances"], cpu, memory, HOURS))
        elif kind in {"Deployment", "StatefulSet"}:
            cpu, memory = _of_pod(mapping(at(body, *TEMPLATES[kind], "spec")))
            found.append(Pods(_name(body), _replicas(spec), cpu, memory, HOURS))
        elif kind == "CronJob" and job_minutes is not None:
            cpu, memory = _of_pod(mapping(at(body, *TEMPLATES[kind], "spec")))
            found.append(Pods(_name(body), 1, cpu, memory, _hours(str(spec["schedule"]), job_minutes)))
    return found


def _hours(schedule: str, minutes: int) -> Decimal:
    """Of all runs in a month: as many as there are where the shortest gap between two is that between all."""
    runs = HOURS * 3600 / cron_gaps(schedule)[0]
    return runs * minutes / 60


def _replicas(spec: Mapping[str, Any]) -> int:
    return int(spec.get("replicas", 1))


def _of_pod(pod: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    """What the scheduler keeps room for: the containers and sidecars together, or the largest that runs before them
    (kubernetes.io, «Init Containers», resource sharing; «Sidecar Containers»)."""
    cpu, memory = _sum(map(_requested, mappings(pod.get("containers"))))
    sidecars, largest = (Decimal(0), Decimal(0)), (Decimal(0), Decimal(0))
    for one in mappings(pod.get("initContainers")):
        asked = _sum([sidecars, _requested(one)])
        largest = (max(largest[0], asked[0]), max(largest[1], asked[1]))
        if one.get("restartPolicy") == "Always":
            sidecars = asked
    return max(cpu + sidecars[0], largest[0]), max(memory + sidecars[1], largest[1])


def _sum(pairs: Iterable[tuple[Decimal, Decimal]]) -> tuple[Decimal, Decimal]:
    pairs = list(pairs)
    return sum((cpu for cpu, _ in pairs), Decimal(0)), sum((memory for _, memory in pairs), Decimal(0))


def _requested(container: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    """Cores and GiB. A limit without a request is one (kubernetes.io, «Resource Management for Pods»)."""
    resources = mapping(container.get("resources"))
    asked = {**mapping(resources.get("limits")), **mapping(resources.get("requests"))}
    return amount(str(asked.get("cpu", 0))), amount(str(asked.get("memory", 0))) / _GIB


def _name(body: Mapping[str, Any]) -> str:
    return f"{body['kind']} {body['metadata']['name']}"
