"""The official downloads: where each lies, where its checksum is published, and which files of it are wanted."""

import platform
from dataclasses import dataclass

from devcluster.build import versions


@dataclass(frozen=True)
class Release:
    """A gzipped tar at `archive`; `checksums` is a file of lines `<hex> <name>` or of one hex alone.

    `members` is a regular expression for a whole path in the archive; its one group is the binary's name.
    """

    archive: str
    checksums: str
    members: str


def architecture() -> str:
    """This machine's architecture as Go names it, which the release files follow."""
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


def pulumi() -> list[Release]:
    """The CLI with its Python language host; the checksums' name has no `v`, the archive's has."""
    machine = {"amd64": "x64"}.get(architecture(), architecture())
    base = "https://get.pulumi.com/releases/sdk"
    return [
        Release(
            archive=f"{base}/pulumi-{versions.PULUMI}-linux-{machine}.tar.gz",
            checksums=f"{base}/pulumi-{versions.PULUMI.lstrip('v')}-checksums.txt",
            members=r"pulumi/(pulumi|pulumi-(?:language-python|analyzer-policy-python|python)[a-z0-9-]*)",
        )
    ]


def kubernetes() -> list[Release]:
    """The server binaries and, from its own project, etcd."""
    server = f"https://dl.k8s.io/{versions.KUBERNETES}/kubernetes-server-linux-{architecture()}.tar.gz"
    etcd = f"https://github.com/etcd-io/etcd/releases/download/{versions.ETCD}"
    programs = "kube-apiserver|kube-controller-manager|kube-scheduler|kubelet|kube-proxy|kubectl"
    return [
        Release(archive=server, checksums=f"{server}.sha512", members=rf"kubernetes/server/bin/({programs})"),
        Release(
            archive=f"{etcd}/etcd-{versions.ETCD}-linux-{architecture()}.tar.gz",
            checksums=f"{etcd}/SHA256SUMS",
            members=rf"etcd-{versions.ETCD}-linux-[a-z0-9]+/(etcd)",
        ),
    ]


def coredns() -> list[Release]:
    """One binary."""
    plain = versions.COREDNS.lstrip("v")
    archive = (
        f"https://github.com/coredns/coredns/releases/download/{versions.COREDNS}"
        f"/coredns_{plain}_linux_{architecture()}.tgz"
    )
    return [Release(archive=archive, checksums=f"{archive}.sha256", members=r"(?:\./)?(coredns)")]
