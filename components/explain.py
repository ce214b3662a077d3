"""A plan as tables: each variable and where it comes from, each mount, and who may talk to whom."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from components import wiring
from components.compose import Plan
from components.manifest import Configured, Generated, shown
from components.names import NAME
from components.settings.system import System


def table(rows: Iterable[Sequence[str]], indent: str = "  ") -> list[str]:
    """Lines with the columns of `rows` one below the other."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    padded = ([cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows)
    return [(indent + "  ".join(cells)).rstrip() for cells in padded]


def _source(variable: wiring.Variable) -> str:
    return "the pod" if variable.source is None else f"{variable.source[0]} {variable.source[1]}"


def _value(variable: wiring.Variable) -> str:
    if variable.is_secret:
        return "secret"
    text = str(shown(variable.value))
    return text if len(text) <= 60 else text[:59] + "…"


def _origin(variable: wiring.Variable, fields: Mapping[str, str]) -> str:
    """Which field of the Connection it is, or where else a secret's value is from."""
    if variable.name in fields:
        return f"connection.{fields[variable.name]}"
    match variable.value:
        case Configured(key=key):
            return f"config {key}"
        case Generated(name=name):
            return f"generated {name}"
    return ""


def _variables(plan: Plan, container: Mapping[str, Any], fields: Mapping[str, str]) -> list[str]:
    rows = [
        (variable.name, _source(variable), variable.key or "", _value(variable), _origin(variable, fields))
        for variable in wiring.variables(plan, container)
    ]
    return table([("VARIABLE", "SOURCE", "KEY", "VALUE", "IS"), *rows]) if rows else []


def _mounts(plan: Plan, workload: wiring.Workload, container: Mapping[str, Any]) -> list[str]:
    rows = [
        (
            mount.path,
            f"{mount.source[0]} {mount.source[1]}" if mount.source else "scratch",
            mount.size,
            "read-only" if mount.read_only else "",
        )
        for mount in wiring.mounts(plan, workload, container)
    ]
    return table([("MOUNT", "SOURCE", "SIZE", ""), *rows])


def _written(labels: Mapping[str, str]) -> str:
    return " ".join(f"{key}={value}" for key, value in labels.items()) or "every pod"


def _pods(plan: Plan, selector: Mapping[str, Any]) -> str:
    """The pods of this plan that a selector means: by their workloads' names, where there are some."""
    labels = selector.get("matchLabels", {})
    found = {workload.labels[NAME] for workload in wiring.selected(plan, labels)} if labels else set()
    return ", ".join(sorted(found)) or _written(labels)


def _peer(plan: Plan, peer: Mapping[str, Any]) -> str:
    if "ipBlock" in peer:
        block = peer["ipBlock"]
        return block["cidr"] + (f" but not {', '.join(block['except'])}" if "except" in block else "")
    if "namespaceSelector" not in peer:
        return _pods(plan, peer["podSelector"])
    pods = _written(peer.get("podSelector", {}).get("matchLabels", {}))
    return f"{pods} of namespace {', '.join(peer['namespaceSelector']['matchLabels'].values())}"


def traffic(plan: Plan) -> list[tuple[str, str, str, str]]:
    """(from, to, ports, name of the policy) for everything that a NetworkPolicy of the plan allows."""
    found: list[tuple[str, str, str, str]] = []
    for manifest in plan.manifests:
        if manifest.kind != "NetworkPolicy":
            continue
        spec = manifest.body["spec"]
        own = _pods(plan, spec["podSelector"])
        for rule in spec.get("ingress", ()):
            found += [(_peer(plan, peer), own, _ports(rule), manifest.name) for peer in rule["from"]]
        for rule in spec.get("egress", ()):
            found += [(own, _peer(plan, peer), _ports(rule), manifest.name) for peer in rule["to"]]
    return found


def _ports(rule: Mapping[str, Any]) -> str:
    return ", ".join(f"{port['port']}/{port['protocol']}" for port in rule["ports"])


def _fields(system: System, part: str) -> Mapping[str, str]:
    return system.apps[part].connection.fields if part in system.apps else {}


def explain(system: System, plan: Plan) -> str:
    """The whole plan as tables, container by container. No secret's value is in it: a plan has none."""
    owners = {manifest.reference: part.name for part in plan.parts for manifest in part.manifests}
    lines: list[str] = []
    for workload in wiring.workloads(plan):
        fields = _fields(system, owners[workload.manifest.reference])
        for container in workload.containers:
            lines.append(f"{workload.manifest.kind} {workload.manifest.name} · container {container['name']}")
            lines += _variables(plan, container, fields) + _mounts(plan, workload, container) + [""]
    lines.append("Who may talk to whom (everything else is denied)")
    lines += table([("FROM", "TO", "PORTS", "NETWORKPOLICY"), *traffic(plan)])
    return "\n".join(lines)
