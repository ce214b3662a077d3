"""Which setting a difference comes from: each that differs is changed alone, and what then differs is its work.

No table says which setting leads to which field, so none can go stale; a value that follows from two is told for both.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from components.compose import Plan, compose
from components.difference.plans import Differing, Thing, compared
from components.difference.values import ABSENT
from components.settings import load
from components.settings.document import read_yaml
from components.settings.merge import merged
from components.settings.mistakes import SettingsRefused
from components.settings.system import System

Steps = tuple[str, ...]


@dataclass(frozen=True)
class Side:
    """One stack: its merged settings as they are written, its System and its Plan."""

    name: str
    settings: Mapping[str, Any]
    system: System
    plan: Plan
    root: Path = load.ROOT

    @classmethod
    def of(cls, stack: str, root: Path = load.ROOT) -> "Side":
        """The stack of a file. Raises SettingsRefused."""
        configuration = load.from_file(stack, root)
        decoded = load.decode(configuration, root)
        system = decoded.system
        patch = dict(configuration.patch)
        settings = merged(read_yaml(root / "systems" / f"{patch.pop('system')}.yaml", "the system"), patch)
        return cls(stack, settings, system, compose(system, decoded.provider), root)


@dataclass(frozen=True)
class Setting:
    """A setting that differs, and what it alone brings about; `places` is None where it can't be changed alone."""

    path: str
    before: Any
    after: Any
    places: frozenset[tuple[Thing, str]] | None


def settings(before: Side, after: Side) -> list[Setting]:
    """Every setting that differs and means something else, in the order of the files."""
    return [
        found
        for steps, one, other in _leaves(before.settings, after.settings)
        if (found := _setting(before, after, steps, one, other))
    ]


def _leaves(before: Any, after: Any, steps: Steps = ()) -> Iterator[tuple[Steps, Any, Any]]:
    """(path, before, after) of what differs. A list is one value: that is how a merge patch replaces it."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys((*before, *after)):
            yield from _leaves(before.get(key, ABSENT), after.get(key, ABSENT), (*steps, key))
    elif before != after:
        yield steps, before, after


def _setting(before: Side, after: Side, steps: Steps, one: Any, other: Any) -> Setting | None:
    path = ".".join(steps)
    for length in range(len(steps), 0, -1):
        # Alone in the first stack, or alone not yet in the second; a limit below its request is refused alone, so
        # then with what stands beside it.
        for base, source in ((before, after), (after, before)):
            try:
                differing = _with(base, source, steps[:length])
            except (ValidationError, SettingsRefused):
                continue
            if differing is None:
                return None
            return Setting(path, one, other, frozenset(differing.places))
    return Setting(path, one, other, None)


def _with(base: Side, source: Side, steps: Steps) -> Differing | None:
    """What `base` would differ by with the other's setting at `steps`; None where that means the same."""
    system = System.model_validate(_replaced(base.settings, steps, _at(source.settings, steps)))
    if system == base.system:
        return None
    plan = compose(system, load.provider_of(base.name, system, base.root))
    return compared((base.system, base.plan), (system, plan))


def _at(settings: Any, steps: Steps) -> Any:
    for step in steps:
        settings = settings.get(step, ABSENT) if isinstance(settings, Mapping) else ABSENT
    return settings


def _replaced(settings: Any, steps: Steps, value: Any) -> Any:
    """`settings` with `value` at `steps`, or without what is there."""
    if not steps:
        return value
    first, *rest = steps
    here = dict(settings) if isinstance(settings, Mapping) else {}
    if not rest and value is ABSENT:
        here.pop(first, None)
        return here
    return here | {first: _replaced(here.get(first, {}), tuple(rest), value)}
