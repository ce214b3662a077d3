"""S01, S02: what a pod reads is there, with every key that it names."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from contracts.catalogue.absent import missing
from contracts.index import Index
from contracts.known import builtin
from contracts.objects import nearest
from contracts.reading import Reading
from contracts.sources import Source
from contracts.violation import Ref, Violation


def existing(index: Index) -> Iterator[Violation]:
    """S01. A reference that is optional may find nothing; a Secret that a container of the set makes counts."""
    lost = [
        reading
        for reading in index.readings
        if not reading.optional and index.sources.of(reading.source) is None and not builtin.exists(reading.source)
    ]
    if not lost:
        return
    used = names_in_use(index)

    @cache
    def known(kind: str, namespace: str) -> list[str]:
        return index.sources.names(kind, namespace)

    for reading in lost:
        source = reading.source
        if source.name in words(index, source.namespace):
            continue
        yield missing(
            "S01",
            reading.workload.ref,
            reading.where,
            source,
            known=known(source.kind, source.namespace),
            used=used[source.kind, source.namespace],
            because=f"{reading.what}; {_there(index, source, used)}",
        )


def names_in_use(index: Index) -> dict[tuple[str, str], set[str]]:
    """(kind, namespace) → names of the ConfigMaps and Secrets that a pod reads, pull secrets included."""
    used: dict[tuple[str, str], set[str]] = defaultdict(set)
    for reading in index.readings:
        used[reading.source.kind, reading.source.namespace].add(reading.source.name)
    for workload in index.workloads:
        used["Secret", workload.ref.namespace].update(workload.pull_secrets())
    return used


def _there(index: Index, lost: Ref, used: dict[tuple[str, str], set[str]]) -> str:
    """What there is instead, and who makes it: the fifth Secret of a namespace is rarely a coincidence."""
    names = index.sources.names(lost.kind, lost.namespace)
    idle = [name for name in names if name not in used[lost.kind, lost.namespace]]
    elsewhere = [ns for ns in sorted(index.namespaces) if ns != lost.namespace and index.sources.of(_in(lost, ns))]
    told = [f"namespace {elsewhere[0]} has one of that name, but no pod reads across namespaces"] if elsewhere else []
    if idle:
        told.append("there but read by no pod: " + ", ".join(_made(index, lost, name) for name in idle[:5]))
    return "; ".join(told) or f"the set has {len(names) or 'no'} other {lost.kind}s in namespace {lost.namespace}"


def _in(ref: Ref, namespace: str) -> Ref:
    return Ref(ref.kind, namespace, ref.name)


def _made(index: Index, lost: Ref, name: str) -> str:
    source = index.sources.of(Ref(lost.kind, lost.namespace, name))
    by = f" (made by {source.maker.kind} {source.maker.name})" if source and source.maker != source.ref else ""
    return name + by


def words(index: Index, namespace: str) -> frozenset[str]:
    """The words of all arguments in a namespace: who is told a Secret's name on its command line may make it.

    The admission Job of ingress-nginx does (`create --secret-name=ingress-nginx-admission`), and many more.
    """
    found = index.remembered.get(("words", namespace))
    if found is None:
        found = frozenset(
            word
            for workload in index.workloads_in(namespace)
            for container in workload.containers
            for argument in workload.arguments(container)
            for word in argument.replace("=", " ").replace(",", " ").replace('"', " ").replace("'", " ").split()
        )
        index.remembered["words", namespace] = found
    return found


def keys(index: Index) -> Iterator[Violation]:
    """S02. Every key that is named is there; where the maker does not state all keys, that is said."""
    for reading in index.readings:
        source = index.sources.of(reading.source)
        if source is None or reading.optional:
            continue
        for key, where in reading.keys:
            if not _has(reading, source, key, where):
                yield _lacks(index, reading, source, key, where)


def _has(reading: Reading, source: Source, key: str, where: str) -> bool:
    # A subPath may also point into a directory that a key makes; keys have no slash, so its first part decides.
    return key in source.keys or (where.endswith(".subPath") and key.split("/", maxsplit=1)[0] in source.keys)


def _lacks(index: Index, reading: Reading, source: Source, key: str, where: str) -> Violation:
    near = nearest(key, source.keys)
    elsewhere = [] if near else [n for n in _holding(index, reading.source, key) if n != reading.source.name]
    maker = "" if source.maker == source.ref else f", which {source.maker.kind} {source.maker.name} makes"
    there = ", ".join(sorted(source.keys)[:12]) or "none that its maker states"
    hint = near or (f"{key} in {reading.source.kind} {elsewhere[0]}" if elsewhere else "")
    directory = "; a subPath that is no key becomes an empty directory" if where.endswith(".subPath") else ""
    return Violation(
        "S02",
        reading.workload.ref,
        where,
        found=f"key {key}",
        expected=f"a key of {reading.source.kind} {reading.source.name}{maker}",
        because=f"its keys are: {there}{directory}",
        nearest=hint,
        fix=f"read {hint}, or add {key} to {source.maker}" if hint else f"add {key} to {source.maker}",
        cause=f"{reading.source} lacks {key}",
        undecided=not source.complete,
    )


def _holding(index: Index, ref: Ref, key: str) -> Iterator[str]:
    """The names of other sources of that kind and namespace which have `key`."""
    for name in index.sources.names(ref.kind, ref.namespace):
        source = index.sources.of(Ref(ref.kind, ref.namespace, name))
        if source and key in source.keys:
            yield name
