"""T04, T05: the data of a database lies on a claim, at the place where that image's version looks."""

from collections.abc import Iterator
from dataclasses import dataclass

from contracts.environment import Variable
from contracts.index import Index
from contracts.known.databases import Engine, data_directory, engine_of, serves
from contracts.known.images import is_postgres_server, major_version
from contracts.mounting import is_claim, lasting, mounted_nowhere, told
from contracts.violation import Violation
from contracts.workload import Container, Mount, Workload, within

_VOLUME = "/var/lib/postgresql/data"
"""The anonymous volume of the official image before 18: a runtime puts one there wherever nothing else is mounted."""


@dataclass(frozen=True)
class _Served:
    """A database server of the set. `data` is "" where its directory can't be known."""

    workload: Workload
    container: Container
    engine: Engine
    data: str
    variable: Variable | None

    @property
    def mount(self) -> Mount | None:
        return self.container.mount_of(self.data) if self.data else None


def _servers(index: Index) -> Iterator[_Served]:
    for workload in index.workloads:
        if not workload.long_running:
            continue
        for container in workload.containers:
            engine = engine_of(container.image)
            if engine is None or container.init or not serves(container):
                continue
            variable = index.environment(workload, container).get(engine.variable) if engine.variable else None
            arguments = container.arguments
            known = variable is None or (variable.value is not None and "$(" not in variable.value)
            data = data_directory(container.image, engine, arguments, variable.value if variable else None)
            yield _Served(workload, container, engine, data if known else "", variable)


def kept(index: Index) -> Iterator[Violation]:
    """T04. Whatever is not on a claim is gone with the pod: an emptyDir, or the container's own file system."""
    for server in _servers(index):
        if not server.data or _looks_elsewhere(server):
            continue
        mount = server.mount
        below = [m for m in server.container.mounts if within(m.path, server.data) and m.path != server.data]
        if (mount is not None and lasting(server.workload, mount)) or (mount is None and below):
            continue
        if mount is not None and mount.volume not in server.workload.volumes:
            continue  # A volume that the pod does not have: P03 tells that.
        yield Violation(
            "T04",
            server.workload.ref,
            mount.where if mount else f"{server.container.where}.volumeMounts",
            found=f"{server.data} on {told(server.workload, mount)}" if mount else f"nothing mounted at {server.data}",
            expected="a claim",
            because=f"{server.engine.name} keeps its data there, {_by(server)}; it would be gone with the pod",
            fix=f"mount a claim at {_mountable(server)}"
            + (", with volumeClaimTemplates" if server.workload.ref.kind == "StatefulSet" else ""),
            cause=mounted_nowhere(server.workload),
        )


def _by(server: _Served) -> str:
    if server.variable is not None and server.variable.value == server.data:
        return f"says {server.variable.name}"
    return f"says its image {server.container.image.partition('@')[0]}"


def _mountable(server: _Served) -> str:
    """Where to mount a claim so that the data is below its root."""
    if not is_postgres_server(server.container.image):
        return server.engine.mount or server.data
    version = major_version(server.container.image)
    return "/var/lib/postgresql" if version is not None and version >= 18 else _VOLUME


def _looks_elsewhere(server: _Served) -> bool:
    return is_postgres_server(server.container.image) and bool(_misplaced(server))


def _misplaced(server: _Served) -> Mount | None:
    """A claim of an official PostgreSQL image that is mounted where this version does not look."""
    claims = [m for m in server.container.mounts if lasting(server.workload, m)]
    version = major_version(server.container.image)
    at_volume = next((m for m in claims if m.path == _VOLUME), None)
    if server.variable is None and at_volume and (version is None or version >= 18):
        return at_volume if not (server.data and within(server.data, _VOLUME)) else None
    above = next((m for m in claims if m.path == "/var/lib/postgresql"), None)
    if above and version is not None and version < 18 and server.mount is above and within(server.data, _VOLUME):
        return above
    return None


def placed(index: Index) -> Iterator[Violation]:
    """T05. Three ways to mount a claim at the wrong place of an official PostgreSQL image."""
    for server in _servers(index):
        if not is_postgres_server(server.container.image):
            continue
        misplaced = _misplaced(server)
        if misplaced is not None:
            yield _elsewhere(server, misplaced)
            continue
        mount = server.mount
        if mount is None or mount.path != server.data or mount.sub_path:
            continue
        if is_claim(server.workload.volumes.get(mount.volume, {})):
            yield Violation(
                "T05",
                server.workload.ref,
                server.variable.where if server.variable else f"{server.container.where}.env",
                found=f"the data directory {server.data} at the root of {told(server.workload, mount)}",
                expected="a directory below the mount",
                because="a fresh ext4 volume has lost+found at its root, and initdb wants an empty directory",
                nearest=f"{server.data}/pgdata",
                fix=f"set PGDATA to {server.data}/pgdata; a claim that has data at its root already, keep and waive",
            )


def _elsewhere(server: _Served, mount: Mount) -> Violation:
    version = major_version(server.container.image)
    if mount.path == _VOLUME:
        looks = f"/var/lib/postgresql/{version or 18}/docker"
        because = f"PostgreSQL 18 moved its data to {looks}, and its image does not start with a mount at {_VOLUME}"
        if version is None:
            because = f"the tag of {server.container.image} does not say the version; from 18 on: {because}"
        fix, near = "mount the claim at /var/lib/postgresql", "/var/lib/postgresql"
        if version is None:
            fix = "state the version in the tag, or set PGDATA to a directory below the mount"
    else:
        because = f"the image declares {_VOLUME} a volume, so an anonymous one is put over that part of the claim"
        fix, near = f"mount the claim at {_VOLUME}", _VOLUME
    return Violation(
        "T05",
        server.workload.ref,
        f"{mount.where}.mountPath",
        found=told(server.workload, mount),
        expected="a claim at the place where this version keeps its data",
        because=because,
        nearest=near,
        fix=fix,
        undecided=mount.path == _VOLUME and version is None,
    )
