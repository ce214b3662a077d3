"""Everything that can be known of a folder of SQL files before a database is asked."""

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

from components.schema import flyway, liquibase, plain
from components.schema.text import decoded, place
from components.schema.units import Read, Unit
from components.settings.mistakes import Mistake

LAYOUTS = {"plain": plain, "flyway": flyway, "liquibase": liquibase}

LARGEST = 900 * 1024
"""Bytes of one unit: a ConfigMap holds 1 MiB (kubernetes.io/docs, «ConfigMaps»), and its names need room too."""

_PLACEHOLDER = re.compile(r"\$\{[\w.:-]+\}")
_PSQL_VARIABLE = re.compile(r":(['\"]?)([A-Z][A-Z_0-9]*)\1")
_IGNORED = re.compile(r"\..*|README(\.\w+)?")


def read(folder: str, layout: str, files: Mapping[str, bytes]) -> Read:
    """The units of the folder, in order. `files`: name → content."""
    texts: dict[str, str] = {}
    mistakes: list[Mistake] = []
    for name, content in files.items():
        if _IGNORED.fullmatch(name):
            continue
        text = decoded(f"{folder}/{name}", content)
        if isinstance(text, Mistake):
            mistakes.append(text)
        else:
            texts[name] = text
    found = LAYOUTS[layout].read(folder, texts)
    mistakes += found.mistakes
    if not texts and not mistakes:
        mistakes.append(Mistake(folder, "", "no SQL file", "at least one", "name a folder that has some"))
    return Read(found.units, tuple(mistakes))


def mistakes(
    folder: str, layout: str, files: Mapping[str, bytes], extensions: Collection[str], version: int
) -> list[Mistake]:
    """All that is wrong in the files, for PostgreSQL `version`; `extensions` are those that the superuser makes."""
    found = read(folder, layout, files)
    of_units = (one for unit in found.units for one in _unit(folder, layout, unit, extensions, version))
    return [*found.mistakes, *of_units]


def _unit(folder: str, layout: str, unit: Unit, extensions: Collection[str], version: int) -> Iterator[Mistake]:
    # Its grammar is 30 MB: only who has SQL to read pays for it.
    from components.schema import newer, outside, parsed, rights  # noqa: PLC0415

    file, script = f"{folder}/{unit.file}", unit.script
    if (size := len(script.encode())) > LARGEST:
        do = "part it; rows by the thousand are an app's `migration` to load"
        yield Mistake(file, "", f"{size} bytes", f"at most {LARGEST}, for a ConfigMap carries it to the Job", do)
        return
    if layout != "plain" and (match := _PLACEHOLDER.search(script)):
        do = "write the value itself"
        yield Mistake(file, place(script, match.start()), match[0], "no placeholder: none is replaced here", do)
    statements = parsed.statements(file, script)
    if isinstance(statements, Mistake):
        yield statements
        return
    if not statements:
        yield Mistake(file, place(script, len(script)), "no statement", "at least one", "delete it, or write it")
    yield from _variables(file, script)
    for statement in statements:
        where = place(script, statement.offset)
        if refused := rights.refused(statement.tree, extensions):
            yield Mistake(file, where, *refused)
        elif unit.transaction and (what := outside.outside(statement.tree)):
            allowed = f"what runs in a transaction, or a file that says that it has none: {_SAYS[layout]}"
            do = "put it into a file of its own, written so that it may run twice, and say so there"
            yield Mistake(file, where, what, allowed, do)
        if what := newer.newer(statement.tree, version):
            yield Mistake(file, where, what, f"what PostgreSQL {version} has, the database's version")
        if wrong := parsed.body(file, script, statement):
            yield wrong


_SAYS = {
    "plain": f"`{plain.NO_TRANSACTION}` on its first line",
    "flyway": "`executeInTransaction=false` in NAME.sql.conf",
    "liquibase": "`runInTransaction:false` on its changeset",
}


def _variables(file: str, script: str) -> Iterator[Mistake]:
    """A colon and a name of psql's own variables: psql would put its value there, but in texts and comments."""
    from pglast import parser  # noqa: PLC0415

    tokens = parser.scan(script)
    for token, following in pairwise(tokens):
        if script[token.start : token.end + 1] != ":" or following.start != token.end + 1:
            continue
        if match := _PSQL_VARIABLE.match(script, token.start):
            do = "put a space behind the colon"
            yield Mistake(file, place(script, token.start), match[0], "none: psql would put its own value there", do)
