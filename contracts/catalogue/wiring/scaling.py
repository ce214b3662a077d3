"""W08: what scales finds what it scales: HorizontalPodAutoscaler, VerticalPodAutoscaler, KEDA's ScaledObject."""

from collections.abc import Iterator

from contracts.catalogue.absent import missing
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
    scaled: set[Ref] = set()
    lost: list[tuple[Ref, str, Ref]] = []
    for kind, field in _FIELDS.items():
        for user in index.refs(kind):
            reference = mapping(at(index.objects[user], "spec", field))
            target_kind = text(reference.get("kind")) or "Deployment"
            target = Ref(target_kind, user.namespace, text(reference.get("name")))
            if target in index.objects:
                scaled.add(target)
            elif target_kind in TEMPLATES and target.name:
                lost.append((user, f"spec.{field}.name", target))
    for user, path, target in lost:
        other = next((w.ref for w in index.workloads_in(target.namespace) if w.ref.name == target.name), None)
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
        known = [ref.name for ref in index.refs(target.kind, target.namespace)]
        used = {ref.name for ref in scaled if ref.kind == target.kind and ref.namespace == target.namespace}
        because = "nothing is scaled, and the object says so in its conditions only"
        yield missing("W08", user, path, target, known=known, used=used, because=because)
