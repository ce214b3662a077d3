"""The ways that clients go: to the Service that their host names, and to the servers behind it."""

from collections.abc import Iterator

from contracts.clients import Client, Said, clients
from contracts.index import Index
from contracts.known.drivers import field_of
from contracts.known.images import is_postgres_server
from contracts.objects import text
from contracts.once import once
from contracts.reach import Reached, reached, service_ports
from contracts.servers import Server, server_of
from contracts.violation import Ref
from contracts.workload import Workload


def shown(said: Said) -> str:
    """What a variable says, as text."""
    return f"{said.variable}={said.value}"


@once
def led(index: Index) -> list[tuple[Client, Reached]]:
    """Every client, with what its host means."""
    return [(c, reached(index, c.object.namespace, c.host.value, c.workload)) for c in clients(index)]


@once
def served(index: Index) -> list[tuple[Client, Ref]]:
    """Every client whose host is a Service of the set, with that Service."""
    there = [(client, found.service) for client, found in led(index) if found.service is not None]
    return [(client, service) for client, service in there if _speaks_postgres(index, client, service)]


def _speaks_postgres(index: Index, client: Client, service: Ref) -> bool:
    """Whether the default port may be taken for granted: WORDPRESS_DB_HOST leads to MySQL, and says no port."""
    named = field_of(client.host.variable)
    if client.port is not None or named is None or "PG" in named[0] or "POSTGRES" in named[0]:
        return True
    if any(text(entry.get("port")) == client.port_number for entry in service_ports(index, service)):
        return True
    containers = [container for workload in index.behind(service) for container in workload.containers]
    return any(is_postgres_server(c.image) or "postgres" in c.image or "spilo" in c.image for c in containers)


@once
def server_sides(index: Index) -> list[tuple[Client, Ref, Server]]:
    """The same with every PostgreSQL server behind the Service."""
    return list(_to_servers(index))


def _to_servers(index: Index) -> Iterator[tuple[Client, Ref, Server]]:
    known: dict[Ref, Server | None] = {}
    for client, service in served(index):
        for workload in index.behind(service):
            if workload.ref not in known:
                known[workload.ref] = server_of(index, workload)
            if server := known[workload.ref]:
                yield client, service, server


@once
def target(index: Index, service: Ref, number: str, server: Workload) -> int | None:
    """The container port behind a Service's port, for the pods of `server`; None where it does not resolve."""
    entry = next((e for e in service_ports(index, service) if text(e.get("port")) == number), None)
    if entry is None:
        return None
    target = entry.get("targetPort", entry.get("port"))
    if isinstance(target, int):
        return target
    return server.port_names().get(text(target)) or (int(text(target)) if text(target).isdigit() else None)
