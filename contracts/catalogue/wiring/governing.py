"""W12: the Service that a StatefulSet names is there, and selects its pods."""

import re
from collections.abc import Iterator

from contracts.catalogue.absent import missing
from contracts.index import Index
from contracts.objects import at, mapping, selects, text, very_near
from contracts.violation import Ref, Violation
from contracts.workload import Workload


def _meant(index: Index, target: Ref, known: list[str]) -> bool:
    """Whether one of the Services that select the pods must be the one: it is headless, or `target` is a slip of it."""
    bodies = (index.get("Service", target.namespace, name) for name in known)
    return bool(very_near(target.name, known)) or any(at(body, "spec", "clusterIP") == "None" for body in bodies)


def _relied_on(index: Index, name: str, workload: Workload) -> bool:
    """Whether the pods look each other up: a text names one by that Service, or a program asks for its full name."""
    own = re.compile(rf"{re.escape(workload.ref.name)}-\S*\.{re.escape(name)}\b|\bhostname (?:-f|--fqdn|-d)\b")
    texts = [word for container in workload.containers for word in workload.arguments(container)]
    for other in index.workloads_in(workload.ref.namespace):
        for container in other.containers:
            texts += [variable.value or "" for variable in index.variables(other, container)]
    for ref in index.refs("ConfigMap", workload.ref.namespace):
        texts += map(text, mapping(index.objects[ref].get("data")).values())
    return any(own.search(words) for words in texts)


def services(index: Index) -> Iterator[Violation]:
    """W12. That it is headless is not asked: with one pod many run well without, and only names of pods need it."""
    looks = 100
    named = {ref: text(at(index.objects[ref], "spec", "serviceName")) for ref in index.refs("StatefulSet")}
    for workload in index.workloads:
        if not (name := named.get(workload.ref)):
            continue
        target = Ref("Service", workload.ref.namespace, name)
        body = index.objects.get(target)
        because = f"the names {workload.ref.name}-0.{name} of its pods come of that Service"
        if body is None:
            known = [ref.name for ref in index.refs("Service", target.namespace) if workload in index.behind(ref)]
            looks -= 1  # Reading every text of a namespace is slow; so many missing Services are no oversight.
            if looks > 0 and not _meant(index, target, known) and not _relied_on(index, name, workload):
                continue  # The field was required for years; Argo CD and many others name a Service that is nowhere.
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
