"""The provider: a value is drawn once, at creation, and every change of an input draws another, as officially."""

import sys

from devcluster.plugins.protocol.engine import Engine, address_in
from devcluster.plugins.protocol.made import MadeOnce
from devcluster.plugins.protocol.provider import serve_provider
from devcluster.plugins.random.kinds import KINDS


class RandomProvider(MadeOnce):
    """Answers the engine for the types in KINDS."""

    package = "random"
    kinds = KINDS


def main(arguments: list[str]) -> None:
    """Serve the provider until the engine ends it. `arguments` end with the engine's address."""
    serve_provider(RandomProvider(Engine(address_in(arguments))))


if __name__ == "__main__":
    main(sys.argv[1:])
