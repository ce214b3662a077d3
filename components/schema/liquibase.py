"""The layout `liquibase`: SQL files with `--liquibase formatted sql` at their head and changesets `--changeset a:1`.

Source: docs.liquibase.com, «Formatted SQL changelog». Files come in the order of their names, as `includeAll` has it.
"""

import re
from collections.abc import Iterator, Mapping

from components.schema.units import Read, Unit
from components.settings.mistakes import Mistake, nearest

_NAME = re.compile(r"[A-Za-z0-9._-]+\.sql")
_HEAD = re.compile(r"--\s*liquibase formatted sql\b.*")
_CHANGESET = re.compile(r"(?i)--\s*changeset\s+(\S+?):(\S+)(.*)")
_SAFE = re.compile(r"[A-Za-z0-9._@+-]{1,100}")
_ATTRIBUTE = re.compile(r"(\w+):(\S+)")
_DONE = {"runOnChange", "runInTransaction"}
_HARMLESS = {
    "splitStatements": ("true", "false"),
    "stripComments": ("true", "false"),
    "endDelimiter": (";",),
    "runAlways": ("false",),
    "failOnError": ("true",),
    "dbms": ("postgresql", "!oracle", "all"),
    "logicalFilePath": (),
}
"""Attribute → the values that change nothing here; any, where none is listed."""
_NOT_DONE = re.compile(r"(?i)--\s*(preconditions?|property|validchecksum|include(?:all)?)\b")


def read(folder: str, files: Mapping[str, str]) -> Read:
    """`files`: name → text."""
    mistakes: list[Mistake] = []
    units: dict[str, Unit] = {}
    for name in sorted(files):
        file = f"{folder}/{name}"
        lines = files[name].splitlines()
        if not _NAME.fullmatch(name):
            allowed = "name.sql, of letters, digits, `.`, `_`, `-`"
            mistakes.append(Mistake(file, "", f"the name {name!r}", allowed, "rename it"))
            continue
        if not lines or not _HEAD.fullmatch(lines[0].strip()):
            found = f"the first line {lines[0].strip()[:60]!r}" if lines else "no line"
            mistakes.append(Mistake(file, "line 1", found, "--liquibase formatted sql"))
            continue
        for number, unit in _changesets(name, lines):
            if isinstance(unit, Mistake):
                mistakes.append(_within(unit, file, number))
            elif unit.name in units:
                found = f"the changeset {unit.name.rpartition('/')[2]}, which stands above too"
                mistakes.append(Mistake(file, f"line {number}", found, "each author:id once in a file"))
            else:
                units[unit.name] = unit
    return Read(tuple(units.values()), tuple(mistakes))


def _within(mistake: Mistake, file: str, number: int) -> Mistake:
    return Mistake(file, f"line {number}", mistake.found, mistake.allowed, mistake.do, mistake.why)


def _wrong(found: str, allowed: str, do: str = "") -> Mistake:
    return Mistake("", "", found, allowed, do)


def _changesets(name: str, lines: list[str]) -> Iterator[tuple[int, Unit | Mistake]]:
    """(line, what begins there) of one file, whose first line is its head."""
    starts = [number for number, line in enumerate(lines) if _CHANGESET.fullmatch(line.strip())]
    for number, line in enumerate(lines):
        text = line.strip()
        if match := _NOT_DONE.match(text):
            do = "write a condition into the SQL itself (IF EXISTS, DO), a value as it is"
            yield number + 1, _wrong(f"--{match[1]}", "changesets, comments and rollbacks", do)
        elif number and (not starts or number < starts[0]) and text and not text.startswith("--"):
            yield number + 1, _wrong("SQL before the first changeset", "--changeset author:id above it")
            break
    if not starts:
        yield 1, _wrong("no changeset", "at least one line `--changeset author:id`")
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield from ((start + 1, found) for found in _changeset(name, start, lines[start:end]))


def _changeset(name: str, start: int, lines: list[str]) -> Iterator[Unit | Mistake]:
    match = _CHANGESET.fullmatch(lines[0].strip())
    if match is None:
        return
    author, number, rest = match[1], match[2], match[3]
    if not (_SAFE.fullmatch(author) and _SAFE.fullmatch(number)):
        yield _wrong(f"{author}:{number}", "author:id of letters, digits, `.`, `_`, `-`, `@`, `+`")
        return
    said = dict(_ATTRIBUTE.findall(rest))
    for attribute, value in said.items():
        if attribute in _DONE and value in {"true", "false"}:
            continue
        values = _HARMLESS.get(attribute)
        if values is None or (values and value not in values):
            known = sorted({*_DONE, *_HARMLESS})
            text = f"{attribute}:{' or '.join(values)}" if values else ", ".join(known)
            yield _wrong(f"{attribute}:{value}", text, nearest(attribute, known) if values is None else "")
    body = "\n".join(lines[1:]).rstrip() + "\n"
    yield Unit(
        f"{name}/{author}:{number}",
        name,
        body,
        line=start + 2,
        repeatable=said.get("runOnChange") == "true",
        transaction=said.get("runInTransaction") != "false",
    )
