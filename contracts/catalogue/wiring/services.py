"""W01: a Service selects pods."""

from collections.abc import Iterator

from contracts.index import Index
from contracts.known import builtin
from contracts.known.running import labelled_later
from contracts.objects import Plain, at, items, mapping, mappings, text
from contracts.once import once
from contracts.selecting import Labelled, Pair, demanded
from contracts.violation import Ref, Violation
from contracts.workload import Workload


def selected(index: Index) -> Iterator[Violation]:
    """W01. Without a selector, or as an ExternalName, a Service has endpoints from elsewhere."""
    for ref in index.refs("Service"):
        body = index.objects[ref]
        labels = mapping(at(body, "spec", "selector"))
        outside = at(body, "spec", "type") == "ExternalName" or builtin.custom(body) or ref in index.makers
        if not labels or outside:
            continue
        if (
            index.behind(ref)
            or builtin.has_pods(ref.namespace, labels)
            or labelled_later(labels)
            or made_by_operator(index, ref.namespace, {"matchLabels": labels})
        ):
            continue
        near, path = _nearly(index, ref, labels)
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
    found = index.pod_makers.get(namespace, frozenset())
    expressions = mappings(selector.get("matchExpressions"))
    values = [value for _, value in demanded(selector)]
    values += [text(value) for one in expressions if one.get("operator") == "In" for value in items(one.get("values"))]
    # Every operator puts the name of its object into a label of the pods that it makes of it, or its kind.
    return bool(found) and (not values or any(name in found for value in values for name in _names_in(value)))


def _names_in(value: str) -> Iterator[str]:
    """What of a label's value may be an object's name: all of it, what stands between dots, what stands before a -."""
    yield value
    yield from value.split(".")
    yield from (value[:place] for place, letter in enumerate(value) if letter == "-")


def _nearly(index: Index, ref: Ref, labels: Plain) -> tuple[str, str]:
    """The labels of pods that nothing else selects and that differ in one label only, and the path of that label."""
    pairs = demanded({"matchLabels": labels})
    for key, value in pairs:
        rest = frozenset(pairs) - {(key, value)}
        pods, where = _having(index, ref.namespace, rest), f"spec.selector[{key}]"
        if (other := pods.keys(value).nearest(key)) and (found := _pod(pods, other, value)) and key not in found.labels:
            return f"{other}={value} ({found.ref.kind} {found.ref.name})", where
        values = pods.values(key)
        only = _pod(pods, key, values.only) if rest and values.only else None
        near = values.nearest(value) or (values.only if only and not index.services_of(only) else "")
        if near and (found := _pod(pods, key, near)):
            return f"{key}={near} ({found.ref.kind} {found.ref.name})", where
    return "", "spec.selector"


@once
def _having(index: Index, namespace: str, pairs: frozenset[Pair]) -> Labelled[Workload]:
    """The workloads of a namespace whose pods have these labels."""
    return Labelled((pod, pod.labels) for pod in index.selected(namespace, {"matchLabels": dict(pairs)}))


def _pod(pods: Labelled[Workload], key: str, value: str) -> Workload | None:
    return next(iter(pods.selected({"matchLabels": {key: value}})), None)


def _pods(index: Index, namespace: str) -> str:
    workloads = index.workloads_in(namespace)
    if not workloads:
        return f"the set has no workload in namespace {namespace}"
    told = "; ".join(f"{w.ref.kind} {w.ref.name}: {_told(w.labels)}" for w in workloads[:4])
    return f"the pods there: {told}" + ("; …" if len(workloads) > 4 else "")


def _told(labels: Plain) -> str:
    return ", ".join(f"{text(key)}={text(value)}" for key, value in labels.items()) or "no labels"
