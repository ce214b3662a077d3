"""What a child process prints, as it prints it."""

import os
import selectors
import subprocess
from collections.abc import Iterator

_PIECE = 65536
"""Bytes read at a time: the capacity of a pipe (pipe(7))."""


def printed(child: subprocess.Popen[bytes]) -> Iterator[tuple[str, bytes]]:
    """("stdout" or "stderr", piece), until `child` has closed both; each must be a pipe, and nobody else reads it."""
    with selectors.DefaultSelector() as open_ones:
        for name, stream in (("stdout", child.stdout), ("stderr", child.stderr)):
            if stream is None:
                raise ValueError(f"{name} of {child.args} is no pipe")
            open_ones.register(stream, selectors.EVENT_READ, name)
        while open_ones.get_map():
            for key, _ in open_ones.select():
                piece = os.read(key.fd, _PIECE)
                if piece:
                    yield key.data, piece
                else:
                    open_ones.unregister(key.fileobj)
