"""W13: the ServiceAccount, PriorityClass and RuntimeClass that a pod names are there; so is a token's account."""

from collections.abc import Iterator
from functools import cache

from contracts.catalogue.absent import There, missing
from contracts.index import Index
from contracts.known import builtin
from contracts.objects import at, text
from contracts.violation import Ref, Violation

_BECAUSE = {
    "ServiceAccount": "no pod is made without it: `error looking up service account`",
    "PriorityClass": "the API server refuses the pods: `no PriorityClass with name … was found`",
    "RuntimeClass": "the API server refuses the pods: `RuntimeClass … not found`",
}


def named(index: Index) -> Iterator[Violation]:
    """W13. Every namespace has the ServiceAccount `default`."""
    used: dict[tuple[str, str], set[str]] = {}
    lost: list[tuple[Ref, str, Ref]] = []
    for user, path, target in _names(index):
        if target in index.objects or builtin.exists(target):
            used.setdefault((target.kind, target.namespace), set()).add(target.name)
        else:
            lost.append((user, path, target))

    @cache
    def there(kind: str, namespace: str) -> There:
        return There(index.names(kind, namespace), used.get((kind, namespace), ()))

    for user, path, target in lost:
        near, because = there(target.kind, target.namespace), _BECAUSE[target.kind]
        elsewhere = index.namespaces_with(target.kind, target.name)
        yield missing("W13", user, path, target, there=near, because=because, elsewhere=elsewhere)


def _names(index: Index) -> Iterator[tuple[Ref, str, Ref]]:
    for workload in index.workloads:
        pod, where, namespace = workload.pod, workload.where, workload.ref.namespace
        field = "serviceAccountName" if pod.get("serviceAccountName") else "serviceAccount"
        if name := text(pod.get(field)):
            yield workload.ref, f"{where}.{field}", Ref("ServiceAccount", namespace, name)
        if name := text(pod.get("priorityClassName")):
            yield workload.ref, f"{where}.priorityClassName", Ref("PriorityClass", "", name)
        if name := text(pod.get("runtimeClassName")):
            yield workload.ref, f"{where}.runtimeClassName", Ref("RuntimeClass", "", name)
    for ref in index.refs("Secret"):
        body = index.objects[ref]
        if body.get("type") == "kubernetes.io/service-account-token":
            field = "kubernetes.io/service-account.name"
            if name := text(at(body, "metadata", "annotations", field)):
                yield ref, f"metadata.annotations[{field}]", Ref("ServiceAccount", ref.namespace, name)
