"""`pulumi`, `operations`, `env` and `with-node`: other programs in the local stack's environment."""

import fcntl
import os
import shlex
import signal
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devcluster import cluster, command, engine, node, paths
from devcluster.cli import ground
from devcluster.cli.down import forget
from devcluster.cluster import NoCluster
from devcluster.progress import Progress

WRITES_SETTINGS = {"set", "set-all", "rm", "rm-all", "cp", "refresh"}
"""Sub-commands of `pulumi config` that write into a stack's file."""


def pulumi(options: Namespace) -> int:
    """pulumi for a stack; its exit code. Only the local stack runs in the environment that is made here."""
    words = options.arguments or ["stack"]
    try:
        if options.stack != engine.LOCAL:
            own = ["--stack", options.stack] if not {"-s", "--stack"} & set(words) else []
            engine.run_plain([*words, *own])
        elif words[0] == "config" and WRITES_SETTINGS & set(words):
            raise engine.Refused("the local stack runs on a copy of Pulumi.local.yaml: edit that file instead")
        else:
            engine.local().run(words)
    except engine.PulumiFailed as failed:
        return failed.code
    return 0


def operations(options: Namespace) -> int:
    """`python -m operations` where the embedded node's context is known too; its exit code."""
    own = os.environ.get("KUBECONFIG") or str(Path.home() / ".kube" / "config")
    words = [sys.executable, "-m", "operations", "--stack", options.stack]
    if options.stack == engine.LOCAL:
        words += ["--context", cluster.remembered().context]
    kubeconfigs = os.pathsep.join((own, str(paths.KUBECONFIG)))
    return command.foreground([*words, *options.arguments], environment={"KUBECONFIG": kubeconfigs})


def env(_: Namespace) -> int:
    """Print export lines: after them, plain `pulumi` and `kubectl` in that shell speak to the local stack."""
    environment, settings = engine.local(say=lambda _: None).ready()
    print("unset PULUMI_CONFIG_PASSPHRASE PULUMI_STACK")
    for name, value in {**environment, "DEVCLUSTER_SETTINGS": str(settings)}.items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def with_node(options: Namespace) -> int:
    """Run a command with the embedded node up, and leave the node as it was before, whatever happens; its exit code.

    Where the machine can't run a node the command runs all the same, with the reason in DEVCLUSTER_NO_NODE.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        cluster.choose()
    except NoCluster as reason:
        return command.foreground(options.arguments, environment={"DEVCLUSTER_NO_NODE": str(reason)})
    with borrowed_node(Progress()) as environment:
        return command.foreground(options.arguments, environment=environment)


@contextmanager
def borrowed_node(progress: Progress) -> Iterator[dict[str, str]]:
    """The embedded node with the images in it, afterwards as it was before, whatever happens.

    Gives the environment in which pulumi runs on it. Raises NoCluster where the machine can't run it or the local
    stack is up on another cluster.
    """
    chosen = cluster.choose()
    cluster.only(chosen)
    with _in_turn(progress):
        before, kept = node.running(), (paths.HOME / "etcd").exists()
        try:
            ground.lay(progress, chosen)
            progress.table()
            yield engine.Engine(chosen, engine.toolchain.pulumi()).environment() | {_BORROWED: str(os.getpid())}
        finally:
            if not before:
                node.stop(progress, keep_data=kept)
                if not kept:
                    forget(chosen)


_BORROWED = "DEVCLUSTER_NODE_BORROWED"
"""In the environment of whatever runs on a borrowed node: the process that borrowed it."""


@contextmanager
def _in_turn(progress: Progress) -> Iterator[None]:
    """One borrower at a time: the first one would stop the node under the second one's feet."""
    if os.environ.get(_BORROWED):
        yield
        return
    paths.CACHE.mkdir(parents=True, exist_ok=True)
    with (paths.CACHE / "node.lock").open("a+") as lock:
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
        yield
