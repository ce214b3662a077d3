"""Figures, lists and logs as a person reads them."""

import json

_UNITS = ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))

_LONGEST = 240
"""Characters of a log line that are worth repeating."""


def size(count: int) -> str:
    """Bytes in the unit that gives the shortest figure: `1.2 GiB`, `512 B`."""
    for unit, name in _UNITS:
        # What would be rounded up to 1024.0 of this unit belongs to the next one, which was looked at before.
        if count >= unit - unit // 2048:
            return f"{count / unit:.1f} {name}"
    return f"{count} B"


def listed(names: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([*([", ".join(names[:-1])] if names[:-1] else []), *names[-1:]])


def seconds(count: float) -> str:
    """`0.8 s`, `42 s`, `12 min`, `3.5 h`."""
    if count < 10:
        return f"{count:.1f} s"
    if count < 120:
        return f"{count:.0f} s"
    return f"{count / 60:.0f} min" if count < 7200 else f"{count / 3600:.1f} h"


def last_words(log: str) -> str:
    """What a log ended with, short: its last line that says why, else its last one; of JSON, message and error."""
    lines = [_plain(line.strip()) for line in log.splitlines() if line.strip()]
    line = next((text for text, fatal in reversed(lines) if fatal), lines[-1][0] if lines else "")
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _plain(line: str) -> tuple[str, bool]:
    """The line without its wrapping, and whether a program ends with such a one."""
    try:
        entry = json.loads(line)
        text = ": ".join(str(entry[key]) for key in ("msg", "error") if entry.get(key))
        return text or line, entry.get("level") in ("fatal", "panic") or "permanently removed" in line
    except (ValueError, AttributeError, TypeError):
        return line, line.startswith(("panic:", "FATAL", "Traceback"))
