"""How the node is, in words."""

from dataclasses import dataclass, field

from devcluster.node import layout, pki
from devcluster.node.api import Api, ApiFailed, Object
from devcluster.node.pods import shims
from devcluster.node.process import memory, recorded
from devcluster.node.up import node_not_ready

NAMES = (
    "etcd",
    "containerd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kubelet",
    "kube-proxy",
    "local-path-provisioner",
)


@dataclass(frozen=True)
class NodeStatus:
    """Each process with its memory in bytes (None: it does not run), and what is not as it should be."""

    memory: dict[str, int | None]
    containers: int
    """Memory of the pods' shims in bytes; what runs in the pods is theirs, not the node's."""
    node: str
    """Nothing where the node is Ready, else why not."""
    pods: list[str] = field(default_factory=list)
    """A sentence for each pod that is not ready."""

    @property
    def runs(self) -> bool:
        """Whether any process of the node runs."""
        return any(size is not None for size in self.memory.values())

    @property
    def healthy(self) -> bool:
        """Whether everything runs and the node is Ready."""
        return not self.node and None not in self.memory.values()

    @property
    def bytes(self) -> int:
        """The node's memory: the sum of the proportional set sizes of its processes and shims."""
        return sum(size or 0 for size in self.memory.values()) + self.containers

    def words(self) -> list[str]:
        """Lines for a person."""
        if not self.runs:
            return ["The node is not running: `make up` starts it."]
        lines = [
            f"{name:24} {size / 2**20:6.0f} MiB" if size is not None else f"{name:24} does not run: `make up` starts it"
            for name, size in self.memory.items()
        ]
        lines.append(f"{'containers of pods':24} {self.containers / 2**20:6.0f} MiB (their shims)")
        lines.append(f"The node takes {self.bytes / 2**20:.0f} MiB of memory.")
        lines.append("The node is Ready." if not self.node else f"The node is not Ready; it waits for {self.node}.")
        return lines + (self.pods or (["All pods are ready."] if not self.node else []))


def status() -> NodeStatus:
    """Look at the node. Raises nothing: what can't be seen is said."""
    pids = {name: recorded(layout.PIDS / f"{name}.json") for name in NAMES}
    sizes = {name: None if pid is None else memory(pid) for name, pid in pids.items()}
    of_shims = sum(memory(pid) for pid in shims())
    if pids["kube-apiserver"] is None or not pki.ADMIN.key.exists():
        return NodeStatus(sizes, of_shims, "the API server, which does not run")
    api = Api(timeout=3)
    try:
        return NodeStatus(sizes, of_shims, node_not_ready(api), [*_not_ready(api.items("/api/v1/pods"))])
    except ApiFailed as error:
        return NodeStatus(sizes, of_shims, str(error))


def _not_ready(pods: list[Object]) -> list[str]:
    return [sentence for pod in pods if (sentence := pod_not_ready(pod))]


def pod_not_ready(pod: Object) -> str:
    """Why `pod` is not ready, in one sentence; nothing where it is, or where it ended well."""
    name = f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
    state = pod.get("status", {})
    if state.get("phase") == "Succeeded":
        return ""
    conditions = {one["type"]: one for one in state.get("conditions", [])}
    if conditions.get("Ready", {}).get("status") == "True":
        return ""
    for one in [*state.get("initContainerStatuses", []), *state.get("containerStatuses", [])]:
        waits, ended = one["state"].get("waiting"), one["state"].get("terminated")
        if waits and waits.get("reason") not in ("PodInitializing", "ContainerCreating"):
            return f"Pod {name}: container {one['name']} waits: {waits['reason']} {waits.get('message', '')}".rstrip()
        if ended and ended["exitCode"] != 0:
            return f"Pod {name}: container {one['name']} ended with {ended['exitCode']} ({ended.get('reason', '')})"
    blamed = conditions.get("PodScheduled", {})
    if blamed.get("status") != "True" and blamed:
        return f"Pod {name} is not scheduled: {blamed.get('message', blamed.get('reason', ''))}"
    missing = conditions.get("Ready", {}).get("message") or state.get("message") or "it has not started yet"
    return f"Pod {name} is {state.get('phase', 'Unknown')}: {missing}"
