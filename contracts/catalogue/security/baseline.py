"""X02, X03: what a pod asks of its node. Everything that the baseline Pod Security Standard forbids.

Source: kubernetes.io/docs/concepts/security/pod-security-standards, version 1.34 and later.
"""

from collections.abc import Iterator

from contracts.catalogue.security.level import because, bodies, context, level
from contracts.catalogue.security.restricted import BASELINE_CAPABILITIES
from contracts.container import requests
from contracts.index import Index
from contracts.objects import Plain, at, items, mapping, mappings, text
from contracts.violation import Violation
from contracts.workload import Workload

_SYSCTLS = frozenset(
    "kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.ip_unprivileged_port_start net.ipv4.tcp_syncookies "
    "net.ipv4.ping_group_range net.ipv4.ip_local_reserved_ports net.ipv4.tcp_keepalive_time net.ipv4.tcp_fin_timeout "
    "net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes net.ipv4.tcp_rmem net.ipv4.tcp_wmem".split()
)
_SELINUX = frozenset({"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"})
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"

Asked = tuple[str, str, str]
"""(path in the object, what is found, what it means)."""


def node(index: Index) -> Iterator[Violation]:
    """X02. One finding per field, since each is a reason of its own; all of a workload under one cause."""
    for workload in index.workloads:
        if level(index, workload) == "privileged":
            continue
        for where, found, meaning in _asked(workload):
            yield Violation(
                "X02",
                workload.ref,
                where,
                found=found,
                expected="not set, by the baseline Pod Security Standard",
                because=because(index, workload, meaning),
                fix="take it out; a node agent that needs it belongs into a namespace that enforces privileged",
                cause=f"{workload.ref} reaches for its node",
            )


def _asked(workload: Workload) -> Iterator[Asked]:
    pod, where = workload.pod, workload.where
    for field, meaning in (
        ("hostNetwork", "its processes see the node's network, and no NetworkPolicy holds for them"),
        ("hostPID", "its processes see those of the node"),
        ("hostIPC", "its processes share memory with those of the node"),
    ):
        if pod.get(field) is True:
            yield f"{where}.{field}", f"{field}: true", meaning
    yield from _context(f"{where}.securityContext", context(pod))
    for number, sysctl in enumerate(mappings(context(pod).get("sysctls"))):
        if (name := text(sysctl.get("name"))) not in _SYSCTLS:
            field = f"{where}.securityContext.sysctls[{number}]"
            yield field, f"sysctl {name}", "it changes the kernel for others too"
    for key, value in workload.annotations.items():
        if text(key).startswith(_APPARMOR) and text(value) == "unconfined":
            yield f"annotations[{key}]", "AppArmor unconfined", "it switches off a protection of the node"
    for body, place in bodies(workload):
        yield from _container(workload, body, place)


def _context(where: str, own: Plain) -> Iterator[Asked]:
    off = "it switches off a protection of the node"
    if text(at(own, "seccompProfile", "type")) == "Unconfined":
        yield f"{where}.seccompProfile.type", "seccomp Unconfined", off
    if text(at(own, "appArmorProfile", "type")) == "Unconfined":
        yield f"{where}.appArmorProfile.type", "AppArmor Unconfined", off
    labels = mapping(own.get("seLinuxOptions"))
    if text(labels.get("type")) not in _SELINUX or labels.get("user") or labels.get("role"):
        odd = ", ".join(f"{key} {text(labels[key])}" for key in ("type", "user", "role") if labels.get(key))
        yield f"{where}.seLinuxOptions", f"SELinux {odd}", off
    if at(own, "windowsOptions", "hostProcess") is True:
        yield f"{where}.windowsOptions.hostProcess", "hostProcess: true", "it runs on the node itself"


def _container(workload: Workload, body: Plain, place: str) -> Iterator[Asked]:
    own, where = context(body), f"{place}.securityContext"
    if own.get("privileged") is True:
        yield f"{where}.privileged", "privileged: true", "it is root on the node"
    yield from _context(where, own)
    more = {text(word) for word in items(at(own, "capabilities", "add"))} - BASELINE_CAPABILITIES
    if more:
        yield f"{where}.capabilities.add", f"adds {', '.join(sorted(more))}", "it may do more than a container needs"
    if text(own.get("procMount")) not in {"", "Default"}:
        yield f"{where}.procMount", f"procMount {text(own.get('procMount'))}", "it sees what /proc usually hides"
    if workload.pod.get("hostNetwork") is not True:  # Defaulted from containerPort there, and told already.
        for port in mappings(body.get("ports")):
            if number := port.get("hostPort"):
                field = f"{place}.ports[{text(port.get('name')) or text(port.get('containerPort'))}].hostPort"
                yield field, f"hostPort {number}", "it takes a port of the node; one pod per node can be scheduled"
    for handler, asked in requests(body):
        for kind in ("httpGet", "tcpSocket"):
            if host := text(mapping(asked.get(kind)).get("host")):
                field = f"{place}.{handler}.{kind}.host"
                yield field, f"host {host}", "the kubelet would ask that host from the node, not the pod"


def host_paths(index: Index) -> Iterator[Violation]:
    """X03. A directory of the node: other pods and the node write it too, and on another node it is another one."""
    for workload in index.workloads:
        if level(index, workload) == "privileged":
            continue
        for name, volume in workload.volumes.items():
            body = volume.get("hostPath")
            if body is None:
                continue
            path, kind = text(mapping(body).get("path")), text(mapping(body).get("type"))
            mounts = [m.path for c in workload.containers for m in c.mounts if m.volume == name]
            at_ = f", mounted at {mounts[0]}" if mounts else ""
            yield Violation(
                "X03",
                workload.ref,
                f"{workload.where}.volumes[{name}].hostPath",
                found=f"directory {path} of the node{f' ({kind})' if kind else ''}{at_}",
                expected="a claim, a ConfigMap or an emptyDir",
                because=because(
                    index, workload, "a pod on another node finds another directory; baseline forbids hostPath"
                ),
                fix="use a ConfigMap for what is only read, a claim for what must stay, an emptyDir for the rest",
                cause=f"{workload.ref} reaches for its node",
            )
