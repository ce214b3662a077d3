"""The node's own certificate authority, a certificate for each client and server, and the kubeconfigs.

CA with critical keyUsage, leaves with subject and authority key identifiers: Python 3.13 verifies with
VERIFY_X509_STRICT and refuses a chain that lacks them.
"""

import base64
import datetime
import ipaddress
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from devcluster import paths
from devcluster.node.layout import API_SERVER, API_SERVICE, CONFIG, DOMAIN, NODE, NODE_ADDRESS, PKI

CA = PKI / "ca.crt"
CA_KEY = PKI / "ca.key"
SERVICE_ACCOUNTS_KEY = PKI / "service-accounts.key"
SERVICE_ACCOUNTS = PKI / "service-accounts.pub"
VALID = datetime.timedelta(days=3650)


@dataclass(frozen=True)
class Leaf:
    """A certificate: the common name and the groups that Kubernetes reads, and the names a server is called by."""

    file: str
    name: str
    groups: Sequence[str] = ()
    called: Sequence[str] = ()

    @property
    def certificate(self) -> Path:
        """Where the certificate lies."""
        return PKI / f"{self.file}.crt"

    @property
    def key(self) -> Path:
        """Where its private key lies, mode 0600."""
        return PKI / f"{self.file}.key"


# Names and groups: https://kubernetes.io/docs/setup/best-practices/certificates/
_KUBERNETES = ("kubernetes", "kubernetes.default", "kubernetes.default.svc", f"kubernetes.default.svc.{DOMAIN}")
API = Leaf("kube-apiserver", "kube-apiserver", called=(*_KUBERNETES, API_SERVICE, NODE_ADDRESS))
API_TO_KUBELET = Leaf("kube-apiserver-kubelet-client", "kube-apiserver-kubelet-client", ("system:masters",))
KUBELET_SERVER = Leaf("kubelet-server", f"system:node:{NODE}", ("system:nodes",), (NODE, NODE_ADDRESS))
KUBELET_CLIENT = Leaf("kubelet", f"system:node:{NODE}", ("system:nodes",))
CONTROLLER_MANAGER = Leaf("kube-controller-manager", "system:kube-controller-manager")
SCHEDULER = Leaf("kube-scheduler", "system:kube-scheduler")
PROXY = Leaf("kube-proxy", "system:kube-proxy")
PROVISIONER = Leaf("local-path-provisioner", "devcluster:local-path-provisioner")
ADMIN = Leaf("admin", "devcluster-admin", ("system:masters",))
LEAVES = (
    API,
    API_TO_KUBELET,
    KUBELET_SERVER,
    KUBELET_CLIENT,
    CONTROLLER_MANAGER,
    SCHEDULER,
    PROXY,
    PROVISIONER,
    ADMIN,
)


def kubeconfig(leaf: Leaf) -> Path:
    """Where the kubeconfig of `leaf` lies."""
    return paths.KUBECONFIG if leaf is ADMIN else CONFIG / f"{leaf.file}.kubeconfig"


def ensure() -> None:
    """Make what is missing of keys, certificates and kubeconfigs; what is there stays as it is."""
    PKI.mkdir(parents=True, exist_ok=True)
    PKI.chmod(0o700)
    missing = [leaf for leaf in LEAVES if not (leaf.certificate.exists() and leaf.key.exists())]
    if missing or not (CA.exists() and CA_KEY.exists() and SERVICE_ACCOUNTS.exists()):
        _make(missing)
    for leaf in (KUBELET_CLIENT, CONTROLLER_MANAGER, SCHEDULER, PROXY, PROVISIONER, ADMIN):
        _write_kubeconfig(leaf)


def _make(missing: Sequence[Leaf]) -> None:
    # It costs a tenth of a second to import, and every start but the first does without.
    from devcluster.node import certificate  # noqa: PLC0415

    if not (CA.exists() and CA_KEY.exists()):
        missing = LEAVES
        key = certificate.elliptic()
        _write(CA_KEY, certificate.pem(key))
        _write(CA, certificate.authority(key, VALID), mode=0o644)
    if not SERVICE_ACCOUNTS.exists():
        key = certificate.elliptic()
        _write(SERVICE_ACCOUNTS_KEY, certificate.pem(key))
        _write(SERVICE_ACCOUNTS, certificate.public_pem(key))
    for leaf in missing:
        key = certificate.elliptic()
        addresses = [name for name in leaf.called if _is_address(name)]
        names = [name for name in leaf.called if not _is_address(name)]
        signed = certificate.signed(key, leaf.name, leaf.groups, names, addresses, CA, CA_KEY, VALID)
        _write(leaf.key, certificate.pem(key))
        _write(leaf.certificate, signed, mode=0o644)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _write_kubeconfig(leaf: Leaf) -> None:
    """JSON is YAML; the certificates are embedded, so that a copy of the file works wherever the node is reached."""

    def data(file: Path) -> str:
        return base64.b64encode(file.read_bytes()).decode()

    user = {"client-certificate-data": data(leaf.certificate), "client-key-data": data(leaf.key)}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": paths.CONTEXT, "cluster": {"server": API_SERVER, "certificate-authority-data": data(CA)}}
        ],
        "users": [{"name": leaf.name, "user": user}],
        "contexts": [{"name": paths.CONTEXT, "context": {"cluster": paths.CONTEXT, "user": leaf.name}}],
        "current-context": paths.CONTEXT,
    }
    _write(kubeconfig(leaf), json.dumps(config, indent=1).encode())


def _write(file: Path, content: bytes, mode: int = 0o600) -> None:
    if file.exists() and file.read_bytes() == content:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as opened:
        opened.write(content)
