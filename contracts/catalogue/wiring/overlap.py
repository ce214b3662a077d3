"""W04, W05: selectors that reach further than they should."""

from collections.abc import Iterator

from contracts.catalogue.wiring.selectors import selector_of
from contracts.catalogue.wiring.targets import declared_ports
from contracts.index import Index
from contracts.objects import Plain, mapping, mappings, text
from contracts.violation import Ref, Violation
from contracts.workload import Workload


def workloads(index: Index) -> Iterator[Violation]:
    """W04. Jobs are left out: their pods carry a label of their own, and no owner takes pods that have one."""
    told: set[frozenset[Ref]] = set()
    for workload in index.workloads:
        selector = selector_of(workload)
        if not selector:
            continue
        for other in index.selected(workload.ref.namespace, selector)[:20]:
            pair = frozenset({workload.ref, other.ref})
            taken = other.ref.kind == "Pod" or selector_of(other)
            if other.ref == workload.ref or pair in told or not taken:
                continue
            told.add(pair)
            yield _overlap(workload, other, selector)


def _overlap(workload: Workload, other: Workload, selector: Plain) -> Violation:
    labels = ", ".join(f"{text(k)}={text(v)}" for k, v in mapping(selector.get("matchLabels")).items())
    bare = other.ref.kind == "Pod"
    return Violation(
        "W04",
        workload.ref,
        "spec.selector",
        found=f"{labels or 'a selector'}, which selects the pods of {other.ref.kind} {other.ref.name} as well",
        expected="a selector that selects the pods of this workload only",
        because="it adopts a pod without an owner, and deletes it as one too many"
        if bare
        else "kubernetes.io, «Deployments»: controllers with overlapping selectors may fight; autoscalers and budgets "
        "count the pods of both",
        fix=f"give {workload.ref.name} and {other.ref.name} a label in which they differ, and select by it",
    )


def services(index: Index) -> Iterator[Violation]:
    """W05. By number, every pod that the selector catches gets its share of the connections, whether it listens or not.

    A port by name leaves out the pods that have none of that name, and a headless Service only gives addresses.
    """
    known: dict[tuple[int, str], tuple[list[Workload], list[Workload]]] = {}
    for ref in index.refs("Service"):
        spec = mapping(index.objects[ref].get("spec"))
        if spec.get("clusterIP") == "None":
            continue
        behind = index.behind(ref)
        if len(behind) < 2:
            continue
        for number, entry in enumerate(mappings(spec.get("ports"))):
            target = entry.get("targetPort", entry.get("port"))
            if isinstance(target, str) and not target.isdigit():
                continue
            key = id(behind), text(target)  # One list for all Services that select the same.
            if key not in known:
                known[key] = _apart(behind, text(target))
            yield from _strangers(ref, mapping(spec.get("selector")), number, text(target), *known[key])


def _apart(behind: list[Workload], target: str) -> tuple[list[Workload], list[Workload]]:
    """Those of which a container declares port `target`, and the others."""
    both: tuple[list[Workload], list[Workload]] = ([], [])
    for workload in behind:
        declares = any(text(port.get("containerPort")) == target for port in declared_ports(workload))
        both[0 if declares else 1].append(workload)
    return both


def _strangers(
    ref: Ref, labels: Plain, number: int, target: str, listening: list[Workload], strangers: list[Workload]
) -> Iterator[Violation]:
    if listening and strangers:
        names = ", ".join(f"{w.ref.kind} {w.ref.name}" for w in strangers[:5])
        yield Violation(
            "W05",
            ref,
            f"spec.ports[{number}].targetPort",
            found=f"{names} behind it too, where no container declares port {target}",
            expected=f"pods that listen on {target}, as those of {listening[0].ref.kind} {listening[0].ref.name} do",
            because=f"the selector {_told(labels)} catches them, and they get their share of the connections",
            fix="add a label to the selector that only the serving pods have (app.kubernetes.io/component)",
            cause=f"{ref} selects {names}",
        )


def _told(labels: Plain) -> str:
    return ", ".join(f"{text(key)}={text(value)}" for key, value in labels.items())
