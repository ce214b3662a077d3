"""`status`: what runs, and where everything is."""

import json
from argparse import Namespace

from rich.console import Console

from devcluster import cluster, engine, node, paths
from devcluster.cli import places
from devcluster.command import run


def status(_: Namespace) -> int:
    """Print the tools, the cluster and the stack. The exit code is 0 when the app says that it is ready."""
    console = Console(highlight=False)
    for stamp in sorted(paths.BIN.glob(".*.json")):
        tool = json.loads(stamp.read_text())
        console.print(f"tool     {tool['binary']} {tool['version']}, {tool['origin']}")
    chosen = cluster.remembered()
    console.print(f"cluster  {chosen.kind}, context {chosen.context}")
    if chosen.embedded:
        seen = node.status()
        console.print(*(f"         {line}" for line in seen.words()), sep="\n", markup=False, soft_wrap=True)
        if not seen.runs:
            return 1
    stack = engine.local()
    found = places.find(stack)
    answer = places.ask_ready(chosen, found, lambda _: None)
    places.show(console, found, answer)
    pods = run([*chosen.kubectl(), "get", "pods", "--namespace", found.namespace, "-o", "wide"], timeout=30)
    console.print(pods, markup=False, soft_wrap=True)
    return 0 if answer.ok else 1
