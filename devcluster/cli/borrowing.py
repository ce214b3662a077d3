"""The embedded node lent to tests and measurements, and as it was before when they end, however they end."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devcluster import cluster, engine, node, paths
from devcluster.cli import ground
from devcluster.cli.down import forget
from devcluster.progress import Progress

_BORROWED = "DEVCLUSTER_NODE_BORROWED"
"""In the environment of whatever runs on a borrowed node: the process that borrowed it."""


@contextmanager
def borrowed_node(progress: Progress) -> Iterator[dict[str, str]]:
    """The embedded node with the images in it, afterwards as it was before, whatever happens.

    What a borrower that was killed left is taken away first, with its tests' stacks. Gives the environment in which
    pulumi runs on the node. Raises NoCluster where the machine can't run it or the local stack is up on another
    cluster.
    """
    chosen = cluster.choose()
    cluster.only(chosen)
    with _in_turn(progress) as first:
        if first and _mark().exists():
            _take_away(progress)
        before, kept = node.running(), (paths.HOME / "etcd").exists()
        if not (before or kept):
            _mark().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _mark().touch()
        try:
            ground.lay(progress, chosen)
            progress.table()
            yield engine.Engine(chosen, engine.toolchain.pulumi()).environment() | {_BORROWED: str(os.getpid())}
        finally:
            if not before and kept:
                node.stop(progress, keep_data=True)
            elif not before and _mark().exists():
                _take_away(progress)


def keep(progress: Progress) -> None:
    """Make the node the user's own: from now on nobody takes it away but `make down`. What a borrower that was killed
    left goes; one that is at work leaves the node running. What runs on a borrowed node changes nothing."""
    if os.environ.get(_BORROWED) or not _mark().exists():
        return
    with _lock().open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _mark().unlink(missing_ok=True)
        else:
            _take_away(progress)


def _take_away(progress: Progress) -> None:
    node.stop(progress)
    forget(cluster.EMBEDDED)


def _mark() -> Path:
    """There as long as all that is on the node is a borrower's; a killed one can't take it away."""
    return paths.HOME / "borrowed"


def _lock() -> Path:
    """Held by who has borrowed the node; its content is that process."""
    return paths.CACHE / "node.lock"


@contextmanager
def _in_turn(progress: Progress) -> Iterator[bool]:
    """One borrower at a time: the first one would stop the node under the second one's feet.

    Gives False for one that runs on a node that is borrowed already, and so needn't wait.
    """
    if os.environ.get(_BORROWED):
        yield False
        return
    paths.CACHE.mkdir(parents=True, exist_ok=True)
    with _lock().open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            with progress.step(
                "Wait for the node", f"process {lock.read().strip()} has borrowed it; it ends with that"
            ):
                fcntl.flock(lock, fcntl.LOCK_EX)
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield True
