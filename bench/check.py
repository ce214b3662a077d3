"""Settings to manifests as a user runs it: a whole process of Python, no cluster, no CLI."""

import sys

from bench.clock import Clock
from bench.figure import Figure

RUNS = 20


def measure() -> list[Figure]:
    """`check` and `render` of prod, from the start of the process to its end."""
    clock = Clock()
    taken: dict[str, list[float]] = {"check": [], "render": []}
    for run in range(RUNS + 1):
        for command, seconds in taken.items():
            words = [sys.executable, "-m", "components", command, "--stack", "prod"]
            words += ["--into", "-"] if command == "render" else []
            took = clock.command(words)
            if run:  # the first may have to write bytecode
                seconds.append(took)
    return [
        *(
            Figure(f"{command} of prod: the whole process", "s", seconds, "< 0.5 s")
            for command, seconds in taken.items()
        ),
        clock.noise(),
    ]
