"""A name that no object of the set has: a slip, or an object from elsewhere?

The set alone can't tell that an object is nowhere. It is broken for certain only where the slip shows on both sides:
something of nearly the same name is there, and nobody uses it. Everything else is undecided, with the nearest name.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from contracts.near import Names
from contracts.violation import Ref, Violation


@dataclass(frozen=True)
class Absence:
    """What can be said of a missing name: the nearest one that is there, and whether that is all that is left."""

    nearest: str
    undecided: bool


class There:
    """The names that are there, and those of them that something uses. Made once for all that look for them."""

    def __init__(self, names: Iterable[str], used: Collection[str] = ()) -> None:
        self._all = names if isinstance(names, Names) else Names(names)
        self._loose = Names(name for name in self._all if name not in used) if used else self._all

    def without(self, name: str) -> Absence:
        """Judge that `name` is none of them."""
        found = self._loose.very_near(name)
        return Absence(found or self._loose.nearest(name) or self._all.nearest(name), not found)


def _fix(target: Ref, near: str, undecided: bool, elsewhere: Sequence[str]) -> str:
    add = f"add {target.kind} {target.name}"
    if elsewhere and undecided:
        return f"put both into one namespace (--namespace, where the whole set is applied to one), or {add}"
    if not near:
        return add
    return f"{add}, or name {near} if that is meant" if undecided else f"name {near}, or {add}"


def missing(
    contract: str,
    user: Ref,
    path: str,
    target: Ref,
    *,
    there: There,
    because: str,
    meant: str = "",
    elsewhere: Sequence[str] = (),
) -> Violation:
    """The finding that `user` names `target` at `path`, and no object of the set is that.

    `there` are the names of that kind in that namespace. `meant` is the name of the object that it must be by
    something else than its name, where that is known. `elsewhere` are the namespaces that have one of that kind and
    name.
    """
    judged = Absence(meant, False) if meant else there.without(target.name)
    at_home = f" in namespace {target.namespace}" if target.namespace else ""
    near = f"{target.kind} {judged.nearest}" if judged.nearest else ""
    return Violation(
        contract,
        user,
        path,
        found=f"{target.kind} {target.name}, which the set does not have{at_home}",
        expected=f"a {target.kind} of that name{at_home}",
        because=f"{because}; namespace {elsewhere[0]} has one of that name" if elsewhere else because,
        nearest=near,
        fix=_fix(target, near, judged.undecided, elsewhere),
        cause=f"{target} is missing",
        undecided=judged.undecided,
    )
