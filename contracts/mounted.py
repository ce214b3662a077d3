"""The text of a file that a container has from a ConfigMap."""

from typing import NamedTuple

from contracts.index import Index
from contracts.mounting import mount_at
from contracts.objects import mapping, text
from contracts.workload import Container, Workload


class File(NamedTuple):
    """What is in it, and where that stands in the set."""

    content: str
    where: str


def file_at(index: Index, workload: Workload, container: Container, path: str) -> File | None:
    """The file at `path`; None where no ConfigMap of the set has it as text."""
    mount = mount_at(container, path)
    volume = mapping(workload.volumes.get(mount.volume)) if mount and not mount.sub_path else {}
    name = text(mapping(volume.get("configMap")).get("name"))
    key = path[len(mount.path) + 1 :] if mount else ""
    data = mapping(mapping(index.get("ConfigMap", workload.ref.namespace, name)).get("data")) if name else {}
    return File(text(data[key]), f"ConfigMap/{name} data[{key}]") if key in data else None
