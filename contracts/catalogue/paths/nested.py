"""P06: a mount inside another is common and fine; three kinds of it are not."""

from collections.abc import Iterator
from posixpath import dirname

from contracts.index import Index
from contracts.mounting import FILES, told, volume_kind
from contracts.objects import Plain, mapping, mappings, text
from contracts.violation import Ref, Violation
from contracts.workload import Container, Mount, Workload

_PROGRAMS = frozenset({"/", "/bin", "/sbin", "/usr", "/usr/bin", "/usr/sbin", "/lib", "/usr/lib"})


def hidden(index: Index) -> Iterator[Violation]:
    """P06. A mount over the programs of the image; one inside a volume of files, which has no such place in it.

    The order of mounts in the list says nothing: runtimes sort them by depth. ConfigMap and Secret volumes are
    mounted read-only, so no place can be made in them to mount something on: the container does not start.
    """
    for workload in index.workloads:
        for container in workload.containers:
            for mount in container.mounts:
                if mount.path in _PROGRAMS and volume_kind(workload.volumes.get(mount.volume, {})) != "hostPath":
                    yield _over_programs(workload, mount)
                else:
                    yield from _inside_files(index, workload, container, mount)


def _over_programs(workload: Workload, mount: Mount) -> Violation:
    return Violation(
        "P06",
        workload.ref,
        f"{mount.where}.mountPath",
        found=f"volume {mount.volume} on {mount.path}",
        expected="a path that holds none of the image's programs",
        because="a mount hides everything that the image has at that path, its shell and libraries included",
        fix="mount it on a directory of its own",
    )


def _inside_files(index: Index, workload: Workload, container: Container, mount: Mount) -> Iterator[Violation]:
    outer = container.mount_of(dirname(mount.path))
    if outer is None or outer.path == "/" or outer.sub_path:
        return
    volume = workload.volumes.get(outer.volume, {})
    if volume_kind(volume) not in FILES - {"image"}:
        return
    place = mount.path[len(outer.path) + 1 :]
    there = entries(index, workload, volume)
    if there is None or any(entry == place or entry.startswith(place + "/") for entry in there):
        return
    yield Violation(
        "P06",
        workload.ref,
        f"{mount.where}.mountPath",
        found=f"{told(workload, mount)} inside {told(workload, outer)}",
        expected=f"a path outside {outer.path}, or an entry {place} in that volume",
        because="volumes of ConfigMaps and Secrets are mounted read-only: no place can be made in them to mount on, "
        "and the container does not start",
        fix=f"put both sources into one projected volume at {outer.path}, or mount {mount.volume} elsewhere",
    )


def entries(index: Index, workload: Workload, volume: Plain) -> set[str] | None:
    """The paths in a volume of files; None where the set does not tell them all, or where it may be left out."""
    kind = volume_kind(volume)
    if kind != "projected":
        return _of_source(index, workload, kind, mapping(volume.get(kind)))
    found: set[str] = set()
    for source in mappings(mapping(volume.get(kind)).get("sources")):
        for part in source:
            there = _of_source(index, workload, text(part), mapping(source[part]))
            if there is None:
                return None
            found |= there
    return found


def _of_source(index: Index, workload: Workload, kind: str, body: Plain) -> set[str] | None:
    if body.get("optional") is True:
        return None
    if chosen := mappings(body.get("items")):
        return {text(item.get("path")) for item in chosen}
    if kind in {"downwardAPI", "serviceAccountToken", "clusterTrustBundle"}:
        return {text(body.get("path")) or "token"}
    name = text(body.get("name") or body.get("secretName"))
    source = index.sources.of(Ref("ConfigMap" if kind == "configMap" else "Secret", workload.ref.namespace, name))
    return set(source.keys) if source is not None and source.complete else None
