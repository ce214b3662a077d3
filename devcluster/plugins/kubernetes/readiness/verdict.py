"""What a judge says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Look = Callable[..., list[dict[str, Any]]]
"""`look(api_version, kind, namespace, **query)`: the objects of that kind; with name=…, that one or none."""


@dataclass(frozen=True)
class Verdict:
    """Whether an object is ready; if not, what it waits for, and whether waiting is in vain."""

    ready: bool
    waiting: str = ""
    failed: bool = False
    reasons: tuple[str, ...] = ()


READY = Verdict(ready=True)


def waits(text: str, *reasons: str) -> Verdict:
    """Not ready yet, and why."""
    return Verdict(ready=False, waiting=text, reasons=reasons)


def fails(text: str, *reasons: str) -> Verdict:
    """It will not become ready by waiting."""
    return Verdict(ready=False, waiting=text, failed=True, reasons=reasons)
