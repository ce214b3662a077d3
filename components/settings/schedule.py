"""When backups are taken: cron as CloudNativePG reads it, github.com/robfig/cron v1.2.0, `Parse`.

It has six fields, seconds first. One with five is taken too, as second, minute, hour, day, month: `0 3 * * *`, meant
as «at three», is then once an hour. So five are refused here. Unlike in crontab, 7 is no Sunday. The operator's pod
runs in UTC unless it was told otherwise.
"""

import datetime
import itertools
import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DAYS = "sun mon tue wed thu fri sat".split()


@dataclass(frozen=True)
class _Field:
    name: str
    least: int
    most: int
    words: tuple[str, ...] = ()

    def number(self, text: str) -> int:
        if text.lower() in self.words:
            return self.least + self.words.index(text.lower())
        if not text.isascii() or not text.isdigit() or not self.least <= int(text) <= self.most:
            words = f" or {self.words[0]} to {self.words[-1]}" if self.words else ""
            raise ValueError(f"allowed: {self.least} to {self.most}{words} for the {self.name}; found `{text}`")
        return int(text)

    def values(self, text: str) -> frozenset[int]:
        """What `text` stands for: a list of `*`, `?`, `a`, `a-b`, each with `/step` or without; `a/step` goes on."""
        found: set[int] = set()
        for part in text.split(","):
            span, slash, step = part.partition("/")
            first, hyphen, last = span.partition("-")
            low = self.least if first in {"*", "?"} else self.number(first)
            open_ended = first in {"*", "?"} or (slash and not hyphen)
            high = self.most if open_ended else self.number(last) if hyphen else low
            if low > high or (slash and (not step.isascii() or not step.isdigit() or int(step) == 0)):
                raise ValueError(f"allowed: a rising range and a step from 1 on for the {self.name}; found `{part}`")
            found.update(range(low, high + 1, int(step or 1)))
        return frozenset(found)


_FIELDS = (
    _Field("second", 0, 59),
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, tuple(_MONTHS)),
    _Field("day of the week", 0, 6, tuple(_DAYS)),
)

_ALIASES = {
    "@yearly": "0 0 0 1 1 *",
    "@annually": "0 0 0 1 1 *",
    "@monthly": "0 0 0 1 * *",
    "@weekly": "0 0 0 * * 0",
    "@daily": "0 0 0 * * *",
    "@midnight": "0 0 0 * * *",
    "@hourly": "0 0 * * * *",
}

_EVERY = re.compile(r"@every ((?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+)")
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}

_DAY = 86400
_FIRST, _YEARS = datetime.date(2024, 1, 1), 5
"""What is looked at: from one leap day over the next one, so that every schedule that ever runs does so twice."""

SHORTEST_GAP = 600
"""Seconds. A base backup copies all there is; what lies between two is in the archived WAL."""


def _days(texts: list[str], fields: list[frozenset[int]]) -> list[int]:
    """The days of five years on which it runs. Where both kinds of day are limited, one that fits either is meant."""
    in_month, months, in_week = fields
    any_of_month, any_of_week = (any(part[:1] in {"*", "?"} for part in texts[field].split(",")) for field in (3, 5))
    found = []
    last = _FIRST.replace(year=_FIRST.year + _YEARS).toordinal()
    for number in range(_FIRST.toordinal(), last):
        day = datetime.date.fromordinal(number)
        by_month, by_week = day.day in in_month, day.isoweekday() % 7 in in_week
        fits = (by_month and by_week) if any_of_month or any_of_week else (by_month or by_week)
        if fits and day.month in months:
            found.append(number)
    return found


def gaps(schedule: str) -> tuple[int, int]:
    """The shortest and the longest time between two backups, in seconds.

    Raises ValueError for what the operator would refuse, take otherwise than it is meant, or never run.
    """
    if every := _EVERY.fullmatch(schedule):
        found = re.findall(r"([\d.]+)(ns|us|µs|ms|s|m|h)", every[1])
        seconds = int(sum(float(amount) * _UNITS[unit] for amount, unit in found))
        return seconds, seconds
    texts = _ALIASES.get(schedule, schedule).split()
    if len(texts) == len(_FIELDS) - 1:
        raise ValueError(
            f"allowed: six fields, seconds first: `0 {' '.join(texts)}`; the operator would read these five as second, "
            "minute, hour, day and month"
        )
    if len(texts) != len(_FIELDS):
        raise ValueError(
            f"allowed: six fields (second minute hour day month weekday), {', '.join(_ALIASES)} or `@every 12h`; "
            f"found {len(texts)} in `{schedule}`"
        )
    seconds, minutes, hours, *rest = (field.values(text) for field, text in zip(_FIELDS, texts, strict=True))
    days = _days(texts, rest)
    if len(days) < 2:
        found = "never" if not days else "once"
        raise ValueError(f"allowed: days that come again; found {found} in {_YEARS} years")
    times = sorted({3600 * h + 60 * m + s for h in hours for m in minutes for s in seconds})
    within = [later - earlier for earlier, later in itertools.pairwise(times)]
    nights = [later - earlier for earlier, later in itertools.pairwise(days)]
    over_night = [night * _DAY - times[-1] + times[0] for night in (min(nights), max(nights))]
    return min([*within, *over_night]), max([*within, *over_night])


def _schedule(text: str) -> str:
    shortest, _ = gaps(text)
    if shortest < SHORTEST_GAP:
        raise ValueError(
            f"allowed: at least {SHORTEST_GAP // 60} minutes between two base backups, each of which copies all there "
            f"is; found {shortest} s (is `*` in a place where 0 was meant?)"
        )
    return text


Schedule = Annotated[str, AfterValidator(_schedule)]
"""A schedule of six fields, an alias, or `@every 12h`."""


def cron_gaps(schedule: str) -> tuple[int, int]:
    """The same as `gaps` for a CronJob's schedule: five fields, without seconds (robfig/cron v3, `ParseStandard`)."""
    if schedule.startswith("@"):
        return gaps(schedule)
    found = len(schedule.split())
    if found != len(_FIELDS) - 1:
        raise ValueError(
            "allowed: five fields (minute hour day month weekday), in UTC, or an alias such as @daily; "
            f"found {found} in `{schedule}`"
        )
    return gaps(f"0 {schedule}")


def _cron(text: str) -> str:
    shortest, _ = cron_gaps(text)
    if shortest < SHORTEST_GAP:
        raise ValueError(f"allowed: at least {SHORTEST_GAP // 60} minutes between two runs; found {shortest} s")
    return text


Cron = Annotated[str, AfterValidator(_cron)]
"""A CronJob's schedule, in UTC: of five fields, an alias, or `@every 12h`."""
