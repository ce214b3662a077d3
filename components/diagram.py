"""A plan as a Mermaid flowchart: keys to apps, Services to pods, claims to paths, apps to the database."""

from collections.abc import Iterator
from typing import Any

from components import wiring
from components.compose import Plan
from components.manifest import Reference

_SHAPES = {
    "Deployment": ('["', '"]'),
    "StatefulSet": ('["', '"]'),
    "Job": ('["', '"]'),
    "CronJob": ('["', '"]'),
    "Service": ('(["', '"])'),
    "PersistentVolumeClaim": ('[("', '")]'),
    "Secret": ('{{"', '"}}'),
    "ConfigMap": ('>"', '"]'),
}
"""Kind → how Mermaid draws it; what is not here is not drawn."""

Edge = tuple[Reference, Reference, str]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


def _reads(plan: Plan, workload: wiring.Workload) -> Iterator[Edge]:
    """Source → workload, with the keys that it reads and the paths at which it has them."""
    labels: dict[Reference, list[str]] = {}
    for container in workload.containers:
        for variable in wiring.variables(plan, container):
            if variable.source:
                labels.setdefault(variable.source, []).append(variable.key or "")
        for mount in wiring.mounts(plan, workload, container):
            if mount.source:
                labels.setdefault(mount.source, []).append(mount.path)
    for source, texts in labels.items():
        yield source, workload.manifest.reference, "<br/>".join(_escaped(text) for text in dict.fromkeys(texts))


def _serves(plan: Plan) -> Iterator[Edge]:
    """Service → the workloads whose pods it selects, with its port and theirs."""
    for manifest in plan.manifests:
        if manifest.kind != "Service":
            continue
        spec = manifest.body["spec"]
        for workload in wiring.selected(plan, spec["selector"]):
            ports = [f"{port['port']} → {_target(workload, port)}" for port in spec["ports"]]
            yield manifest.reference, workload.manifest.reference, "<br/>".join(ports)


def _target(workload: wiring.Workload, port: Any) -> Any:
    named = {p["name"]: p["containerPort"] for container in workload.containers for p in container.get("ports", ())}
    return named.get(port["targetPort"], port["targetPort"])


def _uses_database(plan: Plan) -> Iterator[Edge]:
    """Workload → the database's Service, with the role it signs in as."""
    for connection in plan.connections.values():
        for workload in wiring.selected(plan, connection.client_labels):
            found = [v for container in workload.containers for v in wiring.variables(plan, container)]
            if any(v.is_secret and v.value == connection.user for v in found):
                label = f"{connection.port} as {connection.user}"
                yield workload.manifest.reference, ("Service", connection.host), label


def diagram(plan: Plan) -> str:
    """The text of the flowchart; paste it into Markdown as a `mermaid` block."""
    drawn = [manifest.reference for manifest in plan.manifests if manifest.kind in _SHAPES]
    ids = {reference: f"n{number}" for number, reference in enumerate(drawn)}
    lines = ["flowchart LR"]
    for number, part in enumerate(plan.parts):
        lines.append(f'  subgraph p{number}["{part.kind} {part.name}"]')
        for manifest in part.manifests:
            if manifest.reference in ids:
                left, right = _SHAPES[manifest.kind]
                lines.append(f"    {ids[manifest.reference]}{left}{manifest.kind}<br/>{manifest.name}{right}")
        lines.append("  end")
    edges = [edge for workload in wiring.workloads(plan) for edge in _reads(plan, workload)]
    edges += [*_serves(plan), *_uses_database(plan)]
    for kind, name in (end for source, target, _ in edges for end in (source, target)):
        if (kind, name) not in ids:
            # A database of another namespace, or a Secret that cert-manager keeps: nothing of it is in this plan.
            ids[kind, name] = f"n{len(ids)}"
            left, right = _SHAPES[kind]
            lines.append(f"  {ids[kind, name]}{left}{name}{right}")
    lines += [f'  {ids[source]} -- "{label}" --> {ids[target]}' for source, target, label in edges]
    return "\n".join(lines)
