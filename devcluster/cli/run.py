"""`pulumi`, `operations`, `env` and `with-node`: other programs in the local stack's environment."""

import os
import shlex
import signal
import sys
from argparse import Namespace
from pathlib import Path

from devcluster import cluster, command, engine, paths
from devcluster.cli.borrowing import borrowed_node
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
