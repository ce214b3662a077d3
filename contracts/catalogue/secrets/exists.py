"""S01, S02: what a pod reads is there, with every key that it names."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from contracts.catalogue.absent import There, missing
from contracts.declared import READS
from contracts.declared import words as declared
from contracts.index import Index
from contracts.known import builtin
from contracts.near import Names
from contracts.once import once
from contracts.reading import Reading
from contracts.sources import Source
from contracts.violation import Ref, Violation
from contracts.workload import Workload

_MADE_BY_COMMAND = {"redis-initial-password": "argocd-redis"}
"""Commands that make a Secret without being told its name: `argocd admin redis-initial-password`."""


def existing(index: Index) -> Iterator[Violation]:
    """S01. A reference that is optional may find nothing; a Secret that a container of the set makes counts."""
    lost = [
        reading
        for reading in index.readings
        if not reading.optional and index.sources.of(reading.source) is None and not builtin.exists(reading.source)
    ]
    yield from _as_one(_told(index, reading) for reading in lost if not _is_made(index, reading.source))


def _told(index: Index, reading: Reading) -> Violation:
    source = reading.source
    keys = frozenset(key for key, where in reading.keys if not where.endswith(".subPath"))
    return missing(
        "S01",
        reading.workload.ref,
        reading.where,
        source,
        there=_with_keys(index, source.kind, source.namespace, keys),
        meant=_holding_what_is_needed(index, reading),
        because=f"{reading.what}; {_there(index, source)}",
        elsewhere=index.sources.namespaces_with(source.kind, source.name),
    )


@once
def _idle(index: Index, kind: str, namespace: str) -> dict[str, Source]:
    """The sources of a namespace that no pod reads, by name."""
    used = names_in_use(index)[kind, namespace]
    names = (name for name in index.sources.names(kind, namespace) if name not in used)
    found = {name: index.sources.of(Ref(kind, namespace, name)) for name in names}
    return {name: source for name, source in found.items() if source is not None}


@once
def _with_keys(index: Index, kind: str, namespace: str, keys: frozenset[str]) -> There:
    """The sources that no pod reads and that surely have all of `keys`: one of them may be meant."""
    idle = _idle(index, kind, namespace)
    having = min((index.sources.holding(kind, namespace, key) for key in keys), key=len) if keys else idle
    return There(name for name in having if name in idle and idle[name].complete and keys <= idle[name].keys)


@once
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


def _holding_what_is_needed(index: Index, reading: Reading) -> str:
    """The name of the first source that no pod reads and that has a variable which this pod declares to need."""
    kind, namespace, _ = reading.source
    needed = declared(reading.workload, READS) if ".envFrom[" in reading.where else []
    idle = _idle(index, kind, namespace)
    having = (name for key in needed for name in index.sources.holding(kind, namespace, key))
    return next((name for name in having if name in idle and idle[name].complete), "")


def _there(index: Index, lost: Ref) -> str:
    """What there is instead, and who makes it: the fifth Secret of a namespace is rarely a coincidence."""
    idle = list(islice(_idle(index, lost.kind, lost.namespace).values(), 5))
    if idle:
        return "there but read by no pod: " + ", ".join(map(_made, idle))
    names = index.sources.names(lost.kind, lost.namespace)
    return f"the set has {len(names) or 'no'} other {lost.kind}s in namespace {lost.namespace}"


def _made(source: Source) -> str:
    by = f" (made by {source.maker.kind} {source.maker.name})" if source.maker != source.ref else ""
    return source.ref.name + by


def _is_made(index: Index, source: Ref) -> bool:
    return source.name in words(index, source.namespace)


@once
def words(index: Index, namespace: str) -> frozenset[str]:
    """The words of all arguments in a namespace: who is told a Secret's name on its command line may make it.

    The admission Job of ingress-nginx does (`create --secret-name=ingress-nginx-admission`), and many more.
    """
    told = {
        word
        for workload in index.workloads_in(namespace)
        for container in workload.containers
        for argument in container.arguments
        for word in argument.replace("=", " ").replace(",", " ").replace('"', " ").replace("'", " ").split()
    }
    return frozenset(told | {name for word, name in _MADE_BY_COMMAND.items() if word in told})


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
    near = _not_read(index, reading.workload, source).nearest(key)
    others = () if near else index.sources.holding(reading.source.kind, reading.source.namespace, key)
    elsewhere = next((name for name in others if name != reading.source.name), "")
    maker = "" if source.maker == source.ref else f", which {source.maker.kind} {source.maker.name} makes"
    there = source.names or "none that its maker states"
    hint = near or (f"{key} in {reading.source.kind} {elsewhere}" if elsewhere else "")
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


@once
def _not_read(index: Index, workload: Workload, source: Source) -> Names:
    """The keys of a source that `workload` does not read by name: one of them may be meant."""
    read = {key for r in index.readings_of(workload) if r.source == source.ref for key, _ in r.keys}
    return Names(sorted(source.keys - read))
