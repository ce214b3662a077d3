"""Which findings hold whatever an unknown value turns out to be, and what could not be judged for one. Pure.

A contract sees a text in angle brackets where Pulumi knows nothing yet, and goes on. What it finds is certain only if
no value there would make a difference. Three sorts of unknown values are told apart by where they stand:

values      of variables, annotations, data, arguments, and images: contracts leave a placeholder there alone
identity    names, namespaces, labels, selectors, policies, or the whole object: anything in that namespace may depend
            on them
the rest    findings about the object itself, and those that name it
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from contracts.declared import READS
from contracts.violation import Ref, Violation
from policy.objects import MAPS, MARK, Cluster, Path, dotted

UNJUDGED = "U01"
"""The number under which it is told that values are not known; it can be waived like a contract's."""

_LEAVES = frozenset({"value", "image", "command", "args"})
_LISTS = frozenset({"command", "args"})
_IDENTITY = frozenset({"metadata", "name", "namespace", "generateName", "labels", "selector", "template", "spec"})
_DECLARED = READS.rpartition("/")[0]
"""What begins every annotation in which a workload declares what it needs."""
_CONTENTS = frozenset({"Cluster", "Database", "DatabaseRole"})
"""Kinds of CloudNativePG that say what is in a server: whoever connects there depends on them, from any namespace."""
_LISTED = 8
"""So many paths of one object are told; a chart with computed values may have hundreds."""


@dataclass(frozen=True)
class Doubts:
    """What of a cluster is not known well enough: all of it, whole namespaces, or single objects."""

    everything: bool
    namespaces: frozenset[str]
    objects: frozenset[Ref]

    def covers(self, violation: Violation) -> bool:
        """Whether `violation` may be none once everything is known."""
        texts = [violation.path, violation.found, violation.expected, violation.cause, *violation.object]
        if self.everything or any(MARK in text for text in texts):
            return True
        if any(namespace in text for namespace in self.namespaces for text in texts):
            return True
        return any(ref == violation.object or _named(ref, texts) for ref in self.objects)


def _named(ref: Ref, texts: Iterable[str]) -> bool:
    return any(f"{ref.kind} {ref.name}" in text or str(ref) in text for text in texts)


def doubts(cluster: Cluster) -> Doubts:
    """What may still change of `cluster`."""
    wide = {ref for ref, paths in cluster.unknown.items() if any(_is_identity(ref, path) for path in paths)}
    own = {ref for ref, paths in cluster.unknown.items() if not all(map(_is_value, paths))}
    everywhere = any(not ref.namespace or MARK in ref.namespace or ref.kind == "NetworkPolicy" for ref in wide)
    return Doubts(everywhere, frozenset(ref.namespace for ref in wide), frozenset(own))


def certain(cluster: Cluster, violations: Iterable[Violation]) -> Iterator[Violation]:
    """`violations`, those that an unknown value may undo marked as undecided."""
    known = doubts(cluster)
    for violation in violations:
        yield replace(violation, undecided=True) if known.covers(violation) else violation


def unjudged(cluster: Cluster) -> Iterator[Violation]:
    """For each object the values that no contract could look at: a check that is left out must not look like a pass.

    Values in Secrets and annotations are not among them: hardly a contract reads one. That the keys of a Secret are
    not known is told by the contract that misses a key.
    """
    for ref, paths in cluster.unknown.items():
        told = [dotted(path) or "what a patch changes" for path in paths if not _is_no_loss(ref, path)]
        if told:
            more = f" and {len(told) - _LISTED} more" if len(told) > _LISTED else ""
            yield Violation(
                UNJUDGED,
                ref,
                ", ".join(told[:_LISTED]) + more,
                found=f"values that are {MARK}",
                expected="values that are known when the program runs, to be held against the other objects",
                because="what depends on them is not judged in this preview",
                fix="give plain texts and numbers where other objects refer to them",
                undecided=True,
            )


def _is_no_loss(ref: Ref, path: Path) -> bool:
    inside = path[:1][0] in MAPS if path else False
    return (ref.kind == "Secret" and inside) or (_is_value(path) and path[-2:-1] == ("annotations",))


def _is_value(path: Path) -> bool:
    *above, last = path or ("",)
    parent = above[-1] if above else ""
    return (
        last in _LEAVES
        or parent in _LISTS
        or (len(path) == 2 and parent in MAPS)
        or (parent == "annotations" and not last.startswith(_DECLARED))
    )


def _is_identity(ref: Ref, path: Path) -> bool:
    """Whether other objects are found by it. A policy has a say in what others do, a declaration in what they need."""
    return not _is_value(path) and (
        ref.kind == "NetworkPolicy"
        or ref.kind in _CONTENTS
        or "annotations" in path
        or all(step in _IDENTITY for step in path[:2])
    )
