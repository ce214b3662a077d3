"""How a plugin is served: it listens on loopback, prints its port, and ends with the engine that started it."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from devcluster.plugins.protocol.stubs import grpc

UNLIMITED = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
"""State of a large object, and configuration that carries files, outgrow gRPC's 4 MiB."""

THREADS = 256
"""At most so many calls at a time. Threads are made when needed; most of them wait for the cluster."""

PARENT_CHECK = 2.0
"""Seconds between looks at whether the engine is still there."""


def serve(add: Callable[[Any], None]) -> None:
    """Serve what `add` adds to a server, until the engine ends this process or is gone itself.

    The engine reads the port from the first line of standard output. It ends a plugin with SIGINT, and waits up
    to 5 s for it (measured, CLI 3.246); a plugin has a process group of its own, so Ctrl-C does not reach it.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(0))
    server = grpc.server(ThreadPoolExecutor(max_workers=THREADS), options=UNLIMITED)
    add(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    server.wait_for_termination()


def _end_with_parent(parent: int) -> None:
    """End this process when `parent`, the engine, is gone without having ended it."""
    while os.getppid() == parent:
        time.sleep(PARENT_CHECK)
    os._exit(0)
