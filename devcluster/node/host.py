"""What the node needs of the machine: programs and kernel settings. What it changes it can put back."""

import os
import shutil
import sys
from pathlib import Path

from devcluster.command import CommandFailed, run
from devcluster.node.layout import NodeFailed
from devcluster.toolchain import packages

# https://packages.debian.org/bookworm/<name>; the second is the program that shows that it is there.
PACKAGES = {
    "containerd": "containerd",
    "runc": "runc",
    "containernetworking-plugins": "bridge",
    "iptables": "iptables",
    "conntrack": "conntrack",
    "iproute2": "ip",
    "ethtool": "ethtool",
    "socat": "socat",
}
CNI_FOLDERS = (Path("/usr/lib/cni"), Path("/opt/cni/bin"), Path("/usr/libexec/cni"))
SEARCH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

CAP_SYS_RESOURCE = 24
"""linux/capability.h; without it no process may make itself less likely to be killed when memory runs out."""

RESOLV_CONFS = (Path("/etc/resolv.conf"), Path("/run/systemd/resolve/resolv.conf"))

AT_LEAST = {
    "net.ipv4.ip_forward": 1,
    "net.bridge.bridge-nf-call-iptables": 1,
    # A desktop's editors use up the default of 128; the kubelet and containerd watch files too.
    "fs.inotify.max_user_instances": 512,
    "fs.inotify.max_user_watches": 65536,
}
CHANGED_BY_KUBELET = (
    # pkg/kubelet/cm/container_manager_linux.go, setupKernelTunables
    "vm.overcommit_memory",
    "vm.panic_on_oom",
    "kernel.panic",
    "kernel.panic_on_oops",
    "kernel.keys.root_maxkeys",
    "kernel.keys.root_maxbytes",
)


def program(name: str) -> str | None:
    """The path of `name` where root's programs lie."""
    return shutil.which(name, path=SEARCH)


def cni_folder() -> Path | None:
    """The folder of the CNI plugins."""
    return next((folder for folder in CNI_FOLDERS if (folder / "bridge").exists()), None)


def missing_packages() -> list[str]:
    """The Debian packages whose program is not on this machine."""
    there = {"bridge": cni_folder() is not None}
    return [package for package, name in PACKAGES.items() if not there.get(name, program(name) is not None)]


def check() -> None:
    """Raise NodeFailed where no node can run: not Linux, not root, or another Kubernetes node on the same machine."""
    if sys.platform != "linux":
        raise NodeFailed("the embedded node needs Linux; here, name a cluster that you have (`make up CONTEXT=…`)")
    if os.geteuid() != 0:
        raise NodeFailed("the embedded node needs root: run `sudo make up`, or name a cluster that you have")
    if not Path("/proc/filesystems").read_text().count("cgroup"):
        raise NodeFailed("this kernel has no control groups, which containers need: use a kernel with CONFIG_CGROUPS")


def install_packages() -> list[str]:
    """Install what is missing by apt; the packages installed. Raises NodeFailed where there is no apt."""
    missing = missing_packages()
    if not missing:
        return []
    if program("apt-get") is None:
        names = ", ".join(f"{PACKAGES[package]} ({package})" for package in missing)
        raise NodeFailed(f"not on this machine: {names}; install them with its package manager")
    try:
        packages.install(missing)
    except CommandFailed as error:
        raise NodeFailed(f"the packages {', '.join(missing)} can't be installed: {error}") from error
    return missing


def _sysctl(name: str) -> Path:
    return Path("/proc/sys") / name.replace(".", "/")


def read_sysctls() -> dict[str, str]:
    """The values of all that the node or its kubelet changes."""
    names = (*AT_LEAST, *CHANGED_BY_KUBELET)
    return {name: _sysctl(name).read_text().strip() for name in names if _sysctl(name).exists()}


def write_sysctls(values: dict[str, str]) -> None:
    """Set each of `values` that differs."""
    for name, value in values.items():
        if _sysctl(name).exists() and _sysctl(name).read_text().strip() != value:
            _sysctl(name).write_text(value)


def prepare_kernel() -> None:
    """Load the modules and set the sysctls that pods need. Raises NodeFailed for one that can't be set."""
    modprobe = program("modprobe")
    for module, shown_by in (("overlay", "/sys/module/overlay"), ("br_netfilter", "/proc/sys/net/bridge")):
        if modprobe and not Path(shown_by).exists():
            with_module = [modprobe, "-q", module]
            try:
                run(with_module)
            except CommandFailed:
                continue  # it may be built in; what really lacks shows below
    for name, least in AT_LEAST.items():
        if not _sysctl(name).exists():
            raise NodeFailed(f"the kernel has no {name}: load its module (`modprobe br_netfilter`), then start again")
        if int(_sysctl(name).read_text()) < least:
            _sysctl(name).write_text(str(least))


def can_lower_oom_score() -> bool:
    """Whether this process has CAP_SYS_RESOURCE."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("CapEff"))
    return bool(int(line.split()[1], 16) >> CAP_SYS_RESOURCE & 1)


def resolv_conf() -> str:
    """The machine's name servers for the pods, without its search domains and without those only it can reach."""
    servers: list[str] = []
    for file in RESOLV_CONFS:
        lines = file.read_text(errors="replace").splitlines() if file.exists() else []
        named = [line.split()[1] for line in lines if line.startswith("nameserver ") and len(line.split()) > 1]
        servers += [one for one in named if not one.startswith(("127.", "::1", "fe80")) and one not in servers]
    return "".join(f"nameserver {one}\n" for one in servers[:3])
