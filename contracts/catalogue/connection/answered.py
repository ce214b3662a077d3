"""N08, N09: the server listens on the port that a client is led to, and the driver takes the word for TLS."""

import re
from collections.abc import Iterator

from contracts.catalogue.connection.ways import served, server_sides, shown, target
from contracts.clients import Client
from contracts.index import Index
from contracts.known.images import is_postgres_server
from contracts.near import nearest
from contracts.objects import mapping, text
from contracts.once import once
from contracts.reach import is_answered, without_standby
from contracts.servers import listens_on
from contracts.violation import Ref, Violation
from contracts.workload import Container, Workload

SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
"""postgresql.org/docs, «SSL Support»: libpq and pgjdbc refuse any other word."""

_IN_URL = re.compile(r"^(?:jdbc:)?postgres(?:ql)?[^?\s]*\?(?:[^#\s]*&)?sslmode=([^&#\s]*)", re.IGNORECASE)


def port(index: Index) -> Iterator[Violation]:
    """N08, where a client is led to the container of a known server; another container's port is its own business."""
    told: set[tuple[Ref, str]] = set()
    for client, service, server in server_sides(index):
        number = target(index, service, client.port_number, server.workload)
        container = serving(server.workload)
        if number is None or container is None or (service, client.port_number) in told:
            continue
        told.add((service, client.port_number))
        if (real := real_port(index, server.workload, number)) is not None:
            yield Violation(
                "N08",
                service,
                "spec.ports",
                found=f"port {client.port_number} leads to {number} of {server.workload.ref}",
                expected=f"targetPort {real}, on which PostgreSQL listens there",
                because=f"container {container.name} runs {container.image}, which listens on 5432 unless it is told "
                f"otherwise; {client.host.variable} of {client.object} leads to it",
                nearest=str(real),
                fix=f"write containerPort and targetPort {real}, or tell the server to listen on {number}",
                cause=f"nothing listens on {number} of {server.workload.ref}",
            )


def serving(workload: Workload) -> Container | None:
    """The container of `workload` that runs a PostgreSQL server of a known image."""
    return next((c for c in workload.containers if not c.init and is_postgres_server(c.image)), None)


@once
def real_port(index: Index, workload: Workload, number: int) -> int | None:
    """Where the server listens in place of `number`, which is led to; None where that is right, or not known."""
    container = serving(workload)
    real = listens_on(index, workload, container) if container else None
    if container is None or real in {None, number}:
        return None
    declared = {entry.get("containerPort") for entry in container.ports}
    its = number in declared or sum(not other.init for other in workload.containers) == 1
    return real if its else None


def behind(index: Index) -> Iterator[Violation]:
    """N10: somebody answers behind the Service that a client is led to."""
    told: set[Ref] = set()
    for client, service in served(index):
        if service in told:
            continue
        told.add(service)
        if (cluster := without_standby(index, service)) is not None:
            yield _no_standby(client, service, cluster)
        elif not is_answered(index, service):
            yield Violation(
                "N10",
                service,
                "spec.selector",
                found=f"{service} selects no pods, and the set has no EndpointSlice for it",
                expected="pods, or an EndpointSlice, behind it",
                because=f"{client.host.variable} of {client.object} leads to it",
                fix="give it the labels of the server's pods as selector, or give the EndpointSlice too",
                undecided=True,
            )


def _no_standby(client: Client, service: Ref, cluster: Ref) -> Violation:
    return Violation(
        "N10",
        client.object,
        client.host.where,
        found=shown(client.host),
        expected=f"a standby behind {service}",
        because=f"{cluster} has a single instance, and {service.name} leads to standbys only: it has no endpoint",
        nearest=f"{cluster.name}-r",
        fix=f"write {cluster.name}-r, which leads to every instance, or give {cluster.name} a second one",
        cause=f"{service} has no endpoint",
    )


def mode(index: Index) -> Iterator[Violation]:
    """N09: PGSSLMODE, and sslmode in a URL, is one of the words that drivers take."""
    for workload in index.workloads:
        for container in workload.containers:
            for variable in index.environment(workload, container).values():
                if variable.value and (word := _mode(variable.name, variable.value)) is not None:
                    yield from _refused(workload.ref, variable.where, variable.name, word)
    for ref in index.refs("Secret"):
        strings = mapping(index.objects[ref].get("stringData"))
        for key, value in strings.items():
            if (word := _mode(text(key), text(value))) is not None:
                yield from _refused(ref, f"stringData[{key}]", text(key), word)


def _mode(name: str, value: str) -> str | None:
    if name == "PGSSLMODE":
        return value
    match = _IN_URL.match(value) if "sslmode=" in value else None
    return match[1] if match else None


def _refused(ref: Ref, where: str, name: str, word: str) -> Iterator[Violation]:
    if word not in SSL_MODES and word.isascii() and word.replace("-", "").isalpha():
        near = nearest(word, SSL_MODES)
        yield Violation(
            "N09",
            ref,
            where,
            found=f"sslmode {word} in {name}",
            expected=f"one of {', '.join(SSL_MODES)}",
            because="the driver refuses to connect with any other word",
            nearest=near,
            fix=f"write {near}" if near else "write one of these",
        )
