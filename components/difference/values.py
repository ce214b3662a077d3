"""Two plain values side by side: what differs, and where."""

import difflib
import itertools
import json
import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml


class _Absent:
    """What one side does not have; null is a value."""

    def __repr__(self) -> str:
        return "–"


ABSENT: Final = _Absent()

_KEYS = ("name", "mountPath", "key", "containerPort", "port", "host", "path")
"""What tells the entries of a list apart, as Kubernetes' own merges do (`x-kubernetes-patch-merge-key`), best first."""

# libyaml's parser where PyYAML was built with it, as its wheels are.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_SETTING = re.compile(r"([\w.]+) = (.*)")
_SIMPLE = re.compile(r"[\w-]+")


@dataclass(frozen=True)
class Change:
    """One value that is `before` on one side and `after` on the other; `path` is written as findings write theirs."""

    path: str
    before: Any
    after: Any


def changes(before: Any, after: Any, path: str = "") -> Iterator[Change]:
    """Every difference, as deep as both sides have something; what only one has is one change, however much it is.
    Entries of lists are matched by name, settings and
    documents in texts by key, other texts by line."""
    for split in (_mappings, _lists, _texts):
        if (parts := split(before, after)) is not None:
            for step, one, other in parts:
                yield from changes(one, other, path + step)
            return
    # 1 is not true, though Python says so.
    if before != after or type(before) is not type(after):
        yield Change(path.removeprefix("."), before, after)


Parts = list[tuple[str, Any, Any]] | None
"""(step of the path, value before, value after) of what two values are made of; None where they are not comparable."""


def _mappings(before: Any, after: Any) -> Parts:
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        return None
    return [(_step(key), before.get(key, ABSENT), after.get(key, ABSENT)) for key in {**before, **after}]


def _step(key: Any) -> str:
    text = str(key)
    return f".{text}" if _SIMPLE.fullmatch(text) else f"[{text}]"


def _lists(before: Any, after: Any) -> Parts:
    if not (isinstance(before, list) and isinstance(after, list)):
        return None
    if not all(isinstance(item, Mapping) for item in (*before, *after)):
        # Words of a command stand in their places; of two that are not as long, nobody knows which are the same.
        return _in_place(before, after) if len(before) == len(after) else None
    for key in _KEYS:
        one, other = _by(key, before), _by(key, after)
        if one is not None and other is not None:
            entries = [(f"[{name}]", one.get(name, ABSENT), other.get(name, ABSENT)) for name in {**one, **other}]
            return [*entries, *_order(one, other)]
    return _in_place(before, after)


def _in_place(before: list[Any], after: list[Any]) -> list[tuple[str, Any, Any]]:
    pairs = itertools.zip_longest(before, after, fillvalue=ABSENT)
    return [(f"[{number}]", one, other) for number, (one, other) in enumerate(pairs)]


def _order(before: Mapping[Hashable, Any], after: Mapping[Hashable, Any]) -> list[tuple[str, Any, Any]]:
    """Init containers run, and variables refer to each other, in their order."""
    one, other = ([str(key) for key in entries if key in before and key in after] for entries in (before, after))
    return [(" (order)", " ".join(one), " ".join(other))] if one != other else []


def _by(key: str, entries: list[Any]) -> dict[Hashable, Any] | None:
    """Entries by what tells them apart, where it does."""
    found = {entry[key]: entry for entry in entries if isinstance(entry.get(key), Hashable) and key in entry}
    return found if len(found) == len(entries) else None


def _texts(before: Any, after: Any) -> Parts:
    if not (isinstance(before, str) and isinstance(after, str)) or before == after:
        return None
    one, other = _document(before), _document(after)
    # Where only comments differ, the lines tell.
    if one is not None and other is not None and one != other:
        return [("", one, other)]
    if "\n" not in before.strip() and "\n" not in after.strip():
        return None
    lines = _lines(before.splitlines(), after.splitlines())
    # Two texts may have the same lines, and one of them no line break at its end.
    return [(" (line)", *pair) for pair in lines] or [(" (its end)", repr(before[-9:]), repr(after[-9:]))]


def _document(text: str) -> Mapping[str, Any] | None:
    """A text as what it holds: `name = value` lines, or a mapping in JSON or YAML; None for any other."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    settings = [_SETTING.fullmatch(line) for line in lines]
    if lines and all(settings):
        return {found[1]: found[2] for found in settings if found}
    try:
        if text.startswith("{"):
            return _mapping(json.loads(text))
        return _mapping(yaml.load(text, _LOADER)) if "\n" in text.strip() else None  # noqa: S506 (a SafeLoader)
    except (ValueError, yaml.YAMLError):
        return None


def _mapping(value: Any) -> Mapping[str, Any] | None:
    return value if isinstance(value, Mapping) else None


def _lines(before: list[str], after: list[str]) -> Iterator[tuple[Any, Any]]:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            yield from itertools.zip_longest(before[a:b], after[c:d], fillvalue=ABSENT)
