"""What clients of a shared Cluster see when its primary's pod is deleted: tests/e2e/shared, several runs."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.figure import Figure
from devcluster import cluster, engine, images, toolchain
from tests.e2e.shared import operators, settings
from tests.e2e.shared.database import Shared, written_through
from tests.e2e.stacks import bring_up, make_trial, remove_namespace

RUNS = 5
OPERATOR = "1.30"
BAR = "<= 8 s"
"""Issue 6's, for fresh and for kept connections."""


def measure() -> list[Figure]:
    """Seconds without an accepted write, for clients that keep their connection and for clients that make a new one
    for each row, on three instances in synchronous mode; rows lost over all runs."""
    with _brought_up() as shared:
        runs = [_primary_deleted(shared, run) for run in range(RUNS)]
    figures = [
        Figure(f"shared, primary's pod deleted: writes out, {kind} connection", "s", [run[kind] for run in runs], BAR)
        for kind in ("kept", "fresh")
    ]
    return [*figures, Figure("shared, the same runs: acknowledged rows lost", "", [run["lost"] for run in runs], "0")]


@contextmanager
def _brought_up() -> Iterator[Shared]:
    with operators.kept(), tempfile.TemporaryDirectory() as folder:
        operators.load(*images.named(settings.SHARED))
        operators.have(OPERATOR)
        environment = engine.Engine(cluster.EMBEDDED, toolchain.pulumi()).environment()
        trial = make_trial("bench-shared", Path(folder), environment)
        trial.change({"database": settings.of(OPERATOR, instances=3)})
        try:
            bring_up(trial)
            shared = Shared(trial.live)
            shared.healed()
            yield shared
        finally:
            remove_namespace(trial.live, wait=True)


def _primary_deleted(shared: Shared, run: int) -> dict[str, float]:
    with written_through(shared) as seen:
        shared.live.kubectl("delete", "pod", shared.primary, "--wait=false")
    told = ", ".join(f"{kind}: {one}" for kind, one in seen.items())
    print(f"  primary's pod deleted, run {run + 1}: {told}", flush=True)
    found = {kind: one.writes_out for kind, one in seen.items()}
    return found | {"lost": float(sum(len(one.lost) for one in seen.values()))}
