"""Time by the wall, and the machine's noise: how long one fixed piece of work takes now, between the runs."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.figure import Figure
from devcluster import paths
from devcluster.command import run

LOOP = 2_000_000
"""Additions in the fixed loop: about a tenth of a second."""


AS_USUAL = {"PYTHONDONTWRITEBYTECODE": ""}
"""Python keeps its bytecode unless told otherwise; without it every run compiles the SDK anew: 2 s on both sides."""


@dataclass
class Clock:
    """Times what it is given; before each, it times the fixed loop."""

    loops: list[float] = field(default_factory=list)

    def seconds(self, work: Callable[[], object]) -> float:
        """Wall seconds of `work`."""
        self.loops.append(_timed(_fixed_loop))
        return _timed(work)

    def command(self, words: Sequence[str | Path]) -> float:
        """Wall seconds of a whole process in the checkout. Raises CommandFailed."""
        return self.seconds(lambda: run(words, cwd=paths.CHECKOUT, environment=AS_USUAL))

    def noise(self) -> Figure:
        """The fixed loop's times. On a machine that does nothing else they are the same."""
        load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
        return Figure(
            f"noise: a fixed loop of Python before each run (load {load}; {os.cpu_count()} CPUs)", "s", self.loops
        )


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _fixed_loop() -> None:
    total = 0
    for number in range(LOOP):
        total += number
