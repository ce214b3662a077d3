"""W12: the Service that a StatefulSet names is there, and selects its pods."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

from contracts.catalogue.absent import There, missing
from contracts.index import Index
from contracts.near import very_near
from contracts.objects import at, mapping, selects, text
from contracts.once import once
from contracts.violation import Ref, Violation
from contracts.workload import Workload

_FULL_NAME = re.compile(r"\bhostname (?:-f|--fqdn|-d)\b")
_BEHIND_A_DOT = re.compile(r"\.([a-z0-9-]+)")

Addresses = tuple[bool, dict[str, set[str]]]
"""Whether a program asks for its full name; and label behind a dot → the words in which it stands."""


def _meant(index: Index, target: Ref, known: list[str]) -> bool:
    """Whether one of the Services that select the pods must be the one: it is headless, or `target` is a slip of it."""
    bodies = (index.get("Service", target.namespace, name) for name in known)
    return bool(very_near(target.name, known)) or any(at(body, "spec", "clusterIP") == "None" for body in bodies)


def _relied_on(index: Index, name: str, workload: Workload) -> bool:
    """Whether the pods look each other up: a text names one by that Service, or a program asks for its full name."""
    own = _addresses(word for container in workload.containers for word in container.arguments)
    for asks, addresses in (own, _told(index, workload.ref.namespace)):
        if asks or any(f"{workload.ref.name}-" in address for address in addresses.get(name, ())):
            return True
    return False


@once
def _told(index: Index, namespace: str) -> Addresses:
    """What the variables and ConfigMaps of a namespace say."""
    values = (
        variable.value or ""
        for workload in index.workloads_in(namespace)
        for container in workload.containers
        for variable in index.variables(workload, container)
    )
    maps = (index.objects[ref].get("data") for ref in index.refs("ConfigMap", namespace))
    return _addresses(chain(values, (text(value) for data in maps for value in mapping(data).values())))


def _addresses(texts: Iterable[str]) -> Addresses:
    asks, found = False, defaultdict(set)
    for content in texts:
        asks = asks or _FULL_NAME.search(content) is not None
        for word in content.split() if "." in content and "-" in content else ():
            for label in _BEHIND_A_DOT.findall(word):
                found[label].add(word)
    return asks, found


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
            known = [ref.name for ref in index.services_of(workload)]
            if not _meant(index, target, known) and not _relied_on(index, name, workload):
                continue  # The field was required for years; Argo CD and many others name a Service that is nowhere.
            yield missing("W12", workload.ref, "spec.serviceName", target, there=There(known), because=because)
        elif not selects({"matchLabels": mapping(at(body, "spec", "selector"))}, workload.labels):
            known = [service.name for service in index.services_of(workload)]
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
