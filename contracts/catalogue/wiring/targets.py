"""W02: a Service's ports are ports of its pods."""

from collections.abc import Iterator

from contracts.index import Index
from contracts.near import nearest
from contracts.objects import Plain, at, mappings, text
from contracts.violation import Ref, Violation
from contracts.workload import Workload


def ports(index: Index) -> Iterator[Violation]:
    """W02. A name must be one of the pods'. A number need not be declared: only where none is, that is a finding."""
    known: dict[int, list[Plain]] = {}
    for ref in index.refs("Service"):
        if behind := index.behind(ref):
            if id(behind) not in known:  # One list for all Services that select the same.
                known[id(behind)] = [port for workload in behind for port in declared_ports(workload)]
            yield from _ports(ref, index.objects[ref], behind, known[id(behind)])


def _ports(ref: Ref, body: Plain, behind: list[Workload], declared: list[Plain]) -> Iterator[Violation]:
    headless = at(body, "spec", "clusterIP") == "None"
    entries = mappings(at(body, "spec", "ports"))
    numbered = [(number, entry) for number, entry in enumerate(entries) if not _name(entry)]
    lost = [(number, entry) for number, entry in numbered if not _declares(declared, entry)]
    # Containers may listen where they declare nothing (istiod's 15012 did): one port that fits, and nothing is said,
    # unless a declared port of the same name has another number.
    silent = headless or not declared or (len(lost) < len(numbered))
    for number, entry in enumerate(entries):
        if name := _name(entry):
            protocol = _protocol(entry)
            names = {text(port.get("name")) for port in declared if _protocol(port) == protocol}
            if name not in names:
                yield _no_name(ref, number, name, protocol, declared, behind)
        elif (number, entry) in lost:
            same = [port for port in declared if text(port.get("name")) and port.get("name") == entry.get("name")]
            if (same and not headless) or not silent:
                yield _no_number(ref, number, _target(entry), declared, same, behind)


def declared_ports(workload: Workload) -> list[Plain]:
    """The ports of the containers that run while the pod is ready."""
    return [port for c in workload.containers if not c.init or c.sidecar for port in c.ports]


def _target(entry: Plain) -> object:
    target = entry.get("targetPort")
    return entry.get("port") if target in (None, 0, "") else target


def _name(entry: Plain) -> str:
    target = _target(entry)
    return target if isinstance(target, str) and not target.isdigit() else ""


def _protocol(port: Plain) -> str:
    return text(port.get("protocol")) or "TCP"


def _declares(declared: list[Plain], entry: Plain) -> bool:
    # By number, the protocol that a container declares is not looked at; by name it is (FindPort of the endpoints).
    return any(text(port.get("containerPort")) == text(_target(entry)) for port in declared)


def _no_name(
    ref: Ref, number: int, name: str, protocol: str, declared: list[Plain], behind: list[Workload]
) -> Violation:
    other = [port for port in declared if text(port.get("name")) == name]
    names = [text(port.get("name")) for port in declared if port.get("name") and _protocol(port) == protocol]
    near = nearest(name, names) or (names[0] if len(set(names)) == 1 else "")
    why = f"port {name} of its pods is {_protocol(other[0])}, this one {protocol}" if other else _declared(declared)
    return Violation(
        "W02",
        ref,
        f"spec.ports[{number}].targetPort",
        found=f"{name} ({protocol}), a name that no port of its pods has",
        expected=f"a named port of {_list(behind)}",
        because=f"{why}; a pod without that port is no endpoint",
        nearest=near,
        fix=f"write targetPort: {near}" if near else f"name a container's port {name}, or write its number",
    )


def _no_number(
    ref: Ref, number: int, target: object, declared: list[Plain], same: list[Plain], behind: list[Workload]
) -> Violation:
    numbers = sorted({text(port.get("containerPort")) for port in declared})
    near = text(same[0].get("containerPort")) if same else (numbers[0] if len(numbers) == 1 else "")
    return Violation(
        "W02",
        ref,
        f"spec.ports[{number}].targetPort",
        found=f"{target}, which no container of its pods declares",
        expected=f"a port of {_list(behind)}",
        because=f"{_declared(declared)}; where nothing listens, the connection is refused",
        nearest=near,
        fix=f"write targetPort: {near}" if near else f"write one of {', '.join(numbers)}, or declare {target}",
        cause=f"nothing listens on {target} of {behind[0].ref}" if len(behind) == 1 else "",
    )


def _declared(declared: list[Plain]) -> str:
    told = [
        f"{text(port.get('containerPort'))}" + (f" ({text(port['name'])})" if port.get("name") else "")
        for port in declared[:8]
    ]
    return f"its pods declare {', '.join(told)}" if told else "its pods declare no port"


def _list(behind: list[Workload]) -> str:
    return ", ".join(f"{workload.ref.kind} {workload.ref.name}" for workload in behind[:3])
