"""What a launcher runs: `python start.py language|kubernetes|random|tls ARGUMENTS…`, started by the Pulumi engine."""

import importlib
import os
import sys
from pathlib import Path

# gRPC's own fork handlers are for programs that fork without exec; these only start other programs.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
# The core's warnings go to standard error, which the engine shows to the user as messages of the program.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

MODULES = {"language": "language.host"} | {name: f"{name}.provider" for name in ("kubernetes", "random", "tls")}


def main() -> None:
    """Serve the stand-in that the first argument names until the engine ends it."""
    sys.path[0] = str(Path(__file__).resolve().parent.parent.parent)
    from devcluster.plugins.protocol.lean import open_the_package  # noqa: PLC0415

    open_the_package()
    plugin, arguments = sys.argv[1], sys.argv[2:]
    if plugin not in MODULES:
        sys.exit(f"{plugin!r} is not one of the stand-ins; they are {', '.join(MODULES)}")
    # Only here: each process has to answer soon, and needs one of them.
    importlib.import_module(f"devcluster.plugins.{MODULES[plugin]}").main(arguments)


if __name__ == "__main__":
    main()
