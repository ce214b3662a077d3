"""X05, X06: what is mounted can be written, and read, by the user that the pod runs as."""

from collections.abc import Iterator

from contracts.catalogue.security.level import windows
from contracts.catalogue.security.user import user_of
from contracts.index import Index
from contracts.mounting import claim_of, is_claim, writable
from contracts.objects import Plain, at, items, mapping, mappings, text
from contracts.violation import Violation
from contracts.workload import Container, Workload

_OWNED_ELSEWHERE = ("hostPath", "nfs", "csi")
"""Volumes to whose files the kubelet gives no group, or may not: who owns them is decided where they are."""


def claims(index: Index) -> Iterator[Violation]:
    """X05. A fresh volume is root's (0755); fsGroup is what makes it writable for others."""
    for workload in index.workloads:
        group = at(workload.pod, "securityContext", "fsGroup")
        if group is not None or windows(workload):
            continue
        lost = list(dict.fromkeys(_lost(index, workload)))
        if lost:
            users = sorted({user for _, user in lost})
            volumes = ", ".join(dict.fromkeys(volume for volume, _ in lost))
            number = next((user for user in users if user.isdigit()), "the group of the image's user")
            yield Violation(
                "X05",
                workload.ref,
                f"{workload.where}.securityContext.fsGroup",
                found=f"no fsGroup, for user {', '.join(users)} and the claims of {volumes}",
                expected=f"fsGroup {number}",
                because="the root of a fresh volume is root's; without fsGroup writing there is denied",
                nearest=number if number.isdigit() else "",
                fix=f"set fsGroup: {number} for the pod, with fsGroupChangePolicy: OnRootMismatch",
            )


def _lost(index: Index, workload: Workload) -> Iterator[tuple[str, str]]:
    """(volume, user) of every claim that a user who is not root writes."""
    for container in workload.containers:
        user = user_of(workload, container)
        nonroot = workload.security(container, "runAsNonRoot") is True
        if user == 0 or (user is None and not nonroot):
            continue
        for mount in container.mounts:
            volume = workload.volumes.get(mount.volume, {})
            needed = is_claim(volume) and writable(workload, mount) and _roots(index, workload, volume)
            if needed and not _prepared(workload, mount.volume):
                yield mount.volume, str(user) if user is not None else "of the image"


def _roots(index: Index, workload: Workload, volume: Plain) -> bool:
    """Whether a fresh volume of a claim is root's for certain: one block device of one node, made for the claim."""
    name = claim_of(volume)
    claim = mapping(volume.get("claimTemplate")) or index.claims_in(workload.ref.namespace).get(name)
    if claim is None:
        return False
    modes = {text(mode) for mode in items(at(claim, "spec", "accessModes"))}
    bound = index.get("PersistentVolume", "", text(at(claim, "spec", "volumeName")))
    elsewhere = bound is not None and any(kind in mapping(bound.get("spec")) for kind in _OWNED_ELSEWHERE)
    return bool(modes) and modes <= {"ReadWriteOnce", "ReadWriteOncePod"} and not elsewhere


def _prepared(workload: Workload, volume: str) -> bool:
    """Whether an init container that may be root gives the volume to somebody: chown, chmod, install."""
    for container in workload.containers:
        if container.init and any(mount.volume == volume for mount in container.mounts):
            script = " ".join(container.arguments)
            if user_of(workload, container) in {0, None} and any(w in script for w in ("chown", "chmod", "install")):
                return True
    return False


def files(index: Index) -> Iterator[Violation]:
    """X06. The files of a ConfigMap or Secret are root's; fsGroup makes them readable for the pod's group."""
    for workload in index.workloads:
        if windows(workload) or at(workload.pod, "securityContext", "fsGroup") is not None:
            continue
        for container in workload.containers:
            user = user_of(workload, container)
            for mount in container.mounts if user else ():
                for mode, where in _modes(workload, mount.volume):
                    if _closed(workload, container, mode):
                        yield _unreadable(workload, container, mount.path, mode, where, user)


def _modes(workload: Workload, name: str) -> Iterator[tuple[int, str]]:
    """(mode, path of the field) of the files in a volume, where the manifest sets one."""
    volume = workload.volumes.get(name, {})
    where = f"{workload.where}.volumes[{name}]"
    for kind in ("configMap", "secret"):
        body = mapping(volume.get(kind))
        default = _number(body.get("defaultMode"))
        chosen = mappings(body.get("items"))
        own = [(_number(item.get("mode")), number) for number, item in enumerate(chosen)]
        if default is not None and (not chosen or any(mode is None for mode, _ in own)):
            yield default, f"{where}.{kind}.defaultMode"
        for mode, number in own:
            if mode is not None:
                yield mode, f"{where}.{kind}.items[{number}].mode"


def _number(value: object) -> int | None:
    """A mode: a number, or 0o400 as text, which YAML 1.1 does not know as a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        return int(text(value), 8) if text(value).startswith("0o") else None
    except ValueError:
        return None


def _closed(workload: Workload, container: Container, mode: int) -> bool:
    if mode & 0o004:
        return False
    if not mode & 0o040:
        return True
    own = workload.security(container, "runAsGroup")
    more = items(at(workload.pod, "securityContext", "supplementalGroups"))
    return own is not None and own != 0 and 0 not in more


def _unreadable(
    workload: Workload, container: Container, path: str, mode: int, where: str, user: int | None
) -> Violation:
    return Violation(
        "X06",
        workload.ref,
        where,
        found=f"mode {mode:04o} for files at {path}, which user {user} of container {container.name} reads",
        expected=f"fsGroup {user} for the pod, or a mode such as 0444",
        because="the files of a volume are root's; nobody else may read them with that mode",
        nearest=str(user or ""),
        fix=f"set fsGroup: {user} for the pod: the kubelet then gives the files to that group, readable",
        cause=f"{where} of {workload.ref}",
    )
