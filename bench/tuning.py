"""Computed parameters against the image's defaults and against those of the second system's plan, on the same limits.

Each has a server of its own with the limits of Bill-Inquiry, of which one at a time has work: in turns, so that what
the machine does besides falls on all. Latencies: of so many clients that never wait, throughput is their number by it.
"""

import itertools
import os

from bench import pgbench
from bench.clock import Clock
from bench.figure import Figure
from components.postgres.configuration import common
from components.settings import load
from components.settings.database import Database
from components.settings.schema import LIBRARIES
from devcluster import cluster, images
from devcluster.cli import ground
from devcluster.images import postgres
from devcluster.progress import Progress

STACK = "bill-inquiry-dev"
COMPUTED, DEFAULTS, STATED = "computed", "defaults", "stated"
CLIENTS = (1, 8, 32)
MODES = {"read-only": True, "read-write": False}
VERSION = 15
"""Of the image of the local stack, which has pgbench."""

SCALE, SECONDS, ROUNDS = 60, 8, 3
"""900 MB, more than shared_buffers of each and less than the limit; about 10 minutes in all.
BENCH_TUNING=scale,seconds,rounds in the environment for a smaller one: 5,2,1."""


def parameters(database: Database) -> dict[str, dict[str, str]]:
    """What each of the three servers is started with, beside what every server has."""
    computed = common(database.model_copy(update={"version": VERSION, "parameters": {}}))
    # Libraries cost the same whoever asks for them, and this is not about them.
    computed.pop(LIBRARIES, None)
    stated = {name: value for name, value in database.parameters.items() if name != LIBRARIES}
    stated["max_connections"] = str(database.max_connections)
    return {COMPUTED: computed, DEFAULTS: {}, STATED: stated}


def measure() -> list[Figure]:
    """Milliseconds of a transaction for each of the three, by mode and clients; and the ratios of the turns."""
    scale, seconds, rounds = _size()
    progress, clock = Progress(), Clock()
    ground.load(progress, cluster.EMBEDDED, [images.build(postgres.IMAGE, progress)])
    database = load.decode(load.from_file(STACK)).system.database
    taken: dict[tuple[str, int, str], list[float]] = {}
    own = parameters(database)
    with pgbench.servers("bench-tuning", database.resources, own) as servers:
        with progress.step(f"Fill {len(own)} servers, scale {scale}"):
            for name in own:
                servers.fill(name, scale)
        for turn, (round_, mode, clients) in enumerate(itertools.product(range(rounds), MODES, CLIENTS)):
            # Another one first, each time: of six turns a round, and of one turn over the rounds.
            first = (turn + round_) % len(own)
            names = [*own][first:] + [*own][:first]
            with progress.step(f"{mode}, {clients} clients, round {round_ + 1} of {rounds}"):
                for name in names:
                    servers.sql(name, "CHECKPOINT")
                    found: list[float] = []
                    clock.seconds(
                        lambda n=name, f=found, c=clients, m=mode: f.append(
                            servers.milliseconds(n, c, seconds, read_only=MODES[m])
                        )
                    )
                    taken.setdefault((mode, clients, name), []).extend(found)
    return [*_figures(taken), clock.noise()]


def _size() -> tuple[int, int, int]:
    given = os.environ.get("BENCH_TUNING", "")
    words = given.split(",") if given else []
    if words and (len(words) != 3 or not all(word.isdigit() and int(word) for word in words)):
        raise SystemExit(f"BENCH_TUNING: allowed: scale,seconds,rounds such as 5,2,1; found {given}")
    scale, seconds, rounds = map(int, words) if words else (SCALE, SECONDS, ROUNDS)
    return scale, seconds, rounds


def _figures(taken: dict[tuple[str, int, str], list[float]]) -> list[Figure]:
    figures = []
    for mode, clients in itertools.product(MODES, CLIENTS):
        head = f"{mode}, {clients} client{'s' if clients > 1 else ''}"
        of = {name: taken[mode, clients, name] for name in (COMPUTED, DEFAULTS, STATED)}
        words = {COMPUTED: "computed parameters", DEFAULTS: "the image's defaults", STATED: "the plan's list"}
        figures += [Figure(f"{head}: {words[name]}", "ms", values) for name, values in of.items()]
        for other in (DEFAULTS, STATED):
            ratios = [mine / its for mine, its in zip(of[COMPUTED], of[other], strict=True)]
            figures.append(Figure(f"{head}: computed by {words[other]}, each turn", "×", ratios, "≤ 1"))
    return figures
