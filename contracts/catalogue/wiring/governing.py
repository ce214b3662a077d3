"""W12: the Service that a StatefulSet names is there, and selects its pods."""

from collections.abc import Iterator

from contracts.catalogue.absent import missing
from contracts.index import Index
from contracts.objects import at, mapping, selects, text
from contracts.violation import Ref, Violation


def services(index: Index) -> Iterator[Violation]:
    """W12. That it is headless is not asked: with one pod many run well without, and only names of pods need it."""
    named = {ref: text(at(index.objects[ref], "spec", "serviceName")) for ref in index.refs("StatefulSet")}
    for workload in index.workloads:
        if not (name := named.get(workload.ref)):
            continue
        target = Ref("Service", workload.ref.namespace, name)
        body = index.objects.get(target)
        because = f"the names {workload.ref.name}-0.{name} of its pods come of that Service"
        if body is None:
            known = [ref.name for ref in index.refs("Service", target.namespace) if workload in index.behind(ref)]
            yield missing("W12", workload.ref, "spec.serviceName", target, known=known, because=because)
        elif not selects({"matchLabels": mapping(at(body, "spec", "selector"))}, workload.labels):
            known = [r.name for r in index.refs("Service", target.namespace) if workload in index.behind(r)]
            yield Violation(
                "W12",
                workload.ref,
                "spec.serviceName",
                found=f"Service {name}, which does not select the pods of this StatefulSet",
                expected="a Service that selects them",
                because=because,
                nearest=known[0] if known else "",
                fix=f"name {known[0]}" if known else f"give Service {name} the labels of the template as selector",
                cause=f"{target} selects nothing" if not index.behind(target) else "",
            )
