"""What stands behind a mount: the kind of its volume, what can be written there, whether it outlives the pod."""

import re
from collections.abc import Iterator

from contracts.objects import Plain, at, mapping, mappings, text
from contracts.workload import Container, Mount, Workload, within

FILES = frozenset({"configMap", "secret", "projected", "downwardAPI", "image"})
"""Kinds of volumes that the kubelet mounts read-only, whatever the mount says."""

_INJECTING = re.compile(r"istio|linkerd|inject|sidecar|vault|volume", re.IGNORECASE)
"""Annotations that tell an admission webhook what to put into the pod."""

_SHORT_LIVED = frozenset({"emptyDir", "ephemeral"}) | FILES


def volume_kind(volume: Plain) -> str:
    """The kind of a volume: emptyDir, configMap, persistentVolumeClaim, …; claimTemplate for a StatefulSet's."""
    for key in volume:
        if key != "name":
            return text(key)
    return "emptyDir"


def claim_of(volume: Plain) -> str:
    """The name of the claim that a volume is made of; "" for another kind."""
    return text(mapping(volume.get("persistentVolumeClaim")).get("claimName"))


def is_claim(volume: Plain) -> bool:
    """Whether a volume is a claim, one of a template included."""
    return volume_kind(volume) in {"persistentVolumeClaim", "claimTemplate"}


def writable(workload: Workload, mount: Mount) -> bool:
    """Whether a process may write below `mount`, as far as the mount itself says."""
    volume = workload.volumes.get(mount.volume, {})
    if mount.read_only or volume_kind(volume) in FILES:
        return False
    return not mapping(volume.get("persistentVolumeClaim")).get("readOnly")


def lasting(workload: Workload, mount: Mount) -> bool:
    """Whether what is written below `mount` is still there when the pod is not; an unknown kind of volume may be."""
    return volume_kind(workload.volumes.get(mount.volume, {})) not in _SHORT_LIVED


def read_only_root(container: Container) -> bool:
    """Whether the container can't write outside its mounts."""
    return at(container.body, "securityContext", "readOnlyRootFilesystem") is True


def mount_at(container: Container, path: str) -> Mount | None:
    """The mount that `path` lies in; /var/run is /run in every image that is around."""
    if found := container.mount_of(path):
        return found
    other = path[4:] if within(path, "/var/run") else f"/var{path}" if within(path, "/run") else ""
    return container.mount_of(other) if other else None


def holds(workload: Workload, container: Container, path: str, *, only_read: bool = False) -> bool:
    """Whether `path` lies in a mount of the container, and one that can be written unless it is `only_read`."""
    mount = mount_at(container, path)
    if mount is None:
        # Mounts below a directory are what is written of it; whether something lies beside them nobody here knows.
        return any(within(other.path, path) and (only_read or writable(workload, other)) for other in container.mounts)
    return only_read or writable(workload, mount)


def told(workload: Workload, mount: Mount) -> str:
    """A mount in words: its path, its volume and what that is made of."""
    volume = workload.volumes.get(mount.volume, {})
    kind = volume_kind(volume)
    names = {"configMap": "name", "secret": "secretName", "persistentVolumeClaim": "claimName"}
    name = text(mapping(volume.get(kind)).get(names.get(kind, "")))
    return f"{mount.path} ({kind} {name or mount.volume}{', read-only' if not writable(workload, mount) else ''})"


def used(workload: Workload) -> set[str]:
    """The volumes that some container names, an ephemeral one included."""
    bodies = [
        *(container.body for container in workload.containers),
        *mappings(workload.pod.get("ephemeralContainers")),
    ]
    places = [
        place for body in bodies for field in ("volumeMounts", "volumeDevices") for place in mappings(body.get(field))
    ]
    return {text(place.get("name")) for place in places}


def named(workload: Workload) -> Iterator[tuple[str, str]]:
    """(volume, path of the field that names it) of every mount, those of ephemeral containers included."""
    bodies = [(container.body, container.where) for container in workload.containers]
    for number, body in enumerate(mappings(workload.pod.get("ephemeralContainers"))):
        bodies.append((body, f"{workload.where}.ephemeralContainers[{text(body.get('name')) or number}]"))
    for body, where in bodies:
        for mount in mappings(body.get("volumeMounts")):
            yield text(mount.get("name")), f"{where}.volumeMounts[{text(mount.get('mountPath'))}].name"
        for device in mappings(body.get("volumeDevices")):
            yield text(device.get("name")), f"{where}.volumeDevices[{text(device.get('devicePath'))}].name"


def idle(workload: Workload) -> list[str]:
    """The volumes with contents of their own (a claim, a ConfigMap, a Secret) that no container mounts.

    One that an annotation names is for a sidecar that is put in later; an optional one is missed by nobody.
    """
    there = used(workload)
    return [
        name
        for name, volume in workload.volumes.items()
        if name not in there
        and mapping(volume.get(volume_kind(volume))).get("optional") is not True
        and volume_kind(volume) in {"persistentVolumeClaim", "claimTemplate", "configMap", "secret"}
        and not any(name in text(value) for key, value in workload.annotations.items() if _INJECTING.search(text(key)))
    ]


def mounted_nowhere(workload: Workload) -> str:
    """The cause that the findings about a missing mount have in common with its idle volume; "" without one."""
    found = idle(workload)
    return f"volume {found[0]} of {workload.ref} is mounted nowhere" if len(found) == 1 else ""


def templates(workload: Workload) -> Iterator[tuple[str, Plain]]:
    """Name → body of the claims that the templates of a StatefulSet make for its pods."""
    if workload.ref.kind != "StatefulSet":
        return
    first = at(workload.body, "spec", "ordinals", "start")
    start = first if isinstance(first, int) else 0
    for template in mappings(at(workload.body, "spec", "volumeClaimTemplates")):
        stem = f"{text(at(template, 'metadata', 'name'))}-{workload.ref.name}"
        for number in range(start, start + min(max(workload.replicas, 1), 100)):
            yield f"{stem}-{number}", template
