"""The provider: keys and certificates are made once, and certificates anew when an input or their time says so."""

import sys

from devcluster.plugins.protocol.engine import Engine, address_in
from devcluster.plugins.protocol.made import MadeOnce
from devcluster.plugins.protocol.provider import serve_provider
from devcluster.plugins.tls.kinds import KINDS


class TlsProvider(MadeOnce):
    """Answers the engine for the types in KINDS."""

    package = "tls"
    kinds = KINDS


def main(arguments: list[str]) -> None:
    """Serve the provider until the engine ends it. `arguments` end with the engine's address."""
    serve_provider(TlsProvider(Engine(address_in(arguments))))


if __name__ == "__main__":
    main(sys.argv[1:])
