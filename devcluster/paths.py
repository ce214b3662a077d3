"""Where the embedded node and its tools live on this machine.

CACHE holds what can be made again and is slow to make: tools and images. It survives `make down`.
HOME holds the node: its keys, its etcd, its volumes, the local stack's Pulumi state. Without root there is no node,
only that state (for a cluster that the user named), and it lies with the user's own files.
RUN holds sockets and process ids; a reboot empties it.
"""

import os
from pathlib import Path


def _from_environment(variable: str, default: Path) -> Path:
    return Path(os.environ.get(variable) or default)


CACHE = _from_environment(
    "DEVCLUSTER_CACHE", _from_environment("XDG_CACHE_HOME", Path.home() / ".cache") / "postgres-apps"
)
HOME = _from_environment(
    "DEVCLUSTER_HOME",
    Path("/var/lib/postgres-apps") if os.geteuid() == 0 else Path.home() / ".local" / "state" / "postgres-apps",
)
RUN = _from_environment("DEVCLUSTER_RUN", Path("/run/postgres-apps"))

BIN = CACHE / "bin"
IMAGES = CACHE / "images"
LOGS = HOME / "logs"
PULUMI = HOME / "pulumi"
KUBECONFIG = HOME / "kubeconfig"

CONTEXT = "devcluster"
"""The name of the kubeconfig context that points at the embedded node; `Pulumi.local.yaml` names it."""

CHECKOUT = Path(__file__).resolve().parent.parent
SETTINGS = CHECKOUT / "Pulumi.local.yaml"
"""The local stack's committed settings."""
