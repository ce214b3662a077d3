"""The machine made ready for the node, and a record of how it was, so that `stop` can put it back."""

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devcluster import paths
from devcluster.node import bridge, firewall, host, layout
from devcluster.node.layout import NodeFailed
from devcluster.node.process import boot
from devcluster.progress import Step

FOREIGN_FOLDERS = ("/var/lib/kubelet", "/var/log/containers", "/var/lib/cni", "/run/containerd")
"""Made by the kubelet, containerd's shims and the CNI plugins, whose paths can't be set."""


@contextmanager
def only_one() -> Iterator[None]:
    """One process at a time starts or stops the node; another waits for it."""
    paths.RUN.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (paths.RUN / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def prepare(step: Step) -> None:
    """Folders, kernel settings, bridge and rules. Raises NodeFailed for a setting that the kernel lacks."""
    step.waiting_for("the kernel's settings, the bridge and the firewall's rules")
    paths.HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder in (layout.CONFIG, layout.VOLUMES, layout.POD_LOGS):
        folder.mkdir(parents=True, exist_ok=True)
    host.prepare_kernel()
    bridge.make()
    firewall.ensure()


def check() -> None:
    """Keep a record of the machine as it is. Raises NodeFailed where another node or network is in the way."""
    bridge.check()
    _remember()


def _remember() -> None:
    """Keep how the machine was before the node changed it, once for each boot. Raises NodeFailed for another node."""
    if before_start():
        return
    if not bridge.exists():  # what is left then is of an earlier boot, where RUN is no tmpfs
        for left in (layout.CONTAINERD_STATE, layout.CNI_LEASES):
            shutil.rmtree(left, ignore_errors=True)
    rules = firewall.rules()
    kubernetes = {table: firewall.of_node(lines) for table, lines in rules.items()}
    ours = f":{firewall.MARK}" in rules.get("iptables filter", ())
    if ours:  # the record is lost: what is Kubernetes' is the node's own
        rules = {table: [line for line in lines if line not in kubernetes[table]] for table, lines in rules.items()}
    elif any(kubernetes.values()):
        raise NodeFailed(
            "another Kubernetes node runs on this machine (iptables has KUBE- chains), and two would mix their rules: "
            "use it by `make up CONTEXT=…` (`kubectl config get-contexts`), or uninstall it first"
        )
    folders = [folder for folder in FOREIGN_FOLDERS if Path(folder).exists() and not ours]
    before = {"boot": boot(), "sysctls": host.read_sysctls(), "rules": rules, "folders": folders}
    layout.HOST_BEFORE.write_text(json.dumps(before, indent=1))


def before_start() -> dict:
    """What _remember kept in this boot; empty where it kept nothing."""
    try:
        before = json.loads(layout.HOST_BEFORE.read_text())
    except (OSError, ValueError):
        return {}
    return before if before.get("boot") == boot() else {}
