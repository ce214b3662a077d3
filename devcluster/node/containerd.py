"""containerd of the node's own, with its folders, its socket and its network, beside any other on the machine."""

import json
from pathlib import Path

from devcluster import paths
from devcluster.command import CommandFailed, run
from devcluster.node import host, layout
from devcluster.node.components import write
from devcluster.node.process import Process

NETWORK = "pgapps"
LOADED = layout.CONTAINERD / "loaded.json"
"""Which archives are in the image store: path → size and time of change."""


def containerd() -> Process:
    """The container runtime. Raises OSError where its configuration can't be written."""
    network = layout.CONFIG / "cni"
    network.mkdir(parents=True, exist_ok=True)
    write("cni/10-pgapps.conflist", json.dumps(_network(), indent=1))
    file = write("containerd.toml", _configuration(network))
    program = host.program("containerd") or "containerd"
    return Process("containerd", [program, "--config", str(file), "--log-level", "warn"], {"GOGC": "50"}, [file])


def _network() -> dict[str, object]:
    bridge = {
        "type": "bridge",
        "bridge": layout.BRIDGE,
        "isGateway": True,
        "hairpinMode": True,
        # The node masquerades by one rule of its own for all pods (firewall.py), not by two for each.
        "ipMasq": False,
        "ipam": {
            "type": "host-local",
            "ranges": [[{"subnet": layout.POD_CIDR, "gateway": layout.NODE_ADDRESS}]],
            "routes": [{"dst": "0.0.0.0/0"}],
            "dataDir": str(layout.CNI_LEASES),
        },
    }
    portmap = {"type": "portmap", "capabilities": {"portMappings": True}, "snat": True}
    return {"cniVersion": "0.4.0", "name": NETWORK, "plugins": [bridge, portmap]}


def _snapshotter() -> str:
    """overlayfs, or plain copies where the folder itself lies on an overlay (inside a container) or there is none."""
    layout.CONTAINERD.mkdir(parents=True, exist_ok=True)
    on = run(["stat", "--file-system", "--format=%T", layout.CONTAINERD]).strip()
    known = "overlay" in Path("/proc/filesystems").read_text()
    return "overlayfs" if known and on != "overlayfs" else "native"


def _configuration(network: Path) -> str:
    folder = host.cni_folder() or host.CNI_FOLDERS[0]
    cri = 'plugins."io.containerd.grpc.v1.cri"'
    # runc can't set a negative OOM score without CAP_SYS_RESOURCE and dies with
    # "can't get final child's PID from pipe".
    restrict = "false" if host.can_lower_oom_score() else "true"
    return f"""version = 2
root = "{layout.CONTAINERD}"
state = "{layout.CONTAINERD_STATE}"
disabled_plugins = [
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs",
  "io.containerd.tracing.processor.v1.otlp",
  "io.containerd.internal.v1.opt",
]

[grpc]
  address = "{layout.CONTAINERD_SOCKET}"

[{cri}]
  sandbox_image = "{layout.PAUSE}"
  restrict_oom_score_adj = {restrict}
  netns_mounts_under_state_dir = true
  tolerate_missing_hugetlb_controller = true
  [{cri}.cni]
    bin_dir = "{folder}"
    conf_dir = "{network}"
  [{cri}.containerd]
    snapshotter = "{_snapshotter()}"
    default_runtime_name = "runc"
    [{cri}.containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [{cri}.containerd.runtimes.runc.options]
        SystemdCgroup = false
        Root = "{paths.RUN / "runc"}"
"""


def ctr(*words: str | Path, timeout: float = 300.0) -> str:
    """What `ctr` answers about the node's images and containers; `timeout` in seconds. Raises CommandFailed."""
    return run(["ctr", "--address", layout.CONTAINERD_SOCKET, "--namespace", "k8s.io", *words], timeout=timeout)


def answers() -> bool:
    """Whether containerd answers."""
    try:
        ctr("version", timeout=5)
    except CommandFailed:
        return False
    return True


def images() -> set[str]:
    """The references of the images in the store."""
    return set(ctr("images", "list", "--quiet").split())


def load(tar: Path, reference: str | None = None) -> bool:
    """Put the image archive `tar` into the store; False if that very archive is there already.

    With `reference`, an archive that was loaded before counts only while that image is in the store.
    Raises CommandFailed when containerd refuses it.
    """
    state = tar.stat()
    mark = [state.st_size, state.st_mtime_ns]
    loaded = json.loads(LOADED.read_text()) if LOADED.exists() else {}
    if loaded.get(str(tar)) == mark and (reference is None or reference in images()):
        return False
    ctr("images", "import", "--snapshotter", _snapshotter(), tar)
    loaded[str(tar)] = mark
    LOADED.write_text(json.dumps(loaded))
    return True
