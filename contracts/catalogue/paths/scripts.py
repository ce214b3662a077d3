"""Paths in the shell scripts that stand in arguments: which are named, and which are surely written."""

import re
from collections.abc import Iterator
from functools import lru_cache

from contracts.objects import items
from contracts.workload import Container, Workload

_NAMED = re.compile(r"(?<![\w.:/$}*\\])(/[a-zA-Z][\w.-]*(?:/[\w.-]+)+)(?![\w*$/{])")
_WRITTEN = re.compile(r"(?:(?<![<\d])>{1,2}\s*|\btouch\s+|\btee\s+(?:-a\s+)?)(/[\w.-]+(?:/[\w.-]+)*)(?![\w*$/{])")
_OF_KERNEL = ("/dev/", "/proc/", "/sys/")


def _scripts(container: Container) -> Iterator[tuple[str, str]]:
    for field in ("command", "args"):
        for number, word in enumerate(items(container.body.get(field))):
            if isinstance(word, str) and "/" in word and (" " in word or "\n" in word or "\t" in word):
                yield word, f"{container.where}.{field}[{number}]"


def _found(workload: Workload, container: Container, pattern: re.Pattern[str]) -> Iterator[tuple[str, str, str]]:
    seen: set[str] = set()
    for script, where in _scripts(container):
        for path, words in _matches(script, pattern):
            if path not in seen:
                seen.add(path)
                yield path, words, where


@lru_cache(maxsize=1_000)
def _matches(script: str, pattern: re.Pattern[str]) -> tuple[tuple[str, str], ...]:
    """(path, the words it stands in) of all matches; several contracts read a script, and many pods have the same."""
    found = ((match[1].rstrip("/"), " ".join(match[0].split())) for match in pattern.finditer(script))
    return tuple((path, words) for path, words in found if not path.startswith(_OF_KERNEL))


def paths_in(workload: Workload, container: Container) -> Iterator[tuple[str, str, str]]:
    """(path, the words it stands in, where) of the absolute paths in a container's scripts, each once."""
    return _found(workload, container, _NAMED)


def written_in(workload: Workload, container: Container) -> Iterator[tuple[str, str, str]]:
    """The same for what a script surely writes: `touch /x`, `… > /x`, `tee /x`."""
    return _found(workload, container, _WRITTEN)
