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

RUNS = 3

_BARS = {
    "primary's pod deleted": "<= 3.5 s",
    "switchover": "<= 3 s",
    "primary killed, restarted in place": "<= 3 s",
    "primary killed and kept away": "<= 22 s",
    "primary frozen": "<= 22 s",
}
"""Against a hand-made Patroni, etcd and HAProxy on the same node, at ttl 20 s."""


def measure() -> list[Figure]:
    """Seconds without an accepted write, each scenario RUNS times on one stack, in turn; rows lost over all of them.

    Raises CommandFailed where a scenario does not come back whole.
    """
    ground.load(Progress(), cluster.EMBEDDED, [images.build(i, Progress()) for i in images.named(REPLICATED)])
    environment = engine.Engine(cluster.EMBEDDED, toolchain.pulumi()).environment()
    with tempfile.TemporaryDirectory() as folder:
        trial = make_trial("bench-failover", Path(folder), environment)
        trial.change({"database": REPLICATED})
        try:
            bring_up(trial)
            database = Replicated.of(trial.live, "postgres")
            database.members.healed()
            seen = {name: [_told(name, run, database) for run in range(RUNS)] for name in SCENARIOS}
        finally:
            remove_namespace(trial.live, wait=True)
    return [*(_figure(name, runs) for name, runs in seen.items()), *_over_all(seen)]


def _told(name: str, run: int, database: Replicated) -> Seen:
    seen = SCENARIOS[name](database)
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
    ]
