"""Workloads: whatever makes pods, with their containers and volumes."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contracts.container import Container, Mount, directories, within
from contracts.objects import Plain, at, mapping, mappings, text
from contracts.violation import Ref

__all__ = ["TEMPLATES", "Container", "Mount", "Workload", "directories", "within"]

TEMPLATES = {
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "ReplicationController": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "Pod": (),
}
"""Kind → where its pod template stands."""


@dataclass(frozen=True, eq=False)
class Workload:
    """An object with a pod template. It is equal to itself only: its reference says which one it is."""

    body: Plain
    ref: Ref

    @cached_property
    def template(self) -> Plain:
        return mapping(at(self.body, *TEMPLATES[self.ref.kind])) if TEMPLATES[self.ref.kind] else self.body

    @cached_property
    def where(self) -> str:
        """The path of the pod's spec in the object."""
        return ".".join((*TEMPLATES[self.ref.kind], "spec"))

    @cached_property
    def pod(self) -> Plain:
        return mapping(self.template.get("spec"))

    @cached_property
    def labels(self) -> Plain:
        """The labels of its pods."""
        return mapping(at(self.template, "metadata", "labels"))

    @cached_property
    def annotations(self) -> Plain:
        return mapping(at(self.template, "metadata", "annotations"))

    @cached_property
    def containers(self) -> list[Container]:
        return list(self._containers())

    def _containers(self) -> Iterator[Container]:
        for field, init in (("initContainers", True), ("containers", False)):
            for number, body in enumerate(mappings(self.pod.get(field))):
                yield Container(body, f"{self.where}.{field}[{text(body.get('name')) or number}]", init)

    @cached_property
    def volumes(self) -> dict[str, Plain]:
        """The volumes of the pod by name; a StatefulSet's claim templates count as claims."""
        found = {text(volume.get("name")): volume for volume in mappings(self.pod.get("volumes"))}
        if self.ref.kind == "StatefulSet":
            for template in mappings(at(self.body, "spec", "volumeClaimTemplates")):
                name = text(at(template, "metadata", "name"))
                found[name] = {"name": name, "claimTemplate": template}
        return found

    @property
    def replicas(self) -> int:
        """How many pods are asked for; 1 where nothing is said."""
        asked = at(self.body, "spec", "replicas")
        return asked if isinstance(asked, int) and not isinstance(asked, bool) else 1

    @property
    def long_running(self) -> bool:
        """Whether it serves, rather than ends."""
        return self.ref.kind not in {"Job", "CronJob"}

    def security(self, container: Container, field: str) -> Any:
        """A field of the security context: the container's own, else the pod's."""
        own = at(container.body, "securityContext", field)
        return own if own is not None else at(self.pod, "securityContext", field)

    def port_names(self) -> dict[str, int]:
        """Named container ports → their numbers."""
        return {
            text(port["name"]): port["containerPort"]
            for container in self.containers
            for port in container.ports
            if port.get("name") and isinstance(port.get("containerPort"), int)
        }

    def port_numbers(self) -> set[int]:
        return {
            port["containerPort"]
            for container in self.containers
            for port in container.ports
            if isinstance(port.get("containerPort"), int)
        }

    def pull_secrets(self) -> list[str]:
        return [text(item.get("name")) for item in mappings(self.pod.get("imagePullSecrets"))]
