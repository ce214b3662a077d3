"""The addresses of the embedded node, and where each part of it keeps its files."""

from devcluster import paths

NODE = "devcluster"
"""The node's name in Kubernetes: not the machine's, which may change or be one that Kubernetes refuses."""

BRIDGE = "pgapps0"
BRIDGE_MAC = "0a:58:0a:f4:00:01"
POD_CIDR = "10.244.0.0/24"
NODE_ADDRESS = "10.244.0.1"
"""The bridge's address: the node's, the API server's and the kubelet's. Pods reach it, other machines do not."""

SERVICE_CIDR = "10.96.0.0/16"
API_SERVICE = "10.96.0.1"
"""The first address of SERVICE_CIDR, which Kubernetes gives to the Service `kubernetes`."""
DNS_SERVICE = "10.96.0.10"
DOMAIN = "cluster.local"
API_PORT = 6443
API_SERVER = f"https://{NODE_ADDRESS}:{API_PORT}"

PAUSE = "localhost/pause:3.10"
COREDNS = "localhost/coredns:1"

PKI = paths.HOME / "pki"
CONFIG = paths.HOME / "config"
ETCD = paths.HOME / "etcd"
CONTAINERD = paths.HOME / "containerd"
KUBELET = paths.HOME / "kubelet"
VOLUMES = paths.HOME / "volumes"
POD_LOGS = paths.LOGS / "pods"
KEPT = (PKI, ETCD, CONTAINERD, VOLUMES)
"""What stays when the data is kept: the same keys, objects, images and volumes at the next start."""

ETCD_SOCKET = paths.RUN / "etcd.sock"
CONTAINERD_SOCKET = paths.RUN / "containerd.sock"
CONTAINERD_STATE = paths.RUN / "containerd"
CNI_LEASES = paths.RUN / "cni"
PIDS = paths.RUN / "pids"
HOST_BEFORE = paths.RUN / "host-before.json"
"""Sysctls and iptables chains as they were before the node changed any."""


class NodeFailed(Exception):
    """The node can't start, run or stop. The text says what was found, where, and what to do."""
