"""Which level of the Pod Security Standards a pod is judged by, and what all of it that has a security context is.

The namespace's label decides, if the namespace is in the set: `pod-security.kubernetes.io/enforce`. Without one it is
`restricted`: whoever wants less says so where the cluster reads it too. kube-system is the cluster's own.
"""

from collections.abc import Iterator

from contracts.index import Index
from contracts.objects import Plain, mapping, mappings, text
from contracts.workload import Workload

ENFORCE = "pod-security.kubernetes.io/enforce"
LEVELS = ("privileged", "baseline", "restricted")


def level(index: Index, workload: Workload) -> str:
    """privileged, baseline or restricted: by what a pod is judged."""
    stated = text(index.namespace_labels(workload.ref.namespace).get(ENFORCE))
    if stated in LEVELS:
        return stated
    return "privileged" if workload.ref.namespace == "kube-system" else "restricted"


def because(index: Index, workload: Workload, demanded: str) -> str:
    """Where the demand comes from, in words."""
    stated = text(index.namespace_labels(workload.ref.namespace).get(ENFORCE))
    if stated in LEVELS:
        return f"{demanded}; namespace {workload.ref.namespace} enforces {stated}"
    return f"{demanded}; namespace {workload.ref.namespace} has no label {ENFORCE}, so restricted is what counts"


def windows(workload: Workload) -> bool:
    """Whether the pods are for Windows, where Linux's user ids, capabilities and seccomp are not."""
    if "os" not in workload.pod and "nodeSelector" not in workload.pod:
        return False
    selector = mapping(workload.pod.get("nodeSelector"))
    return "windows" in {text(mapping(workload.pod.get("os")).get("name")), text(selector.get("kubernetes.io/os"))}


def bodies(workload: Workload) -> Iterator[tuple[Plain, str]]:
    """Every container with its path, init and ephemeral ones included."""
    for field in ("initContainers", "containers", "ephemeralContainers"):
        for number, body in enumerate(mappings(workload.pod.get(field))):
            yield body, f"{workload.where}.{field}[{text(body.get('name')) or number}]"


def context(body: Plain) -> Plain:
    """The security context of a pod's spec or a container."""
    return mapping(body.get("securityContext"))


def cause(workload: Workload) -> str:
    """What all findings about missing hardening have in common."""
    return f"{workload.ref} is not hardened"
