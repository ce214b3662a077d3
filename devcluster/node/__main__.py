"""`python -m devcluster.node start|stop|status`: the node alone, without the stack."""

import sys

from devcluster import node
from devcluster.command import CommandFailed
from devcluster.progress import Progress


def main(words: list[str]) -> int:
    """Do what the first word says; the exit code."""
    try:
        match words:
            case ["start"]:
                node.start(Progress())
            case ["stop"]:
                node.stop(Progress())
            case ["stop", "--keep-data"]:
                node.stop(Progress(), keep_data=True)
            case ["status"]:
                print("\n".join(node.status().words()))
            case _:
                print("usage: python -m devcluster.node start | stop [--keep-data] | status", file=sys.stderr)
                return 2
    except (node.NodeFailed, CommandFailed) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
