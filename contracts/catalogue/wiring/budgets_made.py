"""W10 for the PodDisruptionBudgets that CloudNativePG makes of a Cluster, `<cluster>-primary` and `<cluster>`."""

from collections.abc import Iterator

from contracts.clusters import clusters
from contracts.index import Index
from contracts.known.cloudnativepg import guarded_roles, instances
from contracts.known.cloudnativepg.made import Pods
from contracts.objects import at, mapping
from contracts.violation import Ref, Violation


def of_operator(index: Index) -> Iterator[Violation]:
    """A single instance that its own budget guards, and instances that a further budget guards."""
    for ref in clusters(index):
        body = index.objects[ref]
        if instances(body) == 1 and guarded_roles(body):
            yield Violation(
                "W10",
                ref,
                "spec.enablePDB",
                found="a PodDisruptionBudget that CloudNativePG makes for a single instance",
                expected="enablePDB: false, or a second instance",
                because="with one instance there is nobody to switch over to: a drain of its node waits for ever",
                fix="write enablePDB: false, or instances: 2",
            )
    for budget in index.refs("PodDisruptionBudget"):
        if not at(index.objects[budget], "metadata", "ownerReferences"):
            yield from _second(index, budget)


def _second(index: Index, budget: Ref) -> Iterator[Violation]:
    selector = mapping(at(index.objects[budget], "spec", "selector"))
    pods = (w for w in index.selected(budget.namespace, selector) if isinstance(w, Pods) and w.ref.kind == "Cluster")
    guarded = [pod for pod in pods if pod.role in guarded_roles(index.objects[pod.ref])]
    for pod in {pod.ref: pod for pod in reversed(guarded)}.values():
        own = f"{pod.ref.name}-primary" if pod.role == "primary" else pod.ref.name
        yield Violation(
            "W10",
            budget,
            "spec.selector",
            found=f"{pod.ref}, whose {pod.role} the budget {own} of CloudNativePG guards already",
            expected="one PodDisruptionBudget for a pod",
            because="kubernetes.io, «API-initiated Eviction»: with two, the eviction API answers 500 for ever",
            fix=f"delete {budget.name}, or write enablePDB: false for {pod.ref.name}",
        )
