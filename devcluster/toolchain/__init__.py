"""The tools that the local stack runs on, each found or made in this order:

1. what is on PATH in a suitable version;
2. what an earlier run put into the cache, still of the version and source wanted;
3. the official download, its published checksum verified;
4. a build of the Go module that `devcluster/build/` pins.

`DEVCLUSTER_DOWNLOADS=off` skips the third. A second call costs milliseconds.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from devcluster.build import versions
from devcluster.toolchain import install, releases
from devcluster.toolchain.on_path import Suitable, find

KUBERNETES_PROGRAMS = (
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kubelet",
    "kube-proxy",
    "kubectl",
)

Say = Callable[[str], None]
"""Takes what is being waited for, in words; `Step.waiting_for` is one."""


def _silent(_: str) -> None:
    pass


@dataclass(frozen=True)
class Kubernetes:
    """The programs of a Kubernetes node and etcd: one binary that takes the component's name first, or one for each."""

    directory: Path
    version: str
    origin: str

    def command(self, component: str) -> list[str]:
        """The words that start `component` ("kubelet", "kubectl", "etcd", …); the caller adds its flags."""
        separate = self.directory / component
        return [str(separate)] if separate.exists() else [str(self.directory / "kube"), component]


def kubernetes(say: Say = _silent) -> Kubernetes:
    """The node's programs and etcd. Raises install.NoTool with what to do when none can be had."""
    minor = ".".join(versions.KUBERNETES.lstrip("v").split(".")[:2])
    wanted = [Suitable(name, ("--version",), at_least=minor, same_minor=True) for name in KUBERNETES_PROGRAMS]
    wanted[-1] = Suitable("kubectl", ("version", "--client"), at_least=minor, same_minor=True)
    wanted.append(Suitable("etcd", ("--version",), at_least="3.5", below="4"))
    found = [find(one) for one in wanted]
    directories = {one.parent for one in found if one is not None}
    if None not in found and len(directories) == 1:
        return Kubernetes(directories.pop(), versions.KUBERNETES, "on PATH")
    done = install.install(versions.KUBERNETES_BUILD, releases.kubernetes(), say)
    return Kubernetes(done.binary.parent, done.version, done.origin)


def coredns(say: Say = _silent) -> Path:
    """The CoreDNS binary. Raises install.NoTool with what to do when none can be had."""
    on_path = find(Suitable("coredns", ("-version",), at_least="1.11", below="2"))
    return on_path or install.install(versions.COREDNS_BUILD, releases.coredns(), say).binary


def pulumi(say: Say = _silent) -> Path:
    """The Pulumi CLI. Raises install.NoTool with what to do when none can be had."""
    on_path = find(Suitable("pulumi", ("version",), at_least=versions.PULUMI.lstrip("v"), below="4"))
    return on_path or install.install(versions.PULUMI_BUILD, releases.pulumi(), say).binary


def kubectl(say: Say = _silent) -> list[str]:
    """The words that start a kubectl for a cluster of the user's own: theirs, else the node's."""
    own = shutil.which("kubectl")
    return [own] if own else kubernetes(say).command("kubectl")
