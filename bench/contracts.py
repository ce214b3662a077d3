"""verify() on many objects, and the start of its command line: no cluster, no CLI of Pulumi.

The objects are those of the real stacks, each stack again and again under another namespace, so that every reference
that they have is there to be followed.
"""

import gc
import sys
import tempfile
from copy import deepcopy
from itertools import count
from pathlib import Path
from typing import Any

from bench.clock import Clock
from bench.figure import Figure
from components.compose import compose
from components.manifest import shown
from components.settings import load
from contracts import verify

STACKS = ("dev", "staging", "prod", "local")
SIZES = {1_000: ("< 0.2 s", 15), 10_000: ("< 2 s", 7)}
"""Objects → (the issue's target, runs)."""
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
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory, "one.yaml")
        file.write_text("{apiVersion: v1, kind: ConfigMap, metadata: {name: one}, data: {}}")
        words = [sys.executable, "-m", "contracts", file]
        starts = [clock.command(words) for _ in range(STARTS + 1)][1:]
    figures.append(Figure("contracts: the command line, from start to end, one object", "s", starts, "< 0.3 s"))
    return [*figures, clock.noise()]
