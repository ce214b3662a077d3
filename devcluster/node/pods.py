"""The containers of the node seen from the machine: by their shims and control groups, with or without containerd."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from devcluster.node.layout import CONTAINERD_SOCKET
from devcluster.node.process import end

CGROUPS = Path("/sys/fs/cgroup")
ASK, GIVE_UP = 3.0, 10.0
"""Seconds after the first signal: databases get the one for a fast shutdown after ASK; all are killed at GIVE_UP."""


def _processes() -> Iterator[tuple[int, int, list[bytes]]]:
    """Id, parent's id and command line of every process."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                words = (folder / "cmdline").read_bytes().split(b"\0")
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                if fields[0] != "Z":
                    yield int(folder.name), int(fields[1]), words


def shims() -> list[int]:
    """The ids of the shims of this node's containerd: each holds the containers of one pod."""
    socket = str(CONTAINERD_SOCKET).encode()
    return [pid for pid, _, words in _processes() if b"containerd-shim" in words[0] and socket in words]


def _first_processes() -> list[int]:
    """The first process of each container but the pods' own (pause)."""
    parents = set(shims())
    return [pid for pid, parent, words in _processes() if parent in parents and words[0] != b"/pause"]


def shut_down() -> None:
    """Ask every container to end, as a kubelet does: SIGTERM, then SIGINT, which PostgreSQL takes for "fast".

    https://www.postgresql.org/docs/current/server-shutdown.html: after SIGTERM it waits for its clients to leave.
    """
    began = time.monotonic()
    _signal(signal.SIGTERM)
    asked_again = False
    while _first_processes() and time.monotonic() - began < GIVE_UP:
        if not asked_again and time.monotonic() - began > ASK:
            _signal(signal.SIGINT)
            asked_again = True
        time.sleep(0.1)


def _signal(number: signal.Signals) -> None:
    for pid in _first_processes():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _kubepods() -> list[Path]:
    """The control groups that the kubelet made for pods: one in each hierarchy of version 1, or one of version 2."""
    return [folder for folder in (CGROUPS / "kubepods", *CGROUPS.glob("*/kubepods")) if folder.is_dir()]


def kill() -> None:
    """End every container by force, and then the shims, which need their moment to see it."""
    inside: set[int] = set()
    for group in _kubepods():
        for file in group.rglob("cgroup.procs"):
            with contextlib.suppress(OSError):
                inside.update(int(pid) for pid in file.read_text().split())
    end(sorted(inside), grace=0.0)
    end(shims(), grace=0.5)


def remove_cgroups() -> None:
    """Remove the pods' control groups, the innermost first."""
    for group in _kubepods():
        inner = sorted((path for path in group.rglob("*") if path.is_dir()), key=lambda path: -len(path.parts))
        for path in [*inner, group]:
            with contextlib.suppress(OSError):  # a process that is just ending still counts for a moment
                path.rmdir()
