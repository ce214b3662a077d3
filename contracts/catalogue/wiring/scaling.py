"""W08: what scales finds what it scales: HorizontalPodAutoscaler, VerticalPodAutoscaler, KEDA's ScaledObject."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from contracts.catalogue.absent import There, missing
from contracts.index import Index
from contracts.objects import at, mapping, text
from contracts.violation import Ref, Violation
from contracts.workload import TEMPLATES

_FIELDS = {
    "HorizontalPodAutoscaler": "scaleTargetRef",
    "VerticalPodAutoscaler": "targetRef",
    "ScaledObject": "scaleTargetRef",
}


def targets(index: Index) -> Iterator[Violation]:
    """W08, for targets of kinds that Kubernetes has; an operator's own kind may come from anywhere."""
    scaled: dict[tuple[str, str], set[str]] = defaultdict(set)
    lost: list[tuple[Ref, str, Ref]] = []
    for kind, field in _FIELDS.items():
        for user in index.refs(kind):
            reference = mapping(at(index.objects[user], "spec", field))
            target_kind = text(reference.get("kind")) or "Deployment"
            target = Ref(target_kind, user.namespace, text(reference.get("name")))
            if target in index.objects:
                scaled[target_kind, target.namespace].add(target.name)
            elif target_kind in TEMPLATES and target.name:
                lost.append((user, f"spec.{field}.name", target))

    @cache
    def there(kind: str, namespace: str) -> There:
        return There(index.names(kind, namespace), scaled[kind, namespace])

    for user, path, target in lost:
        kinds = (kind for kind in TEMPLATES if index.get(kind, target.namespace, target.name) is not None)
        other = next((Ref(kind, target.namespace, target.name) for kind in kinds), None)
        if other is not None:
            yield Violation(
                "W08",
                user,
                path.removesuffix("name") + "kind",
                found=f"{target.kind} {target.name}",
                expected=f"the kind of {other}",
                because="kind and name together say what is scaled",
                nearest=str(other.kind),
                fix=f"write kind: {other.kind}",
            )
            continue
        because = "nothing is scaled, and the object says so in its conditions only"
        near = there(target.kind, target.namespace)
        yield missing("W08", user, path, target, there=near, because=because)
