"""P07: a database with a read-only root has a mount wherever its image writes."""

from collections.abc import Iterator

from contracts.index import Index
from contracts.known.databases import data_directory, engine_of, serves
from contracts.mounting import holds, lasting, mount_at, read_only_root, told
from contracts.violation import Violation
from contracts.workload import Container, Workload


def places(index: Index) -> Iterator[Violation]:
    """P07. The server's own places: its data, its sockets and lock files, room for temporary files."""
    for workload in index.workloads:
        if not workload.long_running:
            continue
        for container in workload.containers:
            engine = engine_of(container.image)
            if engine is None or not engine.written or container.init or not serves(container):
                continue
            if not read_only_root(container):
                continue
            variable = index.environment(workload, container).get(engine.variable)
            arguments = container.arguments
            data = data_directory(container.image, engine, arguments, variable.value if variable else None)
            if variable is not None and variable.value is None:
                data = ""
            needed = [place for place in engine.written if not _moved(place, arguments)]
            kept = mount_at(container, data) if data else None
            if kept is not None and lasting(workload, kept):
                needed.append(data)  # Data on nothing that lasts: T04 tells that.
            for path in needed:
                if not holds(workload, container, path):
                    yield _unwritable(workload, container, engine.name, path)


def _moved(place: str, arguments: list[str]) -> bool:
    """Whether an argument puts the socket elsewhere: -c unix_socket_directories=…, -k …, --socket=…"""
    return "/run/" in place and any("socket" in word or word.startswith("-k") for word in arguments)


def _unwritable(workload: Workload, container: Container, engine: str, path: str) -> Violation:
    mount = mount_at(container, path)
    return Violation(
        "P07",
        workload.ref,
        f"{container.where}.volumeMounts",
        found=f"{path} lies under {told(workload, mount)}" if mount else f"nothing is mounted at {path}",
        expected=f"a mount that can be written at {path}",
        because=f"{engine} writes there, and the root of container {container.name} is read-only",
        fix="take readOnly off the mount" if mount else f"mount an emptyDir at {path}",
    )
