"""The environment of a container as its process will see it: every variable, with where it comes from."""

from collections.abc import Iterator
from typing import NamedTuple

from contracts.objects import mapping, text
from contracts.sources import Sources
from contracts.violation import Ref
from contracts.workload import Container, Workload


class Variable(NamedTuple):
    """One variable from one source.

    `value` is None where it is secret or not in the set. `source` is the ConfigMap or Secret it is read from, `key`
    the key there. `where` is the path of the entry in the workload.
    """

    name: str
    value: str | None
    where: str
    source: Ref | None = None
    key: str = ""

    @property
    def secret(self) -> bool:
        return self.source is not None and self.source.kind == "Secret"


def read(workload: Workload, container: Container, sources: Sources) -> list[Variable]:
    """Every variable of `container`, in the order in which a later one wins: envFrom first, then env."""
    return [*_from_sources(workload, container, sources), *_named(workload, container, sources)]


def effective(variables: list[Variable]) -> dict[str, Variable]:
    """What the process sees."""
    return {variable.name: variable for variable in variables}


def _from_sources(workload: Workload, container: Container, sources: Sources) -> Iterator[Variable]:
    for number, entry in enumerate(container.env_from):
        for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            name = text(mapping(entry.get(field)).get("name"))
            if not name:
                continue
            ref = Ref(kind, workload.ref.namespace, name)
            where = f"{container.where}.envFrom[{number}].{field}"
            source = sources.of(ref)
            prefix, values = text(entry.get("prefix")), sources.values(ref)
            for key in source.names if source else ():
                yield Variable(prefix + key, values.get(key), where, ref, key)


def _named(workload: Workload, container: Container, sources: Sources) -> Iterator[Variable]:
    for entry in container.env:
        name = text(entry.get("name"))
        where = f"{container.where}.env[{name}]"
        origin = mapping(entry.get("valueFrom"))
        if not origin:
            yield Variable(name, text(entry.get("value")), where)
            continue
        for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            if field in origin:
                reference = mapping(origin[field])
                ref = Ref(kind, workload.ref.namespace, text(reference.get("name")))
                key = text(reference.get("key"))
                yield Variable(name, sources.value(ref, key), where, ref, key)
                break
        else:
            yield Variable(name, None, where)
