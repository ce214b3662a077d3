"""Labels, selectors and derived names: each is decided here and read from here everywhere else."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from components.manifest import Existing, Fingerprint, Manifest, Reference, shown
from components.settings.sources import Sources
from components.settings.system import System

NAME = "app.kubernetes.io/name"
PART_OF = "app.kubernetes.io/part-of"
MANAGED_BY = "app.kubernetes.io/managed-by"
COMPONENT = "app.kubernetes.io/component"
DATABASE_CLIENT = "postgres-apps/database"
"""Pods that carry this label with a database's name are let through to it by the NetworkPolicies of both ends."""

PATCH_FORCE = {"pulumi.com/patchForce": "true"}
"""On an object whose fields another owner may have: the engine takes them over («Server-side Apply», pulumi.com)."""

WAIT_FOR = "pulumi.com/waitFor"
"""What must hold of an object of a CRD before what comes after it is made (pulumi-kubernetes, «Wait for»)."""


def selector(workload: str) -> dict[str, str]:
    """What selects the pods of one workload. It is immutable on Deployments, so it holds nothing that may change."""
    return {NAME: workload}


def client_labels(database: str) -> dict[str, str]:
    """What a pod carries that talks to `database`."""
    return {DATABASE_CLIENT: database}


DIGEST = 10
"""Characters of the digest in a name."""

_DIGESTED = re.compile(rf".+-[0-9a-f]{{{DIGEST}}}")


def digest(value: Any, length: int = DIGEST) -> str:
    """A short name for a definition: the same for the same plain data, whatever the order of its keys."""
    text = json.dumps(shown(value), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def role(manifest: Manifest) -> str:
    """The name of an object, with its namespace as its reference has it, without the digest of its definition: two
    revisions of a Job have one role."""
    name = manifest.reference[1]
    return name[: -DIGEST - 1] if manifest.kind == "Job" and _DIGESTED.fullmatch(name) else name


def checksums(*sources: Manifest | Existing) -> dict[str, str | Fingerprint]:
    """Annotations for a pod template that change when one of the ConfigMaps or Secrets it reads changes (rule 7).

    What an operator makes of an object, and a Secret of somebody else, is read by the engine: its change is seen by
    the next `up`.
    """
    found: dict[str, str | Fingerprint] = {}
    for source in sources:
        # The name in an annotation's key may have 63 characters, an object's 253.
        key = f"checksum/{source.name if len(source.name) <= 63 else digest(source.name)}"
        found[key] = _checksum(source, found.get(key))
    return found


def _checksum(source: Manifest | Existing, before: str | Fingerprint | None) -> str | Fingerprint:
    if isinstance(source, Existing):
        return Fingerprint((*(before.of if isinstance(before, Fingerprint) else ()), source))
    if source.kind == "ConfigMap":
        return digest(source.body["data"], 64)
    if source.kind == "Secret":
        entries = sorted(source.body["stringData"].items())
        return Fingerprint(tuple(part for entry in entries for part in entry))
    # The definition counts too: the operator may follow it a moment after the engine has looked.
    made = Existing(source.body["metadata"]["namespace"], source.name, None, source.reference)
    return Fingerprint((digest(source.body["spec"], 64), made))


_NO_SOURCES = Sources()


@dataclass(frozen=True)
class Scope:
    """Where manifests are made for: a namespace, and what every object in it carries."""

    namespace: str
    common: Mapping[str, str]
    keep: bool
    domain: str
    outside: bool = False
    sources: Sources = _NO_SOURCES

    @classmethod
    def of(cls, system: System) -> "Scope":
        common = {PART_OF: system.name, MANAGED_BY: "pulumi", "environment": system.environment, **system.labels}
        return cls(system.namespace.name, common, system.keep, system.cluster.domain, sources=system.sources)

    def within(self, namespace: str) -> "Scope":
        """The same stack's objects in another namespace."""
        return replace(self, namespace=namespace, outside=True)

    def names_of(self, service: str) -> list[str]:
        """A Service's names, from the short one to the full one."""
        names = [service]
        for part in (self.namespace, "svc", self.domain):
            names.append(f"{names[-1]}.{part}")
        return names

    def labels(self, workload: str, component: str) -> dict[str, str]:
        """The labels of an object that belongs to `workload`; `component` says what the workload is."""
        return {**self.common, **selector(workload), COMPONENT: component}

    def manifest(
        self,
        api_version: str,
        kind: str,
        name: str,
        content: Mapping[str, Any],
        *,
        labels: Mapping[str, str],
        annotations: Mapping[str, Any] | None = None,
        after: tuple[Reference, ...] = (),
        keep: bool = False,
        frozen: tuple[str, ...] = (),
        namespaced: bool = True,
        adopted: bool = False,
    ) -> Manifest:
        """One object of this scope. `keep` takes effect where the stack keeps its data (rule 6)."""
        metadata: dict[str, Any] = {"name": name, "labels": dict(labels)}
        if namespaced:
            metadata["namespace"] = self.namespace
        if annotations:
            metadata["annotations"] = dict(annotations)
        body = {"apiVersion": api_version, "kind": kind, "metadata": metadata, **content}
        return Manifest(body, after, keep and self.keep, frozen, self.outside, adopted)
