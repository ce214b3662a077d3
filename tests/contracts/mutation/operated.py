"""What CloudNativePG makes and reads of its objects, told plainly and without contracts/.

Source: cloudnative-pg v1.28.0 and v1.30.0, pkg/specs (labels, ports, Services), docs/src/networking.md (who asks whom).
"""

import re
from collections.abc import Iterator
from typing import Any

from tests.contracts.mutation.places import Body, Place

OPERATED = frozenset("Cluster Database DatabaseRole Pooler ScheduledBackup ObjectStore PodMonitor".split())
"""Kinds of the operator, of its plugin for Barman Cloud, and of Prometheus' operator for its pods."""

_REFERENCES = {
    "Cluster": r"spec\.bootstrap\.initdb\.(?:database|owner|secret.*)|spec\.(?:superuserSecret.*|enableSuperuserAccess)"
    r"|spec\.managed(?:\.roles(?:\[\](?:\.(?:name|login|passwordSecret.*))?)?)?|"
    r"spec\.plugins(?:\[\](?:\.(?:name|parameters\.barmanObjectName))?)?|spec(?:\.bootstrap(?:\.initdb)?)?",
    "Database": r"spec\.(?:name|owner|cluster.*|schemas\[\]\.owner)",
    "DatabaseRole": r"spec\.(?:name|login|cluster.*|passwordSecret.*)",
    "Pooler": r"spec\.cluster.*",
    "ScheduledBackup": r"spec\.(?:cluster.*|method|pluginConfiguration.*)",
    "ObjectStore": r"spec\.configuration\.s3Credentials\..*\.(?:name|key)",
    "PodMonitor": r"spec\.(?:selector.*|podMetricsEndpoints\[\]\.port)",
}
_FREE = re.compile(r"metadata.*|kind|apiVersion")


def is_reference(place: Place) -> bool:
    """Whether a place of an operator's object names an object, a role or a database, or is the object's own name."""
    return bool(_FREE.fullmatch(place.shape) or re.fullmatch(_REFERENCES[place.kind], place.shape) or not place.steps)


def reads(objects: list[Body]) -> set[tuple[str, str, str]]:
    """(kind, name, key) of the Secrets that the operator reads."""
    found = set()
    for body in objects:
        if body["kind"] in OPERATED:
            for name, keys in _named(body.get("spec") or {}):
                found |= {("Secret", name, key) for key in keys}
    return found


def _named(value: Any, above: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(value, list):
        for item in value:
            yield from _named(item, above)
    if not isinstance(value, dict):
        return
    if above.lower().endswith("secret") and "name" in value:
        yield value["name"], ("username", "password")
    elif {"name", "key"} <= set(value):
        yield value["name"], (value["key"],)
    for field, item in value.items():
        yield from _named(item, field)


def ends(objects: list[Body]) -> list[dict[str, Any]]:
    """The pods that the operator makes, those of one role as one, as `let_through` has those of others."""
    found = []
    for body in objects:
        name, namespace = body["metadata"].get("name"), body["metadata"].get("namespace")
        if body["kind"] == "Cluster":
            several = (body.get("spec") or {}).get("instances", 1) > 1
            own = {"cnpg.io/cluster": name}
            for role in ("primary", *(("replica",) if several else ())):
                labels = {**own, "cnpg.io/podRole": "instance", "cnpg.io/instanceRole": role, "role": role}
                found.append({"kind": f"Cluster {name} {role}", "labels": labels, "namespace": namespace})
            if several:
                labels = {**own, "cnpg.io/jobRole": "join"}
                found.append({"kind": f"Cluster {name} join", "labels": labels, "namespace": namespace})
        elif body["kind"] == "Pooler":
            cluster = ((body.get("spec") or {}).get("cluster") or {}).get("name")
            labels = {"cnpg.io/poolerName": name, "cnpg.io/podRole": "pooler", "cnpg.io/cluster": cluster}
            found.append({"kind": f"Pooler {name}", "labels": labels, "namespace": namespace, "of": cluster})
    return found


def ways(objects: list[Body]) -> set[tuple[str, ...]]:
    """(who, to whom, port, direction) of all that the operator's pods can't do without, as `let_through` tells them."""
    found: set[tuple[str, ...]] = set()
    every = ends(objects)
    for end in every:
        kind, name, *role = end["kind"].split()
        found.add((end["kind"], "the world", "API", "Egress"))
        if kind == "Cluster" and role != ["join"]:
            found.add((end["kind"], "an operator", "TCP8000", "Ingress"))
        cluster, servers = (name, ("primary",)) if kind == "Cluster" else (end["of"], ("primary", "replica"))
        for server in (f"Cluster {cluster} {server}" for server in servers):
            if server != end["kind"]:
                found |= {(end["kind"], server, "TCP5432", "Egress"), (server, end["kind"], "TCP5432", "Ingress")}
        if kind == "Cluster" and role != ["primary"]:
            found.add((end["kind"], "kube-dns", "UDP53", "Egress"))
    return found


def behind(objects: list[Body], hosts: set[str]) -> set[str]:
    """The pods behind the operator's Services that hosts name."""
    roles = {"rw": ("primary",), "ro": ("replica",), "r": ("primary", "replica")}
    found = set()
    for host in hosts:
        name, _, kind = host.rpartition("-")
        found |= {f"Cluster {name} {role}" for role in roles.get(kind, ())} | {f"Pooler {host}"}
    return found & {end["kind"] for end in ends(objects)}
