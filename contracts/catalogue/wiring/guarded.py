"""W20: the pods that a NetworkPolicy guards, or that a required pod affinity asks for, are there."""

from collections.abc import Iterator

from contracts.index import Index
from contracts.near import very_near
from contracts.objects import Plain, at, mapping, mappings, selects, text
from contracts.violation import Ref, Violation
from contracts.workload import Workload

_MANY = 200
"""Of so many workloads of a namespace the labels are compared."""

_OF_JOBS = "cnpg.io/jobRole"
"""On pods of CloudNativePG's Jobs, which come and go: no set tells of them."""


def pods(index: Index) -> Iterator[Violation]:
    """W20. Only a slip is told: the pods may be of another set, or get their labels while they run."""
    for ref in index.refs("NetworkPolicy"):
        selector = mapping(at(index.objects[ref], "spec", "podSelector"))
        because = "a policy that selects nobody forbids nothing: the pods that it was for are open"
        yield from _judged(index, ref, "spec.podSelector", selector, because)
    for workload in index.workloads:
        where = f"{workload.where}.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution"
        for number, term in enumerate(mappings(at(workload.pod, *where.removeprefix(workload.where).split(".")[1:]))):
            if "namespaces" not in term and "namespaceSelector" not in term:
                place, because = f"{where}[{number}].labelSelector", "no node has such a pod, so this one stays Pending"
                yield from _judged(index, workload.ref, place, mapping(term.get("labelSelector")), because)


def _judged(index: Index, ref: Ref, where: str, selector: Plain, because: str) -> Iterator[Violation]:
    labels = mapping(selector.get("matchLabels"))
    if not labels or index.selected(ref.namespace, selector):
        return
    for key, value in labels.items():
        if near := _meant(index, ref.namespace, labels, key):
            yield Violation(
                "W20",
                ref,
                f"{where}.matchLabels[{text(key)}]",
                found=f"{text(key)}={text(value)}, which no pod of the set has",
                expected=f"the labels of pods in namespace {ref.namespace}",
                because=because,
                nearest=near,
                fix=f"write {text(key)}: {near}",
                cause=f"{ref} selects nobody" if ref.kind == "NetworkPolicy" else "",
            )
            return


def _meant(index: Index, namespace: str, labels: Plain, key: str) -> str:
    """The value of `key` that pods have which carry all the other labels, where the given one is a slip of it.

    What pods get while they run (Patroni's role) is in no template, and so no slip of anything. A value that is the
    name of a workload means its pods, if they have such a label, and is no slip of those of another: `db-dump` of `db`.
    """
    rest = {"matchLabels": {other: value for other, value in labels.items() if other not in {key, _OF_JOBS}}}
    every = [*index.made_in(namespace), *index.workloads_in(namespace)][:_MANY]
    own = (workload for workload in index.workloads_in(namespace) if workload.ref.name == text(labels[key]))
    called = [workload for workload in own if key in workload.labels or _untold(workload)]
    there = [w.labels for w in called or every if selects(rest, w.labels)]
    values = {text(found[key]) for found in there if key in found}
    # Where the value is there, it is an expression that leaves the pods out.
    return "" if text(labels[key]) in values else very_near(text(labels[key]), values)


def _untold(workload: Workload) -> bool:
    """Whether the labels of its pods are not known yet: in a preview something else stands in their place."""
    metadata = workload.template.get("metadata")
    return not workload.pod or any(isinstance(value, str) for value in (metadata, at(metadata, "labels")))
