"""W11: a ServiceMonitor finds Services and their port, a PodMonitor pods and theirs."""

from collections.abc import Iterator, Sequence
from typing import Any

from contracts.catalogue.wiring.services import made_by_operator
from contracts.catalogue.wiring.targets import declared_ports
from contracts.index import Index
from contracts.near import nearest
from contracts.objects import Plain, at, items, mapping, mappings, selects, text
from contracts.once import once
from contracts.selecting import Labelled, demanded
from contracts.violation import Ref, Violation


def targets(index: Index) -> Iterator[Violation]:
    """W11. A monitor without a target is no error anywhere in Prometheus: the graph stays empty."""
    for ref in index.refs("ServiceMonitor"):
        yield from _service_monitor(index, ref)
    for ref in index.refs("PodMonitor"):
        yield from _pod_monitor(index, ref)


def _namespaces(index: Index, ref: Ref) -> list[str] | None:
    """The namespaces in which a monitor looks; None where that may be outside the set."""
    chosen = mapping(at(index.objects[ref], "spec", "namespaceSelector"))
    if chosen.get("any"):
        return None
    names = [text(name) for name in items(chosen.get("matchNames"))] or [ref.namespace]
    # The control plane's own Services (kubelet, DNS) are in no set.
    return None if "kube-system" in names else names


_API_SERVER = {"component": "apiserver", "provider": "kubernetes"}
"""The labels of the Service `kubernetes` in namespace default, which is in no set."""


def _service_monitor(index: Index, ref: Ref) -> Iterator[Violation]:
    spec = mapping(index.objects[ref].get("spec"))
    selector = mapping(spec.get("selector"))
    wide = _namespaces(index, ref)
    places = [_services(index, namespace) for namespace in ([None] if wide is None else wide)]
    found = [service for place in places for service in place.selected(selector)]
    if not found:
        if wide is not None and not any(made_by_operator(index, namespace, selector) for namespace in wide):
            own = "default" in wide and selects(selector, _API_SERVER)
            if not own:
                yield _nothing(ref, selector, "Service", places)
        return
    names = sorted({text(p.get("name")) for s in found for p in mappings(at(index.objects[s], "spec", "ports"))})
    for number, endpoint in enumerate(mappings(spec.get("endpoints"))):
        port = endpoint.get("port")
        if port and text(port) not in names:
            told = ", ".join(f"Service {s.name}" for s in found[:3])
            yield _no_port(ref, f"spec.endpoints[{number}].port", text(port), names, told)


def _pod_monitor(index: Index, ref: Ref) -> Iterator[Violation]:
    spec = mapping(index.objects[ref].get("spec"))
    selector = mapping(spec.get("selector"))
    wide = _namespaces(index, ref)
    places = [index.pods(namespace) for namespace in ([None] if wide is None else wide)]
    found = [workload for place in places for workload in place.selected(selector)]
    if not found:
        if wide is not None and not any(made_by_operator(index, namespace, selector) for namespace in wide):
            yield _nothing(ref, selector, "pod", places)
        return
    names = sorted({text(port.get("name")) for workload in found for port in declared_ports(workload)})
    for number, endpoint in enumerate(mappings(spec.get("podMetricsEndpoints"))):
        port = endpoint.get("port")
        if port and text(port) not in names:
            told = ", ".join(f"{w.ref.kind} {w.ref.name}" for w in found[:3])
            yield _no_port(ref, f"spec.podMetricsEndpoints[{number}].port", text(port), names, told)


@once
def _services(index: Index, namespace: str | None) -> Labelled[Ref]:
    """The Services of one namespace, or of all, by their own labels."""
    bodies = ((ref, index.objects[ref]) for ref in index.refs("Service", namespace))
    return Labelled((ref, mapping(at(body, "metadata", "labels"))) for ref, body in bodies)


def _nothing(ref: Ref, selector: Plain, what: str, places: Sequence[Labelled[Any]]) -> Violation:
    wanted = demanded(selector)
    near = next(filter(None, (place.values(key).nearest(value) for key, value in wanted for place in places)), "")
    told = ", ".join(f"{key}={value}" for key, value in wanted)
    metadata = "labels of the Service itself, not its selector" if what == "Service" else "labels of the pods' template"
    return Violation(
        "W11",
        ref,
        "spec.selector",
        found=f"{told or 'a selector'}, which no {what} of the set has",
        expected=f"a {what} to be watched",
        because=f"Prometheus compares the {metadata}; without a target nothing is measured, and nothing is said",
        nearest=near,
        fix=f"select {near}" if near else f"select the {metadata}",
        undecided=not near,
    )


def _no_port(ref: Ref, path: str, port: str, names: list[str], told: str) -> Violation:
    names = [name for name in names if name]
    near = nearest(port, names) or (names[0] if len(names) == 1 else "")
    return Violation(
        "W11",
        ref,
        path,
        found=f"{port}, a name that no port of {told} has",
        expected=f"one of: {', '.join(names) or 'none has a name'}",
        because="`port` of a monitor is the port's name; without it there is no target",
        nearest=near,
        fix=f"write port: {near}" if near else f"name the port {port}",
    )
