"""S01, S02: what a pod reads is there, with every key that it names."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache

from contracts.catalogue.absent import missing
from contracts.declared import READS
from contracts.declared import words as declared
from contracts.index import Index
from contracts.known import builtin
from contracts.near import nearest
from contracts.reading import Reading
from contracts.sources import Source
from contracts.violation import Ref, Violation

_MANY = 500
"""So many sources that no pod reads are looked at for what a missing one may have meant."""
_HINTS = 200
"""So many findings get a hint: a set with more than that has something else wrong, and comparing names is slow."""

_MADE_BY_COMMAND = {"redis-initial-password": "argocd-redis"}
"""Commands that make a Secret without being told its name: `argocd admin redis-initial-password`."""


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
    def idle(kind: str, namespace: str) -> list[Source]:
        names = [name for name in index.sources.names(kind, namespace) if name not in used[kind, namespace]]
        found = (index.sources.of(Ref(kind, namespace, name)) for name in names[:_MANY])
        return [source for source in found if source is not None]

    yield from _as_one(_told(index, lost, idle))


def _told(index: Index, lost: list[Reading], idle: Callable[[str, str], list[Source]]) -> Iterator[Violation]:
    for number, reading in enumerate(lost):
        source = reading.source
        if source.name in words(index, source.namespace):
            continue
        keys = {key for key, where in reading.keys if not where.endswith(".subPath")}
        looked_at = idle(source.kind, source.namespace) if number < _HINTS else []
        there = [one for one in looked_at if one.complete and keys <= one.keys]
        yield missing(
            "S01",
            reading.workload.ref,
            reading.where,
            source,
            known=[one.ref.name for one in there],
            meant=_holding_what_is_needed(reading, there),
            because=f"{reading.what}; {_there(index, source, idle(source.kind, source.namespace))}",
            elsewhere=index.namespaces_with(source.kind, source.name),
        )


def names_in_use(index: Index) -> dict[tuple[str, str], set[str]]:
    """(kind, namespace) → names of the ConfigMaps and Secrets that a pod reads, pull secrets included."""
    used: dict[tuple[str, str], set[str]] = defaultdict(set)
    for reading in index.readings:
        used[reading.source.kind, reading.source.namespace].add(reading.source.name)
    for workload in index.workloads:
        used["Secret", workload.ref.namespace].update(workload.pull_secrets())
    return used


def _as_one(violations: Iterable[Violation]) -> Iterator[Violation]:
    """What is certain of a missing source at one place is certain at all of them."""
    found = list(violations)
    certain = {violation.cause: violation for violation in found if not violation.undecided}
    for violation in found:
        sure = certain.get(violation.cause)
        yield replace(violation, undecided=False, nearest=sure.nearest, fix=sure.fix) if sure else violation


def _holding_what_is_needed(reading: Reading, there: list[Source]) -> str:
    """The name of the first source that no pod reads and that has a variable which this pod declares to need."""
    needed = set(declared(reading.workload, READS)) if ".envFrom[" in reading.where else set()
    return next((one.ref.name for one in there if needed & one.keys), "")


def _there(index: Index, lost: Ref, idle: list[Source]) -> str:
    """What there is instead, and who makes it: the fifth Secret of a namespace is rarely a coincidence."""
    names = index.sources.names(lost.kind, lost.namespace)
    if idle:
        return "there but read by no pod: " + ", ".join(map(_made, idle[:5]))
    return f"the set has {len(names) or 'no'} other {lost.kind}s in namespace {lost.namespace}"


def _made(source: Source) -> str:
    by = f" (made by {source.maker.kind} {source.maker.name})" if source.maker != source.ref else ""
    return source.ref.name + by


def words(index: Index, namespace: str) -> frozenset[str]:
    """The words of all arguments in a namespace: who is told a Secret's name on its command line may make it.

    The admission Job of ingress-nginx does (`create --secret-name=ingress-nginx-admission`), and many more.
    """
    found = index.remembered.get(("words", namespace))
    if found is None:
        told = {
            word
            for workload in index.workloads_in(namespace)
            for container in workload.containers
            for argument in workload.arguments(container)
            for word in argument.replace("=", " ").replace(",", " ").replace('"', " ").replace("'", " ").split()
        }
        found = frozenset(told | {name for word, name in _MADE_BY_COMMAND.items() if word in told})
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
    others = {other for r in index.readings_of(reading.workload) if r.source == reading.source for other, _ in r.keys}
    near = nearest(key, source.keys - others)
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
