"""A command that runs in a pod: its output as it comes, its input as somebody types it."""

import os
import select
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kubernetes.stream.ws_client import STDIN_CHANNEL

_TURN = 0.2
"""Seconds until the next look at standard input."""


@dataclass(frozen=True)
class Done:
    """How a command in a pod ended. `code` is None where it did not end in time."""

    code: int | None
    out: str
    err: str


def follow(
    running: Any, within: float, stdin: int | None, out: Callable[[str], None], err: Callable[[str], None]
) -> Done:
    """Stay with a WSClient until it ends, for at most `within` seconds; `out` and `err` get what it prints."""
    until = time.monotonic() + within
    texts: tuple[list[str], list[str]] = ([], [])
    while True:
        # What came with the end itself is still to be read.
        goes_on = running.is_open() and time.monotonic() < until
        if goes_on:
            running.update(timeout=_TURN)
        for read, kept, say in zip((running.read_stdout, running.read_stderr), texts, (out, err), strict=True):
            if text := read(timeout=0):
                kept.append(str(text))
                say(str(text))
        if not goes_on:
            break
        if stdin is not None and running.is_open() and not _feed(running, stdin):
            stdin = None
    code = None if running.is_open() else running.returncode
    running.close()
    return Done(code, "".join(texts[0]), "".join(texts[1]))


def _feed(running: Any, stdin: int) -> bool:
    """Hand on what has come on standard input; False once it has ended."""
    if not select.select([stdin], [], [], 0)[0]:
        return True
    if text := os.read(stdin, 65536):
        running.write_stdin(text.decode(errors="replace"))
        return True
    running.close_channel(STDIN_CHANNEL)
    return False
