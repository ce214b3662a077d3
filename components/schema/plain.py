"""The layout `plain`: 001_name.sql, 002_name.sql, … in the order of their numbers."""

import re
from collections.abc import Mapping
from itertools import pairwise

from components.schema.units import Read, Unit
from components.settings.mistakes import Mistake

_NAME = re.compile(r"(\d{1,18})[-_][A-Za-z0-9._-]+\.sql")
_STAMP = 8
"""Digits from which on a number is a date: dates have gaps."""
_OUTSIDE = re.compile(r"\A(?:\s*--[^\n]*\n)*?\s*-- postgres-apps: no transaction *\n")
NO_TRANSACTION = "-- postgres-apps: no transaction"


def read(folder: str, files: Mapping[str, str]) -> Read:
    """`files`: name → text."""
    mistakes: list[Mistake] = []
    numbered: list[tuple[int, str]] = []
    for name in sorted(files):
        match = _NAME.fullmatch(name)
        if match is None:
            allowed = "001_name.sql: a number, `_` or `-`, then letters, digits, `.`, `_`, `-`"
            mistakes.append(Mistake(f"{folder}/{name}", "", f"the name {name!r}", allowed, "rename it"))
            continue
        numbered.append((int(match[1]), name))
    numbered.sort()
    mistakes += _numbers(folder, numbered)
    units = [Unit(name, name, files[name], transaction=not _OUTSIDE.match(files[name])) for _, name in numbered]
    return Read(tuple(units), tuple(mistakes))


def _numbers(folder: str, numbered: list[tuple[int, str]]) -> list[Mistake]:
    found: list[Mistake] = []
    for (before, first), (number, name) in pairwise(numbered):
        file = f"{folder}/{name}"
        if number == before:
            do = "give the later one the next free number"
            found.append(Mistake(file, "", f"the number {number}, which {first} has too", "each number once", do))
        elif number > before + 1 and len(str(number)) < _STAMP:
            why = "a file is missing from this checkout, or this one was meant to be the next"
            allowed = f"{before + 1} after {first}"
            found.append(Mistake(file, "", f"the number {number}", allowed, "add the file, or renumber", why))
    return found
