"""`make up` from nothing but warm caches to the app's answer, and again with nothing left to do."""

import sys

from bench.clock import Clock
from bench.figure import Figure
from devcluster import node, paths
from devcluster.command import run

RUNS = 3


class NotMeasured(Exception):
    """A measurement would take something away that is not its own. The text says what to do."""


def refuse_if_used() -> None:
    """Raise NotMeasured while there is a node or its data: the measurement begins by having none."""
    if node.running() or (paths.HOME / "etcd").exists():
        raise NotMeasured("`up` begins without a node and ends so: run `make down` first, which takes your data away")


def measure() -> list[Figure]:
    """Cold node, warm caches: seconds to the end of `make up`, which waits for the app's /ready; then once more."""
    refuse_if_used()
    words = [sys.executable, "-m", "devcluster"]
    clock = Clock()
    run([*words, "up"], cwd=paths.CHECKOUT)  # warms the caches: tools and images
    run([*words, "down"], cwd=paths.CHECKOUT)
    first, again = [], []
    try:
        for _ in range(RUNS):
            first.append(clock.command([*words, "up"]))
            again.append(clock.command([*words, "up"]))
            run([*words, "down"], cwd=paths.CHECKOUT)
    finally:
        run([*words, "down"], cwd=paths.CHECKOUT)
    return [
        Figure("make up, caches warm, no node: until the app is ready", "s", first, "< 60 s"),
        Figure("make up again, nothing to do", "s", again),
        clock.noise(),
    ]
