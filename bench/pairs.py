"""This checkout's program against a bare one for the same objects: both deployed, then timed in turn.

Same machine, same minute, same engine, plugins and cluster; so what the machine does besides falls on both, and the
ratio of a pair says more than either time. See bench/bare/__main__.py for what the bare program registers.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import projects, systems
from bench.clock import AS_USUAL, Clock
from bench.figure import Figure
from bench.systems import Document
from devcluster import cluster, engine, toolchain
from devcluster.command import run
from devcluster.progress import Progress

TARGET = "≤ 1.3×"

COMMANDS = {"preview": ("preview",), "up, no change": ("up", "--yes", "--skip-preview")}


def local() -> list[Figure]:
    """The local stack."""
    return _measure("local", "bench-local", systems.local, pairs=10)


def hundred() -> list[Figure]:
    """A hundred apps in one stack."""
    return _measure(f"{systems.APPS} apps", "bench-apps", systems.hundred, pairs=5)


Make = Callable[[str], tuple[Document, Document | None]]


def _measure(title: str, namespace: str, make: Make, pairs: int) -> list[Figure]:
    progress, clock = Progress(), Clock()
    with _deployed(progress, namespace, make) as (pulumi, directories, objects):
        figures = []
        for command, words in COMMANDS.items():
            taken: dict[str, list[float]] = {"ours": [], "bare": []}
            with progress.step(f"{command} of {title}: {pairs} pairs") as step:
                for pair in range(pairs + 1):
                    step.waiting_for(f"pair {pair} of {pairs}; the first, 0, is not counted")
                    for which, directory in directories.items():
                        seconds = clock.seconds(lambda d=directory: pulumi(d, *words, "--expect-no-changes"))  # noqa: B023
                        if pair:
                            taken[which].append(seconds)
            ratios = [ours / bare for ours, bare in zip(taken["ours"], taken["bare"], strict=True)]
            head = f"{command}, {title}, {objects} objects"
            figures += [
                Figure(f"{head}: this program", "s", taken["ours"]),
                Figure(f"{head}: the bare program", "s", taken["bare"]),
                Figure(f"{head}: ratio of each pair", "×", ratios, TARGET),
            ]
    return [*figures, clock.noise()]


Pulumi = Callable[..., str]


@contextmanager
def _deployed(progress: Progress, namespace: str, make: Make) -> Iterator[tuple[Pulumi, dict[str, Path], int]]:
    """Both programs deployed from a state of their own; nothing of them is left afterwards."""
    chosen = cluster.EMBEDDED
    work = Path(tempfile.mkdtemp(prefix="bench-"))
    environment = engine.Engine(chosen, toolchain.pulumi()).environment()
    environment.update(AS_USUAL)
    environment["PULUMI_BACKEND_URL"] = f"file://{work / 'state'}"
    (work / "state").mkdir()

    def pulumi(directory: Path, *words: str) -> str:
        common = ["--stack", projects.STACK, "--non-interactive", "--color", "never"]
        return run([toolchain.pulumi(), *words, *common], cwd=directory, environment=environment)

    directories = {"ours": work / "ours", "bare": work / "bare"}
    try:
        projects.ours(directories["ours"], *make(namespace))
        objects = projects.bare(directories["bare"], directories["ours"])
        for which, directory in directories.items():
            with progress.step(f"Deploy {objects} objects in {namespace} by {which}", "it waits for PostgreSQL"):
                pulumi(directory, "stack", "init")
                pulumi(directory, "up", "--yes", "--skip-preview")
        yield pulumi, directories, objects
    finally:
        shutil.rmtree(work)
        with progress.step(f"Take {namespace} and {namespace}-bare away"):
            words = ["delete", "namespace", namespace, f"{namespace}-bare", "--ignore-not-found", "--wait"]
            run([*chosen.kubectl(), *words], timeout=600)
