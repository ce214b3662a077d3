"""A single real Kubernetes node on this machine: Linux, root, one bridge, nothing that other machines reach.

`start` makes it so, or repairs only what is missing; `stop` takes all of it away; `status` says in words how it is.
"""

from pathlib import Path

from devcluster.node import containerd
from devcluster.node.down import stop
from devcluster.node.layout import NodeFailed
from devcluster.node.report import NodeStatus, status
from devcluster.node.up import running, start

__all__ = ["NodeFailed", "NodeStatus", "load_image", "running", "start", "status", "stop"]


def load_image(tar: Path, reference: str | None = None) -> bool:
    """Put the image archive `tar` into the running node; False where that very archive is there already.

    With `reference`, it is loaded again where the node has no image of that name. Raises CommandFailed.
    """
    return containerd.load(tar, reference)
