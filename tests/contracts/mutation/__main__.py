"""`python -m tests.contracts.mutation [STACK …]`: break and edit the stacks, and print both scores."""

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.contracts.mutation import stacks
from tests.contracts.mutation.edited import Kept, edited
from tests.contracts.mutation.score import Score, score


def main(words: list[str] | None = None) -> int:
    """Print the scores; 0 where every broken reference was found, and no harmless edit or mutant was."""
    parser = argparse.ArgumentParser(prog="python -m tests.contracts.mutation", description=__doc__)
    parser.add_argument("stacks", nargs="*", metavar="STACK", help=f"of {', '.join(stacks.every())}; all by default")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take each Nth mutant and edit only")
    options = parser.parse_args(words)
    names = options.stacks or list(stacks.every())
    if unknown := set(names) - set(stacks.every()):
        parser.error(f"no stack {', '.join(sorted(unknown))}; there are {', '.join(stacks.every())}")
    # The largest first, so that the last process is not left alone with it.
    names.sort(key=lambda name: -len(stacks.every()[name]))
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        alone = [[name] for name in names]
        scores = pool.map(partial(score, every=options.every), alone)
        kepts = pool.map(partial(edited, every=options.every), alone)
        broken, kept = sum(scores, Score()), sum(kepts, Kept())
    print(broken.told())
    print(kept.told())
    return 1 if broken.lost or broken.alarms or kept.alarms else 0


if __name__ == "__main__":
    sys.exit(main())
