"""etcd, the API server, the controller manager and the scheduler: the command of each.

Every address is the bridge's, 127.0.0.1 or a socket, so no other machine reaches any of them.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from devcluster.node import layout, pki
from devcluster.node.process import Process

Command = Callable[[str], Sequence[str]]
"""From a component's name to the words that start it."""

LEAN = {"GOGC": "50"}
"""Go collects garbage at 1.5 times the live heap instead of at twice."""


def flags(**values: object) -> list[str]:
    """`values` as command line flags: data_dir=x becomes --data-dir=x."""
    return [f"--{name.replace('_', '-')}={value}" for name, value in values.items()]


def write(name: str, content: str) -> Path:
    """Write `content` to CONFIG/`name` unless it is there already; its path."""
    file = layout.CONFIG / name
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists() or file.read_text() != content:
        file.write_text(content)
    return file


def etcd(command: Command) -> Process:
    """etcd on a socket that only root reaches. Its peer address is needed in form only: there is one member."""
    peer = "http://127.0.0.1:2380"
    arguments = flags(
        name=layout.NODE,
        data_dir=layout.ETCD,
        listen_client_urls=f"unix://{layout.ETCD_SOCKET}",
        advertise_client_urls="http://127.0.0.1:2379",
        listen_peer_urls=f"unix://{layout.ETCD_SOCKET}.peer",
        initial_advertise_peer_urls=peer,
        initial_cluster=f"{layout.NODE}={peer}",
        auto_compaction_mode="periodic",
        auto_compaction_retention="10m",
        quota_backend_bytes=2 * 1024**3,
        snapshot_count=5000,
        log_level="warn",
    )
    return Process("etcd", [*command("etcd"), *arguments], LEAN)


def api_server(command: Command) -> Process:
    """The API server. RBAC and the Node authorizer, admission as by default: Pod Security included."""
    arguments = flags(
        etcd_servers=f"unix://{layout.ETCD_SOCKET}",
        bind_address=layout.NODE_ADDRESS,
        advertise_address=layout.NODE_ADDRESS,
        secure_port=layout.API_PORT,
        service_cluster_ip_range=layout.SERVICE_CIDR,
        client_ca_file=pki.CA,
        tls_cert_file=pki.API.certificate,
        tls_private_key_file=pki.API.key,
        kubelet_certificate_authority=pki.CA,
        kubelet_client_certificate=pki.API_TO_KUBELET.certificate,
        kubelet_client_key=pki.API_TO_KUBELET.key,
        kubelet_preferred_address_types="InternalIP",
        service_account_issuer=f"https://kubernetes.default.svc.{layout.DOMAIN}",
        service_account_key_file=pki.SERVICE_ACCOUNTS,
        service_account_signing_key_file=pki.SERVICE_ACCOUNTS_KEY,
        authorization_mode="Node,RBAC",
        enable_admission_plugins="NodeRestriction",
        anonymous_auth="false",
        profiling="false",
    )
    return Process("kube-apiserver", [*command("kube-apiserver"), *arguments], LEAN)


def controller_manager(command: Command) -> Process:
    """The controller manager, without the controllers that need a cloud, metrics or bootstrap tokens.

    Claims are grown by the provisioner, which knows that a directory needs nothing done; the expander would only
    report that somebody else has to.
    """
    off = ("persistentvolume-expander-controller", "node-ipam-controller", "horizontal-pod-autoscaler-controller")
    arguments = flags(
        kubeconfig=pki.kubeconfig(pki.CONTROLLER_MANAGER),
        bind_address="127.0.0.1",
        leader_elect="false",
        use_service_account_credentials="true",
        service_account_private_key_file=pki.SERVICE_ACCOUNTS_KEY,
        root_ca_file=pki.CA,
        cluster_signing_cert_file=pki.CA,
        cluster_signing_key_file=pki.CA_KEY,
        cluster_cidr=layout.POD_CIDR,
        allocate_node_cidrs="false",
        # By default it spends 2 s of a first start waiting for its own limit on requests.
        kube_api_qps=200,
        kube_api_burst=400,
        controllers=",".join(("*", *(f"-{name}" for name in off))),
        profiling="false",
    )
    return Process("kube-controller-manager", [*command("kube-controller-manager"), *arguments], LEAN)


def scheduler(command: Command) -> Process:
    """The scheduler, alone and therefore without a lease."""
    arguments = flags(
        kubeconfig=pki.kubeconfig(pki.SCHEDULER), bind_address="127.0.0.1", leader_elect="false", profiling="false"
    )
    return Process("kube-scheduler", [*command("kube-scheduler"), *arguments], LEAN)
