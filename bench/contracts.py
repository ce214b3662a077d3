"""verify() on many objects, and its command line: no cluster, no CLI of Pulumi.

The objects are those of the real stacks, each stack again and again under another namespace, so that every reference
that they have is there to be followed; then sets that are hard to judge, each of them in a single namespace.
"""

import gc
import sys
import tempfile
from collections.abc import Callable
from copy import deepcopy
from itertools import count
from pathlib import Path
from typing import Any

from bench import applications, sets
from bench.clock import Clock
from bench.figure import Figure
from components.compose import compose
from components.manifest import shown
from components.settings import load
from contracts import verify

STACKS = ("dev", "staging", "prod", "local")
SIZES = {1_000: ("< 0.2 s", 15), 10_000: ("< 2 s", 7)}
"""Objects → (the issue's target, runs)."""
HARD: dict[str, tuple[Callable[[], applications.Objects], str]] = {
    "1,000 objects, all apps broken": (lambda: applications.of_apps(1_000, every=1), "< 1 s"),
    "10,000 objects, 1 % of the apps broken": (lambda: applications.of_apps(10_000, every=100), "< 3 s"),
    "10,000 objects, all apps broken": (lambda: applications.of_apps(10_000, every=1), ""),
    "1,000 clients of one server, 2,000 NetworkPolicies": (lambda: sets.guarded(3_000), ""),
    "1,500 Services, 1,500 workloads, a tenth selects all": (lambda: sets.served(3_000), ""),
    "3 ConfigMaps of 1 MiB": (lambda: sets.texts(3, 2**20), ""),
    "a pod with 4,000 variables, 2,000 mounts, half lost": (lambda: sets.crowded(2_000), ""),
}
"""Sets in one namespace → the target where there is one."""
HARD_RUNS = 5
STARTS = 15


def objects(total: int) -> list[dict[str, Any]]:
    """So many objects: whole stacks, the last one cut."""
    stacks = [[shown(m.body) for m in compose(load.decode(load.from_file(name)).system).manifests] for name in STACKS]
    found: list[dict[str, Any]] = []
    for number in count():
        if len(found) >= total:
            return found[:total]
        for body in deepcopy(stacks[number % len(stacks)]):
            field = "name" if body["kind"] == "Namespace" else "namespace"
            body["metadata"][field] = f"team-{number:04}"
            found.append(body)
    raise AssertionError  # count() does not end


def measure() -> list[Figure]:
    """Wall seconds of verify() alone, and of a process that judges one small file."""
    clock = Clock()
    figures = []
    for total, (target, runs) in SIZES.items():
        many = objects(total)
        # Whole stacks hold; only the last one, which is cut, may not.
        gc.collect()
        # The first one counts too: whoever calls it, calls it once.
        taken = [clock.seconds(lambda m=many: verify(m)) for _ in range(runs)]
        figures.append(Figure(f"contracts: verify() of {total:,} objects", "s", taken, target))
    for what, (make, target) in HARD.items():
        many = make()
        gc.collect()
        taken = [clock.seconds(lambda m=many: verify(m)) for _ in range(HARD_RUNS)]
        told = f"contracts, one namespace: {what} ({len(verify(many)):,} findings)"
        figures.append(Figure(told, "s", taken, target))
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory, "one.yaml")
        file.write_text("{apiVersion: v1, kind: ConfigMap, metadata: {name: one}, data: {}}")
        words = [sys.executable, "-m", "contracts", file]
        starts = [clock.command(words) for _ in range(STARTS + 1)][1:]
    figures.append(Figure("contracts: the command line, from start to end, one object", "s", starts, "< 0.3 s"))
    return [*figures, clock.noise()]
