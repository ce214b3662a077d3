"""W07: what leads to a Service finds it, and the port: Ingress, Gateway API routes, webhooks, aggregated APIs."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from contracts.catalogue.absent import There, missing
from contracts.catalogue.wiring.services import made_by_operator
from contracts.index import Index
from contracts.known import builtin
from contracts.near import Names
from contracts.objects import Plain, at, mapping, mappings, text
from contracts.once import once
from contracts.violation import Ref, Violation


class Backend(NamedTuple):
    """One reference to a Service: the field that names it, and the field of the port, by name or number."""

    path: str
    name: str
    port_path: str
    port: Any
    because: str
    namespace: str = ""


def services(index: Index) -> Iterator[Violation]:
    """W07. A Service outside the set is undecided; a port that it does not have is broken."""
    for user, backend in backends(index):
        yield from _of(index, user, backend)


def backends(index: Index) -> Iterator[tuple[Ref, Backend]]:
    """Every reference to a Service by what leads traffic to it, with the object that has it."""
    for kind, rule in _RULES.items():
        for user in index.refs(kind):
            yield from ((user, backend) for backend in rule(index.objects[user]) if backend.name)


def _of(index: Index, user: Ref, backend: Backend) -> Iterator[Violation]:
    target = Ref("Service", backend.namespace or user.namespace, backend.name)
    body = index.objects.get(target)
    if body is None:
        if not builtin.exists(target) and not made_by_operator(
            index, target.namespace, {"matchLabels": {"name": target.name}}
        ):
            there, elsewhere = _there(index, target.namespace), index.namespaces_with(target.kind, target.name)
            yield missing("W07", user, backend.path, target, there=there, because=backend.because, elsewhere=elsewhere)
        return
    numbers, ports = _ports(index, target)
    if not numbers or backend.port in (None, "") or at(body, "spec", "type") == "ExternalName":
        return
    if text(backend.port) not in ports:
        near = ports.nearest(text(backend.port)) or (numbers[0] if len(numbers) == 1 else "")
        yield Violation(
            "W07",
            user,
            backend.port_path,
            found=f"port {text(backend.port)} of Service {target.name}",
            expected=f"one of its ports: {ports}",
            because=f"{backend.because}; it is the Service's port that counts, not the container's",
            nearest=near,
            fix=f"write {near}" if near else "write a port of the Service",
            cause=f"{target} has no port {text(backend.port)}",
        )


@once
def _there(index: Index, namespace: str) -> There:
    """The Services of a namespace, and those of them that something leads to."""
    return There(index.names("Service", namespace), _led_to(index)[namespace])


@once
def _led_to(index: Index) -> dict[str, set[str]]:
    """Namespace → the names by which something leads to a Service there."""
    found: dict[str, set[str]] = defaultdict(set)
    for user, backend in backends(index):
        found[backend.namespace or user.namespace].add(backend.name)
    return found


@once
def _ports(index: Index, service: Ref) -> tuple[list[str], Names]:
    """The numbers of a Service's ports, and all words that name one: names, then numbers."""
    ports = mappings(at(index.objects[service], "spec", "ports"))
    numbers = [text(port.get("port")) for port in ports]
    return numbers, Names([*(text(port.get("name")) for port in ports if port.get("name")), *numbers])


def _ingress(body: Plain) -> Iterator[Backend]:
    spec = mapping(body.get("spec"))
    entries = [("spec.defaultBackend", spec.get("defaultBackend")), ("spec.backend", spec.get("backend"))]
    for rule in mappings(spec.get("rules")):
        for path in mappings(at(rule, "http", "paths")):
            where = f"spec.rules[{text(rule.get('host')) or '*'}].http.paths[{text(path.get('path')) or '/'}].backend"
            entries.append((where, path.get("backend")))
    because = "the Ingress answers 503 there"
    for where, entry in entries:
        backend, service = mapping(entry), mapping(mapping(entry).get("service"))
        if service:
            port = mapping(service.get("port"))
            field = "name" if port.get("name") else "number"
            name, value = text(service.get("name")), port.get(field)
            if value == "use-annotation":  # AWS Load Balancer Controller: an action, no Service.
                continue
            yield Backend(f"{where}.service.name", name, f"{where}.service.port.{field}", value, because)
        elif backend.get("serviceName"):
            name, value = text(backend["serviceName"]), backend.get("servicePort")
            if value != "use-annotation":
                yield Backend(f"{where}.serviceName", name, f"{where}.servicePort", value, because)


def _route(body: Plain) -> Iterator[Backend]:
    for number, rule in enumerate(mappings(at(body, "spec", "rules"))):
        for place, reference in enumerate(mappings(rule.get("backendRefs"))):
            if text(reference.get("kind") or "Service") == "Service" and not text(reference.get("group")):
                where = f"spec.rules[{number}].backendRefs[{place}]"
                because, namespace = "the route answers 500 there", text(reference.get("namespace"))
                name = text(reference.get("name"))
                yield Backend(f"{where}.name", name, f"{where}.port", reference.get("port"), because, namespace)


def _webhooks(body: Plain) -> Iterator[Backend]:
    for webhook in mappings(body.get("webhooks")):
        where = f"webhooks[{text(webhook.get('name'))}].clientConfig.service"
        yield from _service(where, at(webhook, "clientConfig", "service"), "every request that it matches fails")


def _api(body: Plain) -> Iterator[Backend]:
    yield from _service("spec.service", at(body, "spec", "service"), "the API group is unavailable")


def _definition(body: Plain) -> Iterator[Backend]:
    service = at(body, "spec", "conversion", "webhook", "clientConfig", "service")
    where = "spec.conversion.webhook.clientConfig.service"
    yield from _service(where, service, "objects of another version can't be read")


def _service(where: str, service: Any, because: str) -> Iterator[Backend]:
    found = mapping(service)
    name, namespace = text(found.get("name")), text(found.get("namespace"))
    yield Backend(f"{where}.name", name, f"{where}.port", found.get("port", 443), because, namespace)


_RULES = {
    "Ingress": _ingress,
    "HTTPRoute": _route,
    "GRPCRoute": _route,
    "TCPRoute": _route,
    "TLSRoute": _route,
    "ValidatingWebhookConfiguration": _webhooks,
    "MutatingWebhookConfiguration": _webhooks,
    "APIService": _api,
    "CustomResourceDefinition": _definition,
}
