"""W03: the selector of a workload selects the pods of the template beside it."""

from collections.abc import Iterator

from contracts.index import Index
from contracts.near import nearest
from contracts.objects import Plain, at, mapping, selects, text
from contracts.violation import Violation
from contracts.workload import Workload

_OWNERS = {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"}


def selector_of(workload: Workload) -> Plain | None:
    """The LabelSelector of a workload; None for one that has none, or whose kind generates it."""
    if workload.ref.kind == "ReplicationController":
        labels = mapping(at(workload.body, "spec", "selector"))
        return {"matchLabels": labels} if labels else None
    if workload.ref.kind not in _OWNERS:
        return None
    return mapping(at(workload.body, "spec", "selector")) or None


def own(index: Index) -> Iterator[Violation]:
    """W03. The API server refuses the workload otherwise."""
    for workload in index.workloads:
        selector = selector_of(workload)
        if selector is None or selects(selector, workload.labels):
            continue
        wrong = [
            (text(key), text(value))
            for key, value in mapping(selector.get("matchLabels")).items()
            if text(workload.labels.get(key)) != text(value)
        ]
        key, value = wrong[0] if wrong else ("", "")
        has = f"{key}={text(workload.labels[key])}" if key in workload.labels else nearest(key, workload.labels)
        plain = workload.ref.kind == "ReplicationController"
        yield Violation(
            "W03",
            workload.ref,
            "spec.selector" if plain or not wrong else f"spec.selector.matchLabels[{key}]",
            found=f"{key}={value}, which its own template does not have"
            if wrong
            else "a selector that misses its template",
            expected="labels of spec.template.metadata.labels",
            because="the API server refuses the workload: its pods would never be found again",
            nearest=has,
            fix="write the same labels in both",
        )
