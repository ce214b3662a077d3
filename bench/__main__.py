"""`python -m bench [--only check,contracts,…]`: measure, then one table."""

import argparse
import sys
from contextlib import ExitStack

from bench import check, contracts, failover, memory, pairs, shared, tenants, tuning, up
from bench.figure import printed
from devcluster.cli.borrowing import borrowed_node
from devcluster.cluster import NoCluster
from devcluster.command import CommandFailed
from devcluster.progress import Progress

ANYWHERE = {"check": check.measure, "contracts": contracts.measure}
# Memory before the others leave something in the API server's caches.
ON_NODE = {
    "memory": memory.measure,
    "preview": pairs.local,
    "apps": pairs.hundred,
    "tenants": tenants.measure,
    "failover": failover.measure,
    "shared": shared.measure,
    "tuning": tuning.measure,
}
WITHOUT_NODE = {"up": up.measure}
MEASURES = ANYWHERE | ON_NODE | WITHOUT_NODE


def main() -> int:
    """Measure what was asked for and print it; 1 when one of it could not be measured, which is said, else 0."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", default="", help=f"of {', '.join(MEASURES)}; all where nothing is given")
    asked = [word for word in parser.parse_args().only.split(",") if word]
    if unknown := sorted(set(asked) - set(MEASURES)):
        parser.error(f"{', '.join(unknown)} is not measured here; allowed: {', '.join(MEASURES)}")
    wanted = [name for name in MEASURES if not asked or name in asked]
    figures, refused = [], []
    try:
        if "up" in wanted:
            up.refuse_if_used()
    except up.NotMeasured as reason:
        refused.append(f"up: {reason}")
        wanted.remove("up")
    for part in (ANYWHERE, ON_NODE, WITHOUT_NODE):
        names = [name for name in part if name in wanted]
        try:
            with ExitStack() as stack:
                if part is ON_NODE and names:
                    stack.enter_context(borrowed_node(Progress()))
                for name in names:
                    print(f"measuring {name}", flush=True)
                    try:
                        figures += part[name]()
                    except CommandFailed as error:  # the others' figures are none the worse for it
                        refused.append(f"{name}: {error}")
        except NoCluster as reason:
            refused.append(f"{', '.join(names)}: {reason}")
    printed(figures)
    for sentence in refused:
        print(f"not measured: {sentence}", file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
