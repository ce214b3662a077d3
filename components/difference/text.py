"""The difference of two stacks for a person: aligned, component by component, what is the same everywhere told once."""

import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from components.difference.origin import Setting, Side, settings
from components.difference.plans import Differing, Thing, compared
from components.difference.values import ABSENT, Change
from components.names import role
from components.settings import load
from components.settings.mistakes import Mistake, SettingsRefused
from components.table import table

_MANY = 3
"""The same change of so many objects is told once."""

_LONGEST = 80
"""Characters of a value; `make render` has all of it."""


_BEFORE = 20
"""Characters that are told of what two long values have in common."""

_DIGEST = re.compile(r"(@sha256:[0-9a-f]{12})[0-9a-f]{52}")


def difference(before: str, after: str, root: Path = load.ROOT, width: int | None = None) -> tuple[str, bool]:
    """The text for two stacks, in lines of `width` where that is given, and whether anything differs.

    Raises SettingsRefused, with the mistakes of both, where one of them does not decode.
    """
    one, other = _sides((before, after), root)
    found, origins = compared((one.system, one.plan), (other.system, other.plan)), settings(one, other)
    if not (found.places or found.left_out or origins):
        return f"{before} and {after} do not differ", False
    sections = [
        *_common(found, origins, one, other, width),
        *_objects(found, origins, one, other, width),
        *_only(found.only_before, one, origins, width),
        *_only(found.only_after, other, origins, width),
        *_without_object(origins, one, other, width),
    ]
    return "\n\n".join([_head(found, one, other), *("\n".join(lines) for lines in sections), *_left_out(found)]), True


def _sides(stacks: tuple[str, str], root: Path) -> tuple[Side, Side]:
    mistakes: list[Mistake] = []
    sides: list[Side] = []
    for stack in stacks:
        try:
            sides.append(Side.of(stack, root))
        except SettingsRefused as refused:
            mistakes += refused.mistakes
    if mistakes:
        raise SettingsRefused(mistakes)
    return sides[0], sides[1]


def _head(found: Differing, one: Side, other: Side) -> str:
    values = sum(map(len, found.changed.values()))
    only = [f"{len(some)} only in {side.name}" for some, side in ((found.only_before, one), (found.only_after, other))]
    return (
        f"{one.name} → {other.name}: {values} values differ in {len(found.changed)} of {len(one.plan.manifests)} "
        f"objects; {', '.join(only)}"
    )


def _common(found: Differing, origins: list[Setting], one: Side, other: Side, width: int | None) -> Iterator[list[str]]:
    """What many objects have in common, labels above all."""
    objects = {key: [thing for thing, some in found.changed.items() if key in map(_key, some)] for key in _often(found)}
    rows = [
        (
            f"{key[0]}  ({len(things)} objects)",
            key[1],
            key[2],
            _settings(origins, [(thing, key[0]) for thing in things]),
        )
        for key, things in objects.items()
    ]
    if rows:
        yield [f"In {_MANY} objects or more", *_table(rows, one, other, width)]


def _often(found: Differing) -> list[tuple[str, str, str]]:
    counts = Counter(_key(change) for some in found.changed.values() for change in some)
    return [key for key, count in counts.items() if count >= _MANY]


def _key(change: Change) -> tuple[str, str, str]:
    return change.path, *_pair(change.before, change.after)


def _pair(before: Any, after: Any) -> tuple[str, str]:
    """Two values on one line each; of long ones that begin alike, from a little before where they part."""
    texts = [_line(before), _line(after)]
    alike = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(*texts, strict=False))
    begin = sum(1 for _ in alike) - _BEFORE
    if begin > 0 and max(map(len, texts)) > _LONGEST:
        texts = [f"…{text[begin:]}" for text in texts]
    one, other = (text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…" for text in texts)
    return one, other


def _objects(
    found: Differing, origins: list[Setting], one: Side, other: Side, width: int | None
) -> Iterator[list[str]]:
    often = set(_often(found))
    for thing, some in found.changed.items():
        rows = [(*key, _settings(origins, [(thing, key[0])])) for key in map(_key, some) if key not in often]
        if rows:
            yield [f"{thing[0]} {thing[1]}", *_table(rows, one, other, width)]


def _only(things: list[Thing], side: Side, origins: list[Setting], width: int | None) -> Iterator[list[str]]:
    parts = {(m.kind, role(m)): f"of {part.kind} {part.name}" for part in side.plan.parts for m in part.manifests}
    rows = [
        (f"{kind} {name}", parts.get((kind, name), ""), _settings(origins, [((kind, name), "")]))
        for kind, name in things
    ]
    if rows:
        yield [f"Only in {side.name}", *table([("OBJECT", "", "SETTING"), *rows], width=width)]


def _without_object(origins: list[Setting], one: Side, other: Side, width: int | None) -> Iterator[list[str]]:
    rows = [(origin.path, *_pair(origin.before, origin.after)) for origin in origins if origin.places == frozenset()]
    if rows:
        head = ("SETTING", one.name.upper(), other.name.upper())
        yield ["Settings that no value above shows", *table([head, *rows], width=width, cut=[1])]


def _settings(origins: list[Setting], places: list[tuple[Thing, str]]) -> str:
    """The settings that bring about what differs there; empty where none does alone."""
    return ", ".join(o.path for o in origins if o.places and not o.places.isdisjoint(places))


def _left_out(found: Differing) -> list[str]:
    return (
        [f"Left out: {', '.join(f'{reason} ({count})' for reason, count in found.left_out.items())}"]
        if found.left_out
        else []
    )


def _table(rows: list[tuple[str, str, str, str]], one: Side, other: Side, width: int | None) -> list[str]:
    return table([("PATH", one.name.upper(), other.name.upper(), "SETTING"), *rows], width=width, cut=[1, 2])


def _line(value: Any) -> str:
    """A value on one line: a variable that only one has by its value, a digest as short as it is told elsewhere."""
    if value is ABSENT:
        return repr(value)
    if isinstance(value, Mapping) and "name" in value and len(value) <= 2:
        value = next((item for key, item in value.items() if key != "name"), value["name"])
    text = value if isinstance(value, str) and value.isprintable() and value else json.dumps(value, ensure_ascii=False)
    return _DIGEST.sub(r"\1…", text)
