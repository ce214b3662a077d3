"""Whether all pods of a workload run on one node, as far as its template says."""

from collections.abc import Iterator
from typing import Literal

from contracts.objects import Plain, at, items, mapping, mappings, selects, text
from contracts.workload import Workload

_HOSTNAME = "kubernetes.io/hostname"


def one_node(workload: Workload, beside: Workload | None = None) -> Literal["yes", "no", "unknown"]:
    """Whether the pods of `workload` (and those of `beside`, where given) are bound to one node.

    nodeName, a nodeSelector on the hostname, a required node affinity to one hostname, a required pod affinity to the
    pods themselves on the hostname. A selector of another label may name one node or many: unknown.
    """
    pinned = _pinned(workload)
    if beside is not None:
        other = _pinned(beside)
        if pinned and pinned == other:
            return "yes"
        near = _drawn_to(workload, beside) or _drawn_to(beside, workload)
        if near and (_drawn_to(workload, workload) or pinned or workload.replicas == 1 or beside.replicas == 1):
            return "yes"
        return "unknown" if _elsewhere_selected(workload) and _elsewhere_selected(beside) else "no"
    if pinned or _drawn_to(workload, workload):
        return "yes"
    return "unknown" if _elsewhere_selected(workload) else "no"


def _pinned(workload: Workload) -> str:
    """The one node that the template names, or ""."""
    if name := text(workload.pod.get("nodeName")) or text(mapping(workload.pod.get("nodeSelector")).get(_HOSTNAME)):
        return name
    terms = _node_terms(workload)
    named = {_named(term) for term in terms}
    return next(iter(named)) if len(named) == 1 else ""


def _node_terms(workload: Workload) -> list[Plain]:
    required = at(workload.pod, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    return mappings(mapping(required).get("nodeSelectorTerms"))


def _named(term: Plain) -> str:
    for expression in [*mappings(term.get("matchExpressions")), *mappings(term.get("matchFields"))]:
        values = items(expression.get("values"))
        one = expression.get("operator") == "In" and len(values) == 1
        if one and text(expression.get("key")) in {_HOSTNAME, "metadata.name"}:
            return text(values[0])
    return ""


def _drawn_to(workload: Workload, other: Workload) -> bool:
    """Whether a required pod affinity of `workload` puts its pods on the node of `other`'s."""
    for term in _pod_terms(workload):
        if text(term.get("topologyKey")) != _HOSTNAME or not isinstance(term.get("labelSelector"), dict):
            continue
        spaces = {text(name) for name in items(term.get("namespaces"))} or {workload.ref.namespace}
        wanted = term["labelSelector"]
        # An empty selector is drawn to any pod at all, and those are on every node.
        particular = wanted.get("matchLabels") or wanted.get("matchExpressions")
        if particular and other.ref.namespace in spaces and selects(wanted, other.labels):
            return True
    return False


def _pod_terms(workload: Workload) -> Iterator[Plain]:
    field = "requiredDuringSchedulingIgnoredDuringExecution"
    yield from mappings(at(workload.pod, "affinity", "podAffinity", field))


_PLATFORM = frozenset({"kubernetes.io/os", "kubernetes.io/arch", "beta.kubernetes.io/os", "beta.kubernetes.io/arch"})


def _elsewhere_selected(workload: Workload) -> bool:
    """Whether the template chooses nodes by labels of which the set does not tell how many nodes carry them."""
    selector = {text(key) for key in mapping(workload.pod.get("nodeSelector"))}
    keys = {
        text(expression.get("key"))
        for term in _node_terms(workload)
        for expression in mappings(term.get("matchExpressions"))
        if expression.get("operator") in {"In", "Exists"}
    }
    return bool((selector | keys) - _PLATFORM)
