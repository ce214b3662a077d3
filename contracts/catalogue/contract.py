"""A contract of the catalogue: its number, what it promises, and the function that finds where it is broken."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from contracts.index import Index
from contracts.violation import Violation


@dataclass(frozen=True)
class Contract:
    """`id` is a family letter and a number (S01); docs/contracts.md has a section of that name."""

    id: str
    promise: str
    check: Callable[[Index], Iterator[Violation]]
