"""W01: a Service selects pods."""

from collections.abc import Iterator

from contracts.index import Index
from contracts.known import builtin
from contracts.near import nearest
from contracts.objects import Plain, at, mapping, selects, text
from contracts.violation import Ref, Violation


def selected(index: Index) -> Iterator[Violation]:
    """W01. Without a selector, or as an ExternalName, a Service has endpoints from elsewhere."""
    hints = 100
    for ref in index.refs("Service"):
        body = index.objects[ref]
        labels = mapping(at(body, "spec", "selector"))
        if not labels or at(body, "spec", "type") == "ExternalName" or builtin.custom(body):
            continue
        if (
            index.behind(ref)
            or builtin.has_pods(ref.namespace, labels)
            or made_by_operator(index, ref.namespace, {"matchLabels": labels})
        ):
            continue
        hints -= 1  # Comparing with all labels of a namespace is slow; so many broken Services have one cause.
        near, path = _nearly(index, ref, labels) if hints > 0 else ("", "spec.selector")
        yield Violation(
            "W01",
            ref,
            path,
            found=f"a selector that no pod of the set has: {_told(labels)}",
            expected="pods behind the Service",
            because=_pods(index, ref.namespace),
            nearest=near,
            fix=f"select {near}" if near else "select the labels of the pods that it is for, or take it out",
            cause=f"{ref} selects nothing",
            undecided=not near,
        )


def made_by_operator(index: Index, namespace: str, selector: Plain) -> bool:
    """Whether an operator may make pods that `selector` selects: an object of a kind that makes pods is there."""
    found = index.pod_makers.get(namespace, ())
    # Every operator puts the name of its object into a label of the pods that it makes of it.
    values = {text(value) for value in mapping(selector.get("matchLabels")).values()}
    return any(
        name == value or name in value.split(".") or value.startswith(f"{name}-") for name in found for value in values
    )


def _nearly(index: Index, ref: Ref, labels: Plain) -> tuple[str, str]:
    """The labels of pods that nothing else selects and that differ in one label only, and the path of that label."""
    for key, value in labels.items():
        rest = {k: v for k, v in labels.items() if k != key}
        names = {}
        for workload in index.workloads_in(ref.namespace)[:200]:
            if not selects({"matchLabels": rest}, workload.labels):
                continue
            if text(key) in workload.labels:
                names[text(workload.labels[text(key)])] = (text(key), workload)
            elif other := nearest(text(key), [k for k, v in workload.labels.items() if text(v) == text(value)]):
                return f"{other}={text(value)} ({workload.ref.kind} {workload.ref.name})", f"spec.selector[{text(key)}]"
        found = nearest(text(value), names)
        if (
            not found
            and rest
            and len(names) == 1
            and names[next(iter(names))][1].ref.name not in _served(index, ref.namespace)
        ):
            found = next(iter(names))
        if found:
            workload = names[found][1]
            return f"{text(key)}={found} ({workload.ref.kind} {workload.ref.name})", f"spec.selector[{text(key)}]"
    return "", "spec.selector"


def _served(index: Index, namespace: str) -> frozenset[str]:
    """The names of the workloads of a namespace that some Service selects."""
    found = index.remembered.get(("served", namespace))
    if found is None:
        found = frozenset(w.ref.name for ref in index.refs("Service", namespace) for w in index.behind(ref))
        index.remembered["served", namespace] = found
    return found


def _pods(index: Index, namespace: str) -> str:
    workloads = index.workloads_in(namespace)
    if not workloads:
        return f"the set has no workload in namespace {namespace}"
    told = "; ".join(f"{w.ref.kind} {w.ref.name}: {_told(w.labels)}" for w in workloads[:4])
    return f"the pods there: {told}" + ("; …" if len(workloads) > 4 else "")


def _told(labels: Plain) -> str:
    return ", ".join(f"{text(key)}={text(value)}" for key, value in labels.items()) or "no labels"
