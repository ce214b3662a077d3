"""W09, W10: a PodDisruptionBudget guards pods, and still lets a node be drained."""

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from contracts.catalogue.wiring.budgets_made import of_operator
from contracts.catalogue.wiring.services import made_by_operator
from contracts.index import Index
from contracts.objects import at, mapping, text
from contracts.violation import Ref, Violation
from contracts.workload import Workload

_COUNTED = {"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"}


def selected(index: Index) -> Iterator[Violation]:
    """W09. A budget without pods protects nobody, and nothing says so."""
    for ref in index.refs("PodDisruptionBudget"):
        selector = mapping(at(index.objects[ref], "spec", "selector"))
        if index.selected(ref.namespace, selector) or made_by_operator(index, ref.namespace, selector):
            continue
        labels = mapping(selector.get("matchLabels"))
        near = ""
        for key, value in labels.items():
            near = near or index.pods(ref.namespace).values(text(key)).nearest(text(value))
        told = ", ".join(f"{text(key)}={text(value)}" for key, value in labels.items())
        yield Violation(
            "W09",
            ref,
            "spec.selector",
            found=f"{told or 'a selector'}, which no pod of the set has",
            expected="pods that the budget is for",
            because="a drain takes all of them at once where no budget selects them",
            nearest=near,
            fix="select the labels of the pods' template",
            undecided=not near,
        )


def drains(index: Index) -> Iterator[Violation]:
    """W10. No disruption is ever allowed, or two budgets guard one pod: the eviction API then refuses with 500."""
    yield from of_operator(index)
    guarded: dict[Ref, list[Ref]] = defaultdict(list)
    least = _autoscaled(index)
    for ref in index.refs("PodDisruptionBudget"):
        spec = mapping(index.objects[ref].get("spec"))
        behind = index.selected(ref.namespace, mapping(spec.get("selector")))
        for workload in {workload.ref: workload for workload in behind}.values():
            guarded[workload.ref].append(ref)
        if behind and all(workload.ref.kind in _COUNTED for workload in behind):
            yield from _blocks(ref, spec, behind, least)
    for workload, budgets in guarded.items():
        if len(budgets) > 1:
            yield Violation(
                "W10",
                budgets[1],
                "spec.selector",
                found=f"{workload.kind} {workload.name}, which {budgets[0].name} guards already",
                expected="one PodDisruptionBudget for a pod",
                because="kubernetes.io, «API-initiated Eviction»: with two, the eviction API answers 500 for ever",
                fix=f"delete one of {', '.join(budget.name for budget in budgets)}, or narrow its selector",
            )


def _autoscaled(index: Index) -> dict[Ref, int]:
    """Workload → the least replicas that its autoscaler leaves it."""
    found = {}
    for ref in index.refs("HorizontalPodAutoscaler"):
        spec = mapping(index.objects[ref].get("spec"))
        least = spec.get("minReplicas")
        target = Ref(text(at(spec, "scaleTargetRef", "kind")), ref.namespace, text(at(spec, "scaleTargetRef", "name")))
        found[target] = least if isinstance(least, int) else 1
    return found


def _blocks(ref: Ref, spec: Any, behind: list[Workload], least: dict[Ref, int]) -> Iterator[Violation]:
    pods = sum(least.get(workload.ref, workload.replicas) for workload in behind)
    if not pods:
        return
    names = ", ".join(f"{workload.ref.kind} {workload.ref.name}" for workload in behind[:3])
    for field, blocked in (
        ("minAvailable", lambda value: _pods(value, pods) >= pods),
        # Kubernetes rounds a share of pods up in both fields: 1 % of 3 may be away.
        ("maxUnavailable", lambda value: _pods(value, pods) == 0),
    ):
        value = spec.get(field)
        if value is not None and blocked(value):
            yield Violation(
                "W10",
                ref,
                f"spec.{field}",
                found=f"{field}: {value} with {pods} pod{'s' if pods > 1 else ''} of {names}",
                expected="at least one pod that may be evicted",
                because="a drain of its node waits for ever, and so does every upgrade of the nodes",
                fix="write maxUnavailable: 1, or leave the budget out while there is one pod",
            )


def _pods(value: Any, pods: int) -> float:
    """How many pods a number or a percentage is; more than nothing and less than all for what is neither."""
    found = text(value)
    if found.endswith("%") and found[:-1].isdigit():
        return math.ceil(pods * int(found[:-1]) / 100)
    return int(found) if found.isdigit() else 0.5
