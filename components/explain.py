"""A plan as tables: each variable, from where, secret or not, who else has it; each mount; who may talk to whom."""

from collections.abc import Mapping

from components.compose import Plan
from components.manifest import Configured, Existing, Generated, Issued
from components.outside import outside
from components.settings.system import System
from components.table import table
from components.traffic import traffic
from components.wiring import Wiring, told
from contracts.environment import Variable
from contracts.mounting import claim_of, templates, volume_kind
from contracts.objects import at, mapping, mappings, text
from contracts.workload import Container, Mount, Workload

_LONGEST = 60
"""Characters of a value; `make render` has all of it."""


def explain(system: System, plan: Plan, width: int | None = None) -> str:
    """The whole plan as tables, container by container, in lines of `width` where that is given. No secret's value is
    in it: a plan has none."""
    wiring = Wiring(plan)
    owners = {manifest.reference: part.name for part in plan.parts for manifest in part.manifests}
    lines: list[str] = []
    for workload in wiring.workloads:
        fields = _fields(system, owners[workload.ref.kind, workload.ref.name])
        for container in workload.containers:
            lines.append(f"{workload.ref.kind} {workload.ref.name} · container {container.name}")
            lines += table(_variables(wiring, workload, container, fields), width=width, cut=[2])
            lines += [*table(_mounts(wiring, workload, container), width=width), ""]
    lines += outside(system, plan, wiring, width)
    lines.append("Who may talk to whom (everything else is denied)")
    lines += table([("FROM", "TO", "PORTS", "NETWORKPOLICY"), *traffic(wiring.index)], width=width, cut=[0])
    return "\n".join(lines)


def _fields(system: System, part: str) -> Mapping[str, str]:
    return system.apps[part].connection.fields if part in system.apps else {}


def _variables(
    wiring: Wiring, workload: Workload, container: Container, fields: Mapping[str, str]
) -> list[tuple[str, ...]]:
    found = sorted(wiring.index.environment(workload, container).items())
    rows = [
        (
            name,
            _source(variable),
            _value(variable, container),
            _origin(wiring, variable, fields),
            told(wiring.others(variable, wiring.reader(workload, container, name)), name),
        )
        for name, variable in found
    ]
    return [("VARIABLE", "FROM", "VALUE", "IS", "ALSO READ BY"), *rows] if rows else []


def _source(variable: Variable) -> str:
    if variable.source is None:
        return "the pod"
    key = "" if variable.key == variable.name else f", key {variable.key}"
    return f"{variable.source.kind} {variable.source.name}{key}"


def _value(variable: Variable, container: Container) -> str:
    if variable.secret:
        return "secret"
    entry = next((e for e in mappings(container.body.get("env")) if e.get("name") == variable.name), {})
    origin = mapping(entry.get("valueFrom"))
    value = variable.value
    if value is None:
        field = at(origin, "fieldRef", "fieldPath") or at(origin, "resourceFieldRef", "resource")
        value = text(field) or "not in this plan"
    return value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"


def _origin(wiring: Wiring, variable: Variable, fields: Mapping[str, str]) -> str:
    """Which field of the Connection it is, or where else a secret's value is from."""
    if variable.name in fields:
        return f"connection.{fields[variable.name]}"
    match wiring.value(variable.source, variable.key) if variable.source else None:
        case Configured(key=key):
            return f"config {key}"
        case Generated(name=name):
            return f"generated {name}"
        case Issued(name=name):
            return f"certificate {name}"
        case Existing(name=name, key=key):
            return f"Secret {name}, key {key}"
    return _maker(wiring, variable) if variable.source and variable.source.kind == "Secret" else ""


def _maker(wiring: Wiring, variable: Variable) -> str:
    """What brings a Secret that is not in the plan: the object of which an operator makes it, or somebody else."""
    source = wiring.index.sources.of(variable.source) if variable.source else None
    if source is None:
        return "somebody else's"
    return "" if source.maker == source.ref else f"{source.maker.kind} {source.maker.name}"


def _mounts(wiring: Wiring, workload: Workload, container: Container) -> list[tuple[str, ...]]:
    rows = [(mount.path, *_behind(wiring, workload, mount)) for mount in container.mounts]
    return [("MOUNT", "SOURCE", "SIZE", ""), *rows] if rows else []


def _behind(wiring: Wiring, workload: Workload, mount: Mount) -> tuple[str, str, str]:
    """What is mounted, how large it is, and whether it can only be read."""
    volume = workload.volumes.get(mount.volume, {})
    kind, read_only = volume_kind(volume), "read-only" if mount.read_only else ""
    body = mapping(volume.get(kind))
    file = f", key {mount.sub_path}" if mount.sub_path else ""
    if kind in {"persistentVolumeClaim", "claimTemplate"}:
        names = [claim_of(volume)] if claim_of(volume) else _made(workload, mount.volume)
        claims = [wiring.index.claims_in(workload.ref.namespace).get(name) for name in names]
        size = text(at(claims[0], "spec", "resources", "requests", "storage"))
        modes = " ".join(at(claims[0], "spec", "accessModes") or ())
        return f"PersistentVolumeClaim {', '.join(names)}", f"{size} {modes}".strip(), read_only
    if kind == "emptyDir":
        medium = " of memory" if body.get("medium") else ""
        return "scratch", text(body.get("sizeLimit")) + medium, read_only
    names = {"configMap": ("ConfigMap", "name"), "secret": ("Secret", "secretName")}
    name, field = names.get(kind, (kind, "name"))
    return f"{name} {text(body.get(field)) or mount.volume}{file}", "", read_only


def _made(workload: Workload, volume: str) -> list[str]:
    """The claims of a StatefulSet's pods, one each."""
    template = workload.volumes[volume]["claimTemplate"]
    return [name for name, body in templates(workload) if body is template]
