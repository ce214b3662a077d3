"""The kubelet, kube-proxy and the provisioner: what carries the control plane's wishes out on this machine."""

import json
import sys
from pathlib import Path

from devcluster import paths
from devcluster.node import layout, pki
from devcluster.node.components import LEAN, Command, flags, write
from devcluster.node.host import can_lower_oom_score, resolv_conf
from devcluster.node.process import Process

_HERE = Path(__file__).resolve().parent

_DISK_SIGNALS = ("nodefs.available", "nodefs.inodesFree", "imagefs.available", "imagefs.inodesFree")


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
    arguments = flags(
        config=file,
        kubeconfig=pki.kubeconfig(pki.KUBELET_CLIENT),
        root_dir=layout.KUBELET,
        hostname_override=layout.NODE,
        node_ip=layout.NODE_ADDRESS,
    )
    return Process("kubelet", [*command("kubelet"), *arguments], LEAN, [file])


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
    code = [_HERE / name for name in ("provisioner.py", "claim.py", "api.py")]
    return Process("local-path-provisioner", words, {"PYTHONPATH": str(paths.CHECKOUT), **_places()}, code)


def _places() -> dict[str, str]:
    return {
        "DEVCLUSTER_HOME": str(paths.HOME),
        "DEVCLUSTER_RUN": str(paths.RUN),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
    }
