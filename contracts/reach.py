"""What a host name means to a pod: a Service in reach, the pod itself, the world outside, or nobody."""

import ipaddress
import re
from typing import Literal, NamedTuple

from contracts.index import Index
from contracts.objects import Plain, at, items, mapping, mappings, text
from contracts.once import once
from contracts.violation import Ref
from contracts.workload import Workload

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")


class Reached(NamedTuple):
    """`service` is set for one of the set. `elsewhere` names Services of that name in other namespaces.

    nobody: no such Service where the name points to. outside: not for the set to tell, and not in the cluster.
    unknown: in a namespace that the set has nothing of.
    """

    kind: Literal["service", "itself", "outside", "unknown", "nobody"]
    namespace: str = ""
    name: str = ""
    service: Ref | None = None
    elsewhere: tuple[str, ...] = ()


def reached(index: Index, namespace: str, host: str, workload: Workload | None = None) -> Reached:
    """What `host` means to pods of `namespace`, to those of `workload` where that is known."""
    host = host.rstrip(".").lower()
    if host in {"localhost", "127.0.0.1", "::1", "0.0.0.0"} or host.startswith("/"):  # noqa: S104 (a name, not a bind)
        return Reached("itself")
    if (
        _is_address(host)
        or (workload and host in _aliases(workload))
        or not all(_LABEL.fullmatch(part) for part in host.split("."))
    ):
        return Reached("outside")
    return _by_labels(index, namespace, host.split("."))


def _by_labels(index: Index, own: str, labels: list[str]) -> Reached:
    if "svc" in labels[1:]:
        before = labels[: labels.index("svc", 1)]
        # pod.service.namespace.svc names one pod behind a headless Service.
        return _service(index, before[-1], before[-2]) if len(before) > 1 else Reached("outside")
    if len(labels) == 1:
        return _service(index, own, labels[0])
    if len(labels) in {2, 3} and labels[-1] in index.namespaces and labels[-1] != labels[0]:
        return _service(index, labels[-1], labels[-2])
    if len(labels) == 2 and index.get("Service", own, labels[1]) is not None:
        return _service(index, own, labels[1])
    if len(labels) == 2 and index.get("Service", own, labels[0]) is not None:
        return _service(index, labels[1], labels[0])  # A Service's name, and behind it a namespace nobody knows.
    return Reached("outside")


def _service(index: Index, namespace: str, name: str) -> Reached:
    ref = Ref("Service", namespace, name)
    if ref in index.objects:
        return Reached("service", namespace, name, ref)
    if name in _made_by_operators(index, namespace):
        return Reached("unknown", namespace, name)
    elsewhere = tuple(sorted(index.namespaces_with("Service", name)))
    return Reached("nobody" if namespace in index.namespaces else "unknown", namespace, name, None, elsewhere)


@once
def _made_by_operators(index: Index, namespace: str) -> set[str]:
    """The Services that Zalando's operator and Crunchy's make; those of CloudNativePG are in the index."""
    found = {ref.name + end for ref in index.refs("postgresql", namespace) for end in ("", "-repl", "-pooler")}
    return found | {
        ref.name + end
        for ref in index.refs("PostgresCluster", namespace)
        for end in ("-primary", "-ha", "-pgbouncer", "-replicas")
    }


def _aliases(workload: Workload) -> set[str]:
    return {text(name) for alias in mappings(workload.pod.get("hostAliases")) for name in items(alias.get("hostnames"))}


def _is_address(host: str) -> bool:
    if not (host[:1].isdigit() or ":" in host):
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def service_ports(index: Index, service: Ref) -> list[Plain]:
    """The ports of a Service."""
    return mappings(at(index.objects[service], "spec", "ports"))


def is_plain(index: Index, service: Ref) -> bool:
    """Whether a Service forwards to pods that it selects itself."""
    spec = mapping(index.objects[service].get("spec"))
    return spec.get("type") != "ExternalName" and bool(mapping(spec.get("selector")))


def without_standby(index: Index, service: Ref) -> Ref | None:
    """The single-instance Cluster whose standbys a Service would lead to; None where it leads elsewhere."""
    labels = mapping(at(index.objects[service], "spec", "selector"))
    if labels.get("cnpg.io/instanceRole") != "replica" or index.behind(service):
        return None
    cluster = Ref("Cluster", service.namespace, text(labels.get("cnpg.io/cluster")))
    return cluster if index.made_of(cluster) else None


@once
def is_answered(index: Index, service: Ref) -> bool:
    """Whether something is known to be behind a Service: a selector, an address elsewhere, endpoints by hand."""
    spec = mapping(index.objects[service].get("spec"))
    if mapping(spec.get("selector")) or spec.get("type") == "ExternalName":
        return True
    if index.get("Endpoints", service.namespace, service.name) is not None:
        return True
    if service.name in _sliced(index, service.namespace):
        return True
    # An operator, or a program that elects its leader, writes the endpoints itself; only plain sets are judged.
    owned = at(index.objects[service], "metadata", "ownerReferences")
    return bool(owned or _elects(index, service.namespace) or index.pod_makers.get(service.namespace))


@once
def _sliced(index: Index, namespace: str) -> frozenset[str]:
    """The Services of a namespace for which the set has an EndpointSlice."""
    bodies = (index.objects[ref] for ref in index.refs("EndpointSlice", namespace))
    return frozenset(text(at(body, "metadata", "labels", "kubernetes.io/service-name")) for body in bodies)


@once
def _elects(index: Index, namespace: str) -> bool:
    """Whether pods of a namespace elect a leader, who writes the endpoints; without a token he could write none."""
    electing = (w for w in index.workloads_in(namespace) if w.pod.get("automountServiceAccountToken") is not False)
    images = (c.image for workload in electing for c in workload.containers)
    return any("spilo" in image or "patroni" in image for image in images)
