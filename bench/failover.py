"""What a client of a replicated database sees of each thing that can break: tests/e2e/replicated, several runs each."""

import tempfile
from pathlib import Path

from bench.figure import Figure
from devcluster import cluster, engine, images, toolchain
from devcluster.cli import ground
from devcluster.progress import Progress
from tests.e2e.replicated.database import Replicated, Seen
from tests.e2e.replicated.scenarios import SCENARIOS
from tests.e2e.replicated.settings import REPLICATED
from tests.e2e.stacks import bring_up, make_trial, remove_namespace

_BARS = {
    "primary's pod deleted": "<= 3.5 s",
    "switchover": "<= 3 s",
    "primary killed, restarted in place": "<= 3 s",
    "primary killed and kept away": "<= 22 s",
    "primary frozen": "<= 22 s",
}
"""Against a hand-made Patroni, etcd and HAProxy on the same node, at ttl 20 s."""

RUNS, RUNS_OF_OTHERS = 5, 3
"""Of a scenario that has a bar, and of one that has none."""


def measure() -> list[Figure]:
    """Seconds without an accepted write, each scenario several times on one stack; rows lost over all of them, and how
    many runs did not end as they should, which is printed where it happens."""
    ground.load(Progress(), cluster.EMBEDDED, [images.build(i, Progress()) for i in images.named(REPLICATED)])
    environment = engine.Engine(cluster.EMBEDDED, toolchain.pulumi()).environment()
    with tempfile.TemporaryDirectory() as folder:
        trial = make_trial("bench-failover", Path(folder), environment)
        trial.change({"database": REPLICATED})
        try:
            bring_up(trial)
            database = Replicated.of(trial.live, "postgres")
            database.members.healed()
            tried = {name: [_told(name, run, database) for run in range(_runs(name))] for name in SCENARIOS}
        finally:
            remove_namespace(trial.live, wait=True)
    seen = {name: [one for one in runs if one is not None] for name, runs in tried.items()}
    failed = [float(run is None) for runs in tried.values() for run in runs]
    figures = [_figure(name, runs) for name, runs in seen.items() if runs]
    return [*figures, *_over_all(seen), Figure("runs that did not end as they should", "", [sum(failed)], "0")]


def _runs(name: str) -> int:
    return RUNS if name in _BARS else RUNS_OF_OTHERS


def _told(name: str, run: int, database: Replicated) -> Seen | None:
    """One run; None where it failed, and then the database is whole again for the next one."""
    try:
        seen = SCENARIOS[name](database)
    except AssertionError as error:
        print(f"  {name}, run {run + 1}: failed: {error}", flush=True)
        database.members.healed()
        return None
    print(f"  {name}, run {run + 1}: {seen}", flush=True)
    return seen


def _figure(name: str, runs: list[Seen]) -> Figure:
    return Figure(f"writes out: {name}", "s", [seen.writes_out for seen in runs], _BARS.get(name, ""))


def _over_all(seen: dict[str, list[Seen]]) -> list[Figure]:
    runs = [one for several in seen.values() for one in several]
    return [
        Figure("reads out, all of these runs", "s", [one.reads_out for one in runs]),
        Figure("until all is whole again, all of these runs", "s", [one.healed for one in runs]),
        Figure("acknowledged rows lost, all of these runs", "", [float(len(one.lost)) for one in runs], "0"),
        Figure("signs of two primaries, all of these runs", "", [float(len(one.two_primaries)) for one in runs], "0"),
    ]
