"""W17, W18: the port that the program is told to listen on is its container's; namespaces are spelled one way."""

from collections.abc import Iterator

from contracts.index import Index
from contracts.near import Names, nearest
from contracts.objects import text
from contracts.violation import Ref, Violation
from contracts.workload import Container, Workload

_TELLING = ("PORT", "SERVICE_PORT", "SERVER_PORT", "HTTP_PORT", "LISTEN_PORT", "APP_PORT")
"""Variables by which programs are told where to listen. DB_PORT and the like say where somebody else does."""


def ports(index: Index) -> Iterator[Violation]:
    """W17, where the container declares ports and the value is known; one variable that fits one port is enough."""
    for workload in index.workloads:
        for container in workload.containers:
            if container.ports and (not container.init or container.sidecar):
                yield from _of(index, workload, container)


def _of(index: Index, workload: Workload, container: Container) -> Iterator[Violation]:
    environment = index.environment(workload, container)
    told = {name: environment[name] for name in _TELLING if name in environment}
    values = {name: variable.value for name, variable in told.items() if variable.value and variable.value.isdigit()}
    declared = [text(port.get("containerPort")) for port in container.ports]
    if not values or set(values.values()) & set(declared):
        return
    name, value = next(iter(values.items()))
    source = told[name].source
    from_ = f"{source.kind} {source.name}" if source else "its own env"
    near = nearest(str(value), declared) or declared[0]
    yield Violation(
        "W17",
        workload.ref,
        f"{container.where}.ports",
        found=f"{name}={value}, and the declared ports {', '.join(declared)}",
        expected=f"port {value} among the ports of container {container.name}",
        because=f"{name}, from {from_}, tells the program where to listen; Services and probes go by the declared port",
        nearest=near,
        fix=f"write containerPort: {value}, or {name}={near}",
    )


def namespaces(index: Index) -> Iterator[Violation]:
    """W18. Only a slip is told: a Namespace of the set without objects, and objects in one of nearly that name."""
    made = {ref.name for ref in index.refs("Namespace")}
    lived_in = {ref.namespace for ref in index.objects if ref.namespace}
    not_made = Names(sorted(lived_in - made))
    for empty in sorted(made - lived_in):
        if near := not_made.very_near(empty):
            yield Violation(
                "W18",
                Ref("Namespace", "", empty),
                "metadata.name",
                found=f"{empty}, in which no object of the set is",
                expected=f"namespace {near}, which objects of the set name and no Namespace makes",
                because="the API server refuses an object whose namespace is not there",
                nearest=near,
                fix=f"write {near} in both",
            )
