"""Messages to the engine, which shows them beside the resource that they are about."""

import contextlib
import threading
from typing import Any

from devcluster.plugins.protocol.stubs import engine_pb2, engine_pb2_grpc, grpc


class Engine:
    """The engine that started this plugin. `address` is host:port, the plugin's last argument."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._stub: engine_pb2_grpc.EngineStub | None = None
        self._lock = threading.Lock()

    def status(self, urn: str, text: str) -> None:
        """Show `text` in the resource's line while it is under way; it is not kept."""
        self._log(engine_pb2.INFO, urn, text, ephemeral=True)

    def info(self, urn: str, text: str) -> None:
        """Keep `text` among the resource's messages."""
        self._log(engine_pb2.INFO, urn, text)

    def warning(self, urn: str, text: str) -> None:
        """Keep `text` among the resource's warnings."""
        self._log(engine_pb2.WARNING, urn, text)

    def _log(self, severity: Any, urn: str, text: str, *, ephemeral: bool = False) -> None:
        if not self.address:
            return
        with self._lock:
            if self._stub is None:
                self._stub = engine_pb2_grpc.EngineStub(grpc.insecure_channel(self.address))
        request = engine_pb2.LogRequest(severity=severity, message=text, urn=urn, ephemeral=ephemeral)
        # A message that can't be shown is no reason to fail what it is about.
        with contextlib.suppress(grpc.RpcError):
            self._stub.Log(request, timeout=5)


def address_in(arguments: list[str]) -> str:
    """The engine's address among a plugin's arguments: the last one that is no flag, or "" where it stands alone."""
    plain = [argument for argument in arguments if not argument.startswith("-")]
    return plain[-1] if plain else ""
