"""SQL as PostgreSQL itself reads it: pglast is libpg_query, the server's own grammar, of PostgreSQL 18.

A grammar of 18 reads nearly all that 14 to 17 read; what only it knows is in `newer`. The newest that there is, and
not each server's own, because only one release of pglast can be installed, and 14's has no wheels for today's Python.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pglast
from pglast import ast

from components.schema.text import place
from components.settings.mistakes import Mistake

_EXCERPT = 60
_COPIED = re.compile(r"(?is)\bfrom\s+stdin\b")
_SECRET = re.compile(r"(?i)password|secret|token|credential")


@dataclass(frozen=True)
class Statement:
    """One statement of a script: its tree, and where it begins, in characters."""

    tree: Any
    offset: int
    text: str


def statements(file: str, script: str) -> list[Statement] | Mistake:
    """Every statement of `script`, or where it stops to be SQL. Only as much of the text is repeated as the server
    would say itself, and none of a line that speaks of a secret."""
    try:
        found = pglast.parse_sql(script)
    except pglast.parser.ParseError as error:
        message, offset = error.args
        return _syntax(file, script, message, offset or 0)
    return [_statement(raw, script) for raw in found]


def _statement(raw: Any, script: str) -> Statement:
    start = raw.stmt_location
    text = script[start : start + raw.stmt_len] if raw.stmt_len else script[start:]
    blank = re.match(r"(?:\s+|--[^\n]*(?:\n|\Z)|/\*.*?\*/)*", text, re.DOTALL)
    skipped = blank.end() if blank else 0
    return Statement(raw.stmt, start + skipped, text)


def _syntax(file: str, script: str, message: str, offset: int) -> Mistake:
    line = script[script.rfind("\n", 0, offset) + 1 :].partition("\n")[0]
    where = place(script, offset)
    if script[offset : offset + 1] == "\\":
        do = "write what psql would do in SQL; `\\.` ends data of COPY, which INSERT … VALUES brings too"
        return Mistake(file, where, _shown(line), "SQL only; a backslash begins a command of psql's own", do)
    if _in_data(script, offset):
        return _copied(file, where)
    found = "a syntax error in a line that speaks of a secret" if _SECRET.search(line) else _shown(message)
    near = "" if _SECRET.search(line) else f"near: {line.strip()[:_EXCERPT]}"
    return Mistake(file, where, found, "SQL that PostgreSQL can parse", why=near)


def _in_data(script: str, offset: int) -> bool:
    """Whether what does not parse stands behind a COPY … FROM STDIN."""
    end = script.rfind(";", 0, offset) + 1
    before = script[script.rfind(";", 0, max(0, end - 1)) + 1 : end]
    return bool(re.search(r"(?i)\bcopy\b", before) and _COPIED.search(before))


def _copied(file: str, where: str) -> Mistake:
    do = "INSERT … VALUES for few rows; an app's `migration` for many"
    return Mistake(file, where, "COPY FROM STDIN, with its data in the script", "SQL only", do)


def _shown(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…"


def nodes(tree: Any) -> Iterator[ast.Node]:
    """`tree` and every node below it."""
    rest = [tree]
    while rest:
        item = rest.pop()
        if isinstance(item, ast.Node):
            yield item
            rest.extend(value for name in item if (value := getattr(item, name)) is not None)
        elif isinstance(item, tuple | list):
            rest.extend(item)


def body(file: str, script: str, statement: Statement) -> Mistake | None:
    """Where the PL/pgSQL of a DO or a function stops to be that. Its parser tells no column, and knows no types: what
    else it says than syntax errors may be wrong."""
    match statement.tree:
        case ast.DoStmt(args=options):
            language = "plpgsql"
        case ast.CreateFunctionStmt(options=options):
            language = ""
        case _:
            return None
    named = {option.defname: option.arg for option in options or ()}
    if getattr(named.get("language"), "sval", language).lower() != "plpgsql":
        return None
    try:
        pglast.parse_plpgsql(statement.text)
    except pglast.parser.ParseError as error:
        message = str(error.args[0])
        if message.startswith("syntax error"):
            found = _shown(f"{message}, in its body")
            return Mistake(file, place(script, statement.offset), found, "a body that PL/pgSQL can parse")
    return None
