"""X01, X04: what a pod must say of itself: the restricted Pod Security Standard, and a read-only root.

Source: kubernetes.io/docs/concepts/security/pod-security-standards, and pod-security-admission/policy, which is what
the API server runs.
"""

from collections.abc import Iterator

from contracts.catalogue.security.level import because, bodies, cause, context, level, windows
from contracts.index import Index
from contracts.mounting import volume_kind
from contracts.objects import Plain, items, mapping, text
from contracts.violation import Violation
from contracts.workload import Workload

_VOLUMES = frozenset(
    "configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret "
    "claimTemplate hostPath".split()
)
"""The volumes of restricted; hostPath is X03's."""

BASELINE_CAPABILITIES = frozenset(
    "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID "
    "SYS_CHROOT".split()
)

Lack = tuple[str, str, str]
"""(path below the pod's spec, what is found in words, what must be written)."""


def hardened(index: Index) -> Iterator[Violation]:
    """X01. One finding per workload, with everything that it lacks: it is one decision, and one edit."""
    for workload in index.workloads:
        if level(index, workload) == "restricted" and (lacks := list(_lacks(workload))):
            places = {place for place, _, _ in lacks}
            yield Violation(
                "X01",
                workload.ref,
                places.pop() if len(places) == 1 else workload.where,
                found="; ".join(dict.fromkeys(found for _, found, _ in lacks)),
                expected="the restricted Pod Security Standard",
                because=because(index, workload, "a pod that does not meet it is rejected where it is enforced"),
                fix=_snippet(lacks),
                cause=cause(workload),
            )


def _snippet(lacks: list[Lack]) -> str:
    return "; ".join(dict.fromkeys(fix for _, _, fix in lacks))


def _lacks(workload: Workload) -> Iterator[Lack]:
    pod = context(workload.pod)
    containers = [(context(body), where, text(body.get("name"))) for body, where in bodies(workload)]
    if workload.pod.get("hostUsers") is not False:  # In a user namespace, root is nobody outside (KEP-127).
        yield from _root(workload, pod, containers)
    if not windows(workload):
        yield from _escalation(workload, containers)
        yield from _capabilities(workload, containers)
        yield from _seccomp(workload, pod, containers)
    for name, volume in workload.volumes.items():
        if (kind := volume_kind(volume)) not in _VOLUMES:
            where = f"{workload.where}.volumes[{name}]"
            yield where, f"volume {name} is of kind {kind}", f"reach the {kind} storage of {name} through a claim"


Named = list[tuple[Plain, str, str]]
"""(security context, path, name) of every container."""


def _root(workload: Workload, pod: Plain, containers: Named) -> Iterator[Lack]:
    where = f"{workload.where}.securityContext"
    default = pod.get("runAsNonRoot")
    without = [name for own, _, name in containers if own.get("runAsNonRoot") is None]
    if default is False:
        yield f"{where}.runAsNonRoot", "runAsNonRoot is false for the pod", "pod securityContext: runAsNonRoot: true"
    elif default is None and without:
        found = f"runAsNonRoot is not set for {_list(without)}"
        yield f"{where}.runAsNonRoot", found, "pod securityContext: runAsNonRoot: true"
    if _is_zero(pod.get("runAsUser")) and default is not True:
        yield f"{where}.runAsUser", "runAsUser is 0 for the pod", "pod securityContext: runAsUser: a number above 0"
    for own, place, name in containers:
        if own.get("runAsNonRoot") is False:
            found = f"runAsNonRoot is false for {name}"
            yield f"{place}.securityContext.runAsNonRoot", found, f"{name}: runAsNonRoot: true"
        nonroot = own.get("runAsNonRoot") if own.get("runAsNonRoot") is not None else default
        if _is_zero(own.get("runAsUser")) and nonroot is not True:  # With runAsNonRoot, X07 tells.
            found = f"runAsUser is 0 for {name}"
            yield f"{place}.securityContext.runAsUser", found, f"{name}: runAsUser: a number above 0"


def _is_zero(value: object) -> bool:
    return value == 0 and not isinstance(value, bool)


def _escalation(workload: Workload, containers: Named) -> Iterator[Lack]:
    bad = [(where, name) for own, where, name in containers if own.get("allowPrivilegeEscalation") is not False]
    if bad:
        names = _list([name for _, name in bad])
        field = f"{bad[0][0]}.securityContext.allowPrivilegeEscalation" if len(bad) == 1 else workload.where
        fix = f"{names} securityContext: allowPrivilegeEscalation: false"
        yield field, f"allowPrivilegeEscalation is not false for {names}", fix


def _capabilities(workload: Workload, containers: Named) -> Iterator[Lack]:
    keeping: list[tuple[str, str]] = []
    for own, where, name in containers:
        capabilities = mapping(own.get("capabilities"))
        field = f"{where}.securityContext.capabilities"
        if "ALL" not in {text(word) for word in items(capabilities.get("drop"))}:
            keeping.append((f"{field}.drop", name))
        more = {text(word) for word in items(capabilities.get("add"))} & BASELINE_CAPABILITIES - {"NET_BIND_SERVICE"}
        if more:
            yield f"{field}.add", f"{name} adds {_list(sorted(more))}", f"{name}: add nothing but NET_BIND_SERVICE"
    if keeping:
        names = _list([name for _, name in keeping])
        field = keeping[0][0] if len(keeping) == 1 else workload.where
        fix = f"{names} securityContext: capabilities: drop: [ALL]"
        yield field, f"not all capabilities are dropped for {names}", fix


def _seccomp(workload: Workload, pod: Plain, containers: Named) -> Iterator[Lack]:
    good = {"RuntimeDefault", "Localhost"}
    default = text(mapping(pod.get("seccompProfile")).get("type"))
    without = [name for own, _, name in containers if not mapping(own.get("seccompProfile")).get("type")]
    if default not in good and default != "Unconfined" and without:  # Unconfined is X02's.
        found = f"no seccompProfile for {_list(without)}"
        field = f"{workload.where}.securityContext.seccompProfile"
        yield field, found, "pod securityContext: seccompProfile: {type: RuntimeDefault}"


def _list(names: list[str]) -> str:
    return ", ".join(names)


def read_only(index: Index) -> Iterator[Violation]:
    """X04. Not a part of the standard, but of what it is for: who gets in, finds nowhere to leave anything."""
    for workload in index.workloads:
        if level(index, workload) != "restricted" or windows(workload):
            continue
        bad = [
            (text(body.get("name")), where)
            for body, where in bodies(workload)
            if context(body).get("readOnlyRootFilesystem") is not True
        ]
        if bad:
            names = ", ".join(name for name, _ in bad)
            yield Violation(
                "X04",
                workload.ref,
                f"{bad[0][1]}.securityContext.readOnlyRootFilesystem" if len(bad) == 1 else workload.where,
                found=f"the root file system of {names} can be written",
                expected="readOnlyRootFilesystem: true",
                because="what gets in can change programs and leave files; what must be written is a mount",
                fix="set readOnlyRootFilesystem: true, and mount an emptyDir wherever the code writes, /tmp first",
                cause=cause(workload),
            )
