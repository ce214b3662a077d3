"""Two plans side by side: which objects only one has, and what differs in those that both have."""

import re
from collections import Counter
from dataclasses import dataclass, field

from components.compose import Plan
from components.difference.names import Names
from components.difference.values import Change, changes
from components.identity import REFERENCE
from components.manifest import Manifest, shown
from components.names import role
from components.settings.system import System

_DIGEST = re.compile(r"(?<![\w:])[0-9a-f]{10,64}(?!\w)")
"""Not of an image, which stands behind a colon."""

Thing = tuple[str, str]
"""(kind, name without a digest) of an object; of one that both have, the name in the first plan."""


@dataclass(frozen=True)
class Differing:
    """`left_out`: what differs as a consequence or by name only, in words, and how often."""

    only_before: list[Thing] = field(default_factory=list)
    only_after: list[Thing] = field(default_factory=list)
    changed: dict[Thing, list[Change]] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def places(self) -> set[tuple[Thing, str]]:
        """Where something differs: (object, path), the path empty for an object that one plan lacks."""
        whole = {(thing, "") for thing in (*self.only_before, *self.only_after)}
        return whole | {(thing, change.path) for thing, found in self.changed.items() for change in found}


def compared(before: tuple[System, Plan], after: tuple[System, Plan]) -> Differing:
    """What differs between two plans, in the order of the first."""
    names = _names(before[0], after[0])
    one, other = _things(before[1]), _things(after[1])
    pairs = names.paired(one, other)
    renamed = {(one[a].name, other[b].name) for a, b in pairs.items() if one[a].name != other[b].name}
    met = set(pairs.values())
    found = Differing([thing for thing in one if thing not in pairs], [thing for thing in other if thing not in met])
    for thing, match in pairs.items():
        kept = []
        for change in changes(shown(one[thing].body), shown(other[match].body)):
            if reason := _consequence(thing, change, names, renamed):
                found.left_out[reason] += 1
            else:
                kept.append(change)
        digests = [change for change in kept if _is_digest(thing, change)]
        if digests and len(digests) < len(kept):
            kept = [change for change in kept if change not in digests]
            found.left_out["digests of what is listed"] += len(digests)
        if kept:
            found.changed[thing] = kept
    return found


def _names(before: System, after: System) -> Names:
    return Names(
        (before.namespace.name, after.namespace.name),
        ((before.environment,), (after.environment,)),
    )


def _things(plan: Plan) -> dict[Thing, Manifest]:
    """Objects by what they are for; where two revisions of one Job are in a plan, by their names."""
    found: dict[Thing, Manifest] = {}
    for manifest in plan.manifests:
        thing = (manifest.kind, role(manifest))
        found[manifest.reference if thing in found else thing] = manifest
    return found


def _consequence(thing: Thing, change: Change, names: Names, renamed: set[tuple[str, str]]) -> str:
    """Why a change is none of its own, in words; "" for one that is."""
    if ".annotations[checksum/" in change.path:
        return "checksums of what is listed"
    if thing == REFERENCE:
        return "the record of what must not change"
    if names.same_but_for_namespace(change.before, change.after):
        return "the name of the namespace"
    if isinstance(change.before, str) and (change.before, change.after) in renamed:
        return "names of objects that are for the same"
    return ""


def _is_digest(thing: Thing, change: Change) -> bool:
    """Whether a Job's texts differ by a digest alone, as those do that record which revision was run."""
    if thing[0] != "Job" or not (isinstance(change.before, str) and isinstance(change.after, str)):
        return False
    return _DIGEST.sub("", change.before) == _DIGEST.sub("", change.after)
