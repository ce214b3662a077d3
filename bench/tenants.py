"""A stack of fifty tenants gets one more: its preview, against that of a bare program for the same objects.

Nothing is deployed: each preview makes a plan of all objects. A preview compares with an API server only what is there.
"""

import tempfile
from pathlib import Path

from bench import projects, systems
from bench.clock import AS_USUAL, Clock
from bench.figure import Figure
from bench.pairs import TARGET
from devcluster import cluster, engine, toolchain
from devcluster.command import run
from devcluster.progress import Progress

TENANTS = 51
PAIRS = 5


def measure() -> list[Figure]:
    """Wall seconds of both previews in turn, and the ratio of each pair."""
    progress, clock = Progress(), Clock()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        work = Path(folder)
        environment = engine.Engine(cluster.EMBEDDED, toolchain.pulumi()).environment()
        environment |= {**AS_USUAL, "PULUMI_BACKEND_URL": f"file://{work / 'state'}"}
        (work / "state").mkdir()

        def pulumi(directory: Path, *words: str) -> str:
            common = ["--stack", projects.STACK, "--non-interactive", "--color", "never"]
            return run([toolchain.pulumi(), *words, *common], cwd=directory, environment=environment)

        directories = {"ours": work / "ours", "bare": work / "bare"}
        projects.ours(directories["ours"], *systems.tenants("bench-tenants", TENANTS))
        objects = projects.bare(directories["bare"], directories["ours"])
        taken: dict[str, list[float]] = {which: [] for which in directories}
        for directory in directories.values():
            pulumi(directory, "stack", "init")
        with progress.step(f"preview of {TENANTS} tenants: {PAIRS} pairs") as step:
            for pair in range(PAIRS + 1):
                step.waiting_for(f"pair {pair} of {PAIRS}; the first, 0, is not counted")
                for which, directory in directories.items():
                    seconds = clock.seconds(lambda d=directory: pulumi(d, "preview"))
                    if pair:
                        taken[which].append(seconds)
    head = f"preview, {TENANTS} tenants, {objects} objects"
    ratios = [ours / bare for ours, bare in zip(taken["ours"], taken["bare"], strict=True)]
    return [
        Figure(f"{head}: this program", "s", taken["ours"]),
        Figure(f"{head}: the bare program", "s", taken["bare"]),
        Figure(f"{head}: ratio of each pair", "×", ratios, TARGET),
        clock.noise(),
    ]
