"""P08: a file that an argument or a variable names is where it is mounted, under that name."""

import re
from collections.abc import Iterator
from posixpath import basename

from contracts.catalogue.paths.configured import Said, named_in
from contracts.catalogue.paths.nested import entries
from contracts.catalogue.paths.scripts import paths_in, written_in
from contracts.index import Index
from contracts.mounting import FILES, mount_at, read_only_root, told, volume_kind
from contracts.near import nearest
from contracts.violation import Violation
from contracts.workload import Container, Mount, Workload, directories

_PATH = re.compile(r"(?:[\w.-]*=)?(/[\w.@%+-][\w./@%+-]*)$")


def named(index: Index) -> Iterator[Violation]:
    """P08. Judged for ConfigMaps and Secrets of which the set has all keys; scripts only where a mount has moved."""
    for workload in index.workloads:
        sources = {n for n, v in workload.volumes.items() if volume_kind(v) in FILES - {"image"}}
        shared = len(workload.containers) > 1
        if not sources and not shared:
            continue
        for container in workload.containers:
            said = list(_said(index, workload, container))
            if any(mount.volume in sources for mount in container.mounts):
                yield from _files(index, workload, container, said)
            if shared:
                yield from _moved(workload, container, said)


def _said(index: Index, workload: Workload, container: Container) -> Iterator[Said]:
    for field in ("command", "args"):
        words = container.body.get(field)
        for number, word in enumerate(words if isinstance(words, list) else ()):
            if match := _PATH.match(str(word)):
                yield match[1].rstrip("/"), str(word), f"{container.where}.{field}[{number}]"
    for variable in index.environment(workload, container).values():
        if variable.value and variable.value.startswith("/") and (match := _PATH.match(variable.value)):
            yield match[1].rstrip("/"), f"{variable.name}={variable.value}", variable.where
    yield from named_in(index, workload, container)


def _files(index: Index, workload: Workload, container: Container, said: list[Said]) -> Iterator[Violation]:
    mounts = {path: mount_at(container, path) for path, _, _ in said}
    pointed_to = {above for path in mounts for above in directories(path)} if None in mounts.values() else set()
    for path, words, where in said:
        mount = mounts[path]
        if mount is None:
            if found := _same_name(index, workload, container, path, pointed_to):
                near = f"{found.path}/{basename(path)}"
                yield _not_there(workload, where, words, near, f"{told(workload, found)} holds {basename(path)}")
            elif alone := _as_file(workload, container, path, said):
                because = f"{told(workload, alone)} is mounted as one file"
                yield _not_there(workload, where, words, alone.path, because)
            continue
        there = _listed(index, workload, mount)
        place = path[len(mount.path) + 1 :]
        if there is None or not place or place.startswith("..data") or place in there:
            continue
        if not any(entry.startswith(place + "/") for entry in there):
            near = nearest(place, there)
            held = ", ".join(sorted(there)[:12]) or "nothing"
            because = f"{told(workload, mount)} is mounted there, and holds: {held}"
            yield _not_there(workload, where, words, f"{mount.path}/{near}" if near else "", because)


def _listed(index: Index, workload: Workload, mount: Mount) -> set[str] | None:
    """The paths below a mount of files; None for another mount, or where the set does not tell."""
    volume = workload.volumes.get(mount.volume, {})
    if mount.sub_path or volume_kind(volume) not in FILES - {"image"}:
        return None
    return entries(index, workload, volume)


def _same_name(index: Index, workload: Workload, container: Container, path: str, pointed_to: set[str]) -> Mount | None:
    """A mount that holds a file of that name and that nothing points to: the directory has been mistaken."""
    for mount in container.mounts:
        held = _listed(index, workload, mount)
        if held and basename(path) in held and mount.path not in pointed_to:
            return mount
    return None


def _as_file(workload: Workload, container: Container, path: str, said: list[Said]) -> Mount | None:
    """A single file (subPath) of that name, mounted where nothing looks for it."""
    for mount in container.mounts:
        single = mount.sub_path and volume_kind(workload.volumes.get(mount.volume, {})) in FILES - {"image"}
        if single and basename(mount.sub_path) == basename(path) and not any(p == mount.path for p, _, _ in said):
            return mount
    return None


def _not_there(workload: Workload, where: str, words: str, near: str, because: str) -> Violation:
    return Violation(
        "P08",
        workload.ref,
        where,
        found=f"{words}, and no such file is mounted",
        expected="a file that is mounted",
        because=because,
        nearest=near,
        fix=f"write {near}, or mount the volume where this path says" if near else "name one of its files, or add it",
    )


def _moved(workload: Workload, container: Container, said: list[Said]) -> Iterator[Violation]:
    """A path that is right in another container of the pod, where the same volume is mounted elsewhere."""
    scripts = list(paths_in(workload, container))
    if read_only_root(container):
        written = {path for path, _, _ in written_in(workload, container)}  # P02 tells of these.
        scripts = [found for found in scripts if found[0] not in written]
    everything = [*said, *scripts]
    lost = [found for found in everything if mount_at(container, found[0]) is None]
    if not lost:
        return
    pointed_to = {above for path, _, _ in everything for above in directories(path)}
    told_of: set[str] = set()
    for path, words, where in lost:
        if other := _written_by(workload, container, path):
            because = f"container {other.name} of the pod writes it, and nothing is mounted at that path here"
            yield _not_there(workload, where, words, "", because)
            continue
        for right, mount in _elsewhere(workload, container, path):
            if mount.volume not in told_of and mount.path not in pointed_to:
                told_of.add(mount.volume)
                near = mount.path + path[len(right.path) :]
                because = f"volume {mount.volume} is mounted at {right.path} in another container, here at {mount.path}"
                yield _not_there(workload, where, words, near, because)


def _written_by(workload: Workload, container: Container, path: str) -> Container | None:
    """Another container whose script writes `path` into a volume of the pod, where this one mounts none of them."""
    for other in workload.containers:
        if other is not container and any(path == written for written, _, _ in written_in(workload, other)):
            mount = mount_at(other, path)
            if mount is not None and all(mount.volume != own.volume for own in container.mounts):
                return other
    return None


def _elsewhere(workload: Workload, container: Container, path: str) -> Iterator[tuple[Mount, Mount]]:
    """(the mount of another container that `path` lies in, a mount of the same volume at another place here)."""
    for other in workload.containers:
        right = other.mount_of(path) if other is not container else None
        for mount in container.mounts if right else ():
            if right and mount.volume == right.volume and mount.path != right.path:
                yield right, mount
