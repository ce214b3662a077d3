"""The commands behind `make up`, `make down` and the others: one module each, one sentence for each mistake."""

import sys
from collections.abc import Sequence
from importlib import import_module

from devcluster.cli.parser import parser

MODULES = {
    "up": "up",
    "down": "down",
    "status": "status",
    "logs": "access",
    "psql": "access",
    "shell": "access",
    "pulumi": "run",
    "operations": "run",
    "operator": "operator",
    "env": "run",
    "with-node": "run",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. What a user can act on is printed as a sentence, without a traceback."""
    options = parser().parse_args(arguments)
    try:
        # Imported here, so that a command costs only what it needs.
        module = import_module(f"devcluster.cli.{MODULES[options.command]}")
        return getattr(module, options.command.replace("-", "_"))(options) or 0
    except KeyboardInterrupt:
        print("interrupted; what was done so far stays, and the same command goes on from there", file=sys.stderr)
        return 130
    except Exception as error:
        if not _is_a_sentence(error):
            raise
        print(f"devcluster {options.command}: {error}", file=sys.stderr)
        return 1


def _is_a_sentence(error: Exception) -> bool:
    """Whether this is one of the house's own errors, whose text is written for the user."""
    return type(error).__module__.split(".")[0] == "devcluster"
