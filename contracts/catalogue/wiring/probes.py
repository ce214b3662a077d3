"""W06: the named port of a probe or hook is a port of its own container."""

from collections.abc import Iterator

from contracts.container import requests
from contracts.index import Index
from contracts.near import nearest
from contracts.objects import Plain, mapping, text
from contracts.violation import Violation
from contracts.workload import Container, Workload


def ports(index: Index) -> Iterator[Violation]:
    """W06. A number may be a port that the container does not declare (health ports rarely are), so it is let be."""
    for workload in index.workloads:
        for container in workload.containers:
            for place, body in requests(container.body):
                yield from _of(workload, container, place, body)


def _of(workload: Workload, container: Container, place: str, body: Plain) -> Iterator[Violation]:
    for how in ("httpGet", "tcpSocket"):
        port = mapping(body.get(how)).get("port")
        if not isinstance(port, str) or port.isdigit():
            continue
        names = [text(entry.get("name")) for entry in container.ports if entry.get("name")]
        if port in names:
            continue
        others = [c.name for c in workload.containers if any(text(p.get("name")) == port for p in c.ports)]
        near = nearest(port, names) or (names[0] if len(names) == 1 else "")
        told = f"it declares {', '.join(names)}" if names else "it names no port"
        because = f"container {others[0]} has it; a probe sees its own container's names only" if others else told
        yield Violation(
            "W06",
            workload.ref,
            f"{container.where}.{place}.{how}.port",
            found=f"{port}, a name that no port of container {container.name} has",
            expected="the name of a port of the same container, or a number",
            because=f"{because}; the probe fails every time, and the pod is never ready or restarted for ever",
            nearest=near,
            fix=f"write port: {near}" if near else f"name a port of the container {port}, or write its number",
        )
