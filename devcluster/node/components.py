"""The components of the node: the command of each, the files that configure it, and what keeps it small.

Memory: GOGC makes a component collect at 1.5 times its live heap instead of twice (measured in docs of the node).
Every address is the bridge's or 127.0.0.1, so no other machine reaches any of them.
"""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from devcluster import paths
from devcluster.node import layout, pki
from devcluster.node.host import can_lower_oom_score, resolv_conf
from devcluster.node.process import Process

Command = Callable[[str], Sequence[str]]
"""From a component's name to the words that start it."""

LEAN = {"GOGC": "50"}


def _flags(**values: object) -> list[str]:
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
    flags = _flags(
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
    return Process("etcd", [*command("etcd"), *flags], LEAN)


def api_server(command: Command) -> Process:
    """The API server. RBAC and the Node authorizer, admission as by default: Pod Security included."""
    flags = _flags(
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
    return Process("kube-apiserver", [*command("kube-apiserver"), *flags], LEAN)


def controller_manager(command: Command) -> Process:
    """The controller manager, without the controllers that need a cloud, metrics or bootstrap tokens.

    Claims are grown by the provisioner, which knows that a directory needs nothing done; the expander would only
    report that somebody else has to.
    """
    off = ("persistentvolume-expander-controller", "node-ipam-controller", "horizontal-pod-autoscaler-controller")
    flags = _flags(
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
        controllers=",".join(("*", *(f"-{name}" for name in off))),
        profiling="false",
    )
    return Process("kube-controller-manager", [*command("kube-controller-manager"), *flags], LEAN)


def scheduler(command: Command) -> Process:
    """The scheduler, alone and therefore without a lease."""
    flags = _flags(
        kubeconfig=pki.kubeconfig(pki.SCHEDULER), bind_address="127.0.0.1", leader_elect="false", profiling="false"
    )
    return Process("kube-scheduler", [*command("kube-scheduler"), *flags], LEAN)


def kubelet(command: Command) -> Process:
    """The kubelet. Images are never collected and a full disk evicts nobody: the images can't be pulled again."""
    config = {
        "kind": "KubeletConfiguration",
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "address": layout.NODE_ADDRESS,
        "healthzBindAddress": "127.0.0.1",
        "readOnlyPort": 0,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(pki.CA)},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": str(pki.KUBELET_SERVER.certificate),
        "tlsPrivateKeyFile": str(pki.KUBELET_SERVER.key),
        "containerRuntimeEndpoint": f"unix://{layout.CONTAINERD_SOCKET}",
        "cgroupDriver": "cgroupfs",
        "failCgroupV1": False,
        "failSwapOn": False,
        "enforceNodeAllocatable": [],
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
        "evictionHard": {"memory.available": "100Mi", **dict.fromkeys(_DISK_SIGNALS, "0%")},
        "makeIPTablesUtilChains": False,
        "oomScoreAdj": -999 if can_lower_oom_score() else 0,
        "podLogsDir": str(layout.POD_LOGS),
        "volumePluginDir": str(layout.KUBELET / "volume-plugins"),
        "resolvConf": str(write("resolv.conf", resolv_conf())),
        "clusterDNS": [layout.DNS_SERVICE],
        "clusterDomain": layout.DOMAIN,
        "serializeImagePulls": False,
    }
    file = write("kubelet.json", json.dumps(config, indent=1))
    flags = _flags(
        config=file,
        kubeconfig=pki.kubeconfig(pki.KUBELET_CLIENT),
        root_dir=layout.KUBELET,
        hostname_override=layout.NODE,
        node_ip=layout.NODE_ADDRESS,
    )
    return Process("kubelet", [*command("kubelet"), *flags], LEAN, [file])


_DISK_SIGNALS = ("nodefs.available", "nodefs.inodesFree", "imagefs.available", "imagefs.inodesFree")


def proxy(command: Command) -> Process:
    """kube-proxy by iptables. It leaves the connection tracking table of the machine as large as it is."""
    config = {
        "kind": "KubeProxyConfiguration",
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "mode": "iptables",
        "clientConnection": {"kubeconfig": str(pki.kubeconfig(pki.PROXY))},
        "hostnameOverride": layout.NODE,
        "clusterCIDR": layout.POD_CIDR,
        "bindAddress": layout.NODE_ADDRESS,
        "healthzBindAddress": "127.0.0.1:10256",
        "metricsBindAddress": "127.0.0.1:10249",
        "nodePortAddresses": ["primary"],
        "iptables": {"localhostNodePorts": False, "minSyncPeriod": "0.2s"},
        "conntrack": {"maxPerCore": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
        "oomScoreAdj": -999 if can_lower_oom_score() else 0,
    }
    file = write("kube-proxy.json", json.dumps(config, indent=1))
    return Process("kube-proxy", [*command("kube-proxy"), f"--config={file}"], LEAN, [file])


def provisioner() -> Process:
    """Our own loop behind the class `local-path`."""
    words = [sys.executable, "-m", "devcluster.node.provisioner"]
    return Process("local-path-provisioner", words, {"PYTHONPATH": str(paths.CHECKOUT), **_places()})


def _places() -> dict[str, str]:
    return {
        "DEVCLUSTER_HOME": str(paths.HOME),
        "DEVCLUSTER_RUN": str(paths.RUN),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
    }
