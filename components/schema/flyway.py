"""The layout `flyway`: V1__name.sql once each, in the order of their versions, then R__name.sql whenever they change.

Source of the names: documentation.red-gate.com/fd, «Migrations» (Flyway); of `.conf` there: «Script configuration».
"""

import re
from collections.abc import Mapping

from components.schema.units import Read, Unit
from components.settings.mistakes import Mistake

_VERSIONED = re.compile(r"V(\d+(?:[._]\d+)*)__[A-Za-z0-9._-]+\.sql")
_REPEATABLE = re.compile(r"R__[A-Za-z0-9._-]+\.sql")
_CONF = ".conf"
_OUTSIDE = re.compile(r"(?i)\s*executeInTransaction\s*=\s*(true|false)\s*")
_NOT_HERE = {
    "U": "an undo is never run here: what is applied is undone by a new V file",
    "B": "a baseline is Flyway's own: nothing here would run it; a database that is there begins with an empty V1",
}


def version(text: str) -> tuple[int, ...]:
    """`1_2_0` as Flyway compares it: number by number, and zeros at the end say nothing."""
    numbers = [int(part) for part in re.split(r"[._]", text)]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def read(folder: str, files: Mapping[str, str]) -> Read:
    """`files`: name → text."""
    mistakes: list[Mistake] = []
    versioned: dict[tuple[int, ...], str] = {}
    repeatable: list[str] = []
    outside: set[str] = set()
    for name in sorted(files):
        file = f"{folder}/{name}"
        if name.endswith(_CONF):
            mistakes += _conf(file, name, files, outside)
        elif match := _VERSIONED.fullmatch(name):
            if (other := versioned.get(version(match[1]))) is not None:
                found = f"the version {match[1]}, which {other} has too"
                mistakes.append(Mistake(file, "", found, "each version once", "give the later one the next version"))
            versioned[version(match[1])] = name
        elif _REPEATABLE.fullmatch(name):
            repeatable.append(name)
        else:
            allowed = "V1__name.sql or R__name.sql, of letters, digits, `.`, `_`, `-`"
            mistakes.append(Mistake(file, "", f"the name {name!r}", allowed, "rename it", _NOT_HERE.get(name[:1], "")))
    units = [Unit(name, name, files[name], transaction=name not in outside) for _, name in sorted(versioned.items())]
    units += [Unit(n, n, files[n], repeatable=True, transaction=n not in outside) for n in sorted(repeatable)]
    return Read(tuple(units), tuple(mistakes))


def _conf(file: str, name: str, files: Mapping[str, str], outside: set[str]) -> list[Mistake]:
    """What a file beside another says of it; only whether it runs in a transaction is done here."""
    of = name.removesuffix(_CONF)
    if of not in files:
        return [Mistake(file, "", f"no {of} beside it", "a .conf beside the file it is of", "rename or delete it")]
    found: list[Mistake] = []
    for number, line in enumerate(files[name].splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _OUTSIDE.fullmatch(line)
        if match is None:
            allowed = "executeInTransaction=true or false"
            found.append(Mistake(file, f"line {number}", f"{line.strip()!r}", allowed, "nothing else is done here"))
        elif match[1].lower() == "false":
            outside.add(of)
    return found
