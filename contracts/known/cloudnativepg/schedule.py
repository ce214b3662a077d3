"""The schedule of a ScheduledBackup, as the operator reads it.

Source: robfig/cron v1.2.0, parser.go, Parse: seconds first; the day of the week may be left out, so that five fields
are taken as second, minute, hour, day and month. The operator's webhook only warns of it.
"""

import re

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: list[tuple[str, int, int, tuple[str, ...]]] = [
    ("second", 0, 59, ()),
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, ("", *_MONTHS)),
    ("day of the week", 0, 6, _DAYS),
]
_DESCRIPTORS = frozenset("@yearly @annually @monthly @weekly @daily @midnight @hourly".split())
_EVERY = re.compile(r"@every (?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+")
_RANGE = re.compile(r"([*?]|\w+)(?:-(\w+))?(?:/(\d+))?")


def fault(schedule: str) -> tuple[str, str]:
    """(what is wrong with a schedule, how to write it); ("", "") for one that means what it seems to mean."""
    if schedule.startswith("@"):
        fine = schedule in _DESCRIPTORS or _EVERY.fullmatch(schedule)
        return ("", "") if fine else (f"{schedule}, a word that is not known", f"write one of {_words()}")
    fields = schedule.split()
    if len(fields) == 5 and not _first(fields):
        told = f"{schedule}: with five fields, {fields[0]} is the second, {fields[1]} the minute, {fields[2]} the hour"
        return told, f'write six, the second first: "0 {schedule}"'
    if len(fields) != 6:
        return (
            f"{schedule}, which has {len(fields)} fields",
            "write six: second, minute, hour, day, month, day of the week",
        )
    return (wrong, "write a number, a range, a list or *") if (wrong := _first(fields)) else ("", "")


def _words() -> str:
    return ", ".join(sorted(_DESCRIPTORS)) + ", @every 6h"


def _first(fields: list[str]) -> str:
    """What is wrong with the first field that is no field of its place; "" where all are."""
    for value, (name, low, high, words) in zip(fields, _FIELDS, strict=False):
        if not all(_fits(part, low, high, words) for part in value.split(",") if part):
            return f"{value} as the {name}, which goes from {low} to {high}"
    return ""


def _fits(part: str, low: int, high: int, words: tuple[str, ...]) -> bool:
    if (match := _RANGE.fullmatch(part)) is None or match[3] == "0":
        return False
    if match[1] in {"*", "?"}:
        return True
    first = _number(match[1], words)
    last = first if match[2] is None else _number(match[2], words)
    return first is not None and last is not None and low <= first <= last <= high


def _number(word: str, words: tuple[str, ...]) -> int | None:
    if word.isdigit():
        return int(word)
    return words.index(word.lower()) if word and word.lower() in words else None
