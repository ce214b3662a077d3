"""Memory of the embedded node when nobody asks anything of it."""

import time

from bench.figure import Figure
from devcluster import node

SETTLE = 30.0
"""Seconds after which a node that was just started has done its first work."""

SAMPLES = 6
APART = 5.0


def measure() -> list[Figure]:
    """The sum of the proportional set sizes of the node's processes and its pods' shims; pods' own memory is theirs."""
    time.sleep(SETTLE)
    sizes = []
    for _ in range(SAMPLES):
        time.sleep(APART)
        sizes.append(node.status().bytes / 2**20)
    return [Figure("memory of the node, idle", "MiB", sizes, "< 1536 MiB")]
