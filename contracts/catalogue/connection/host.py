"""N01, N02, N11: a host names a Service in reach, and a port one of its ports."""

import re
from collections.abc import Iterator

from contracts.catalogue.connection.ways import led, served, shown
from contracts.clients import Client, Said
from contracts.index import Index
from contracts.known.drivers import field_of, parsed
from contracts.objects import text
from contracts.reach import Reached, is_plain, reached, service_ports
from contracts.violation import Violation
from contracts.workload import Workload


def host(index: Index) -> Iterator[Violation]:
    """N01: a host names a Service in reach."""
    for client, found in led(index):
        if found.kind == "nobody":
            yield _nobody(index, client, found)
        elif found.kind == "unknown" and found.namespace not in index.namespaces:
            yield Violation(
                "N01",
                client.object,
                client.host.where,
                found=shown(client.host),
                expected=f"Service {found.namespace}/{found.name}, which the given objects do not tell of",
                fix="give the objects of that namespace too, or declare the set open",
                cause=f"nothing is known of the namespace {found.namespace}",
                undecided=True,
            )


def _nobody(index: Index, client: Client, found: Reached) -> Violation:
    known = index.names("Service", found.namespace)
    near = known.nearest(found.name)
    if found.elsewhere:
        there = found.elsewhere[0]
        fix = f"write {found.name}.{there}.svc: a short name is looked up in the pod's own namespace only"
        expected = f"a Service in reach; {found.name} is in namespace {', '.join(found.elsewhere)}"
    else:
        fix = f"write {near}" if near else f"add the Service {found.name}, or name one of those that are there"
        expected = f"a Service of namespace {found.namespace}: {known or 'it has none'}"
    return Violation(
        "N01",
        client.object,
        client.host.where,
        found=shown(client.host),
        expected=expected,
        because=f"{client.reader} connects to the host in {client.host.variable}",
        nearest=near,
        fix=fix,
        cause=f"no Service {found.namespace}/{found.name}",
        # Without a slip to see, its Service may be of another chart in that namespace.
        undecided=not (found.elsewhere or known.very_near(found.name)),
    )


def port(index: Index) -> Iterator[Violation]:
    """N02: a port is one of the Service's."""
    for client, service in served(index):
        ports = {text(entry.get("port")): entry for entry in service_ports(index, service)}
        if client.port_number and client.port_number not in ports and is_plain(index, service):
            where = client.port or client.host
            said = shown(client.port) if client.port else f"no port beside {client.host.variable}, which means 5432"
            yield Violation(
                "N02",
                client.object,
                where.where,
                found=said,
                expected=f"a port of {service}: {', '.join(ports) or 'it has none'}",
                because=f"{client.host.variable} names {service}",
                nearest=next(iter(ports)) if len(ports) == 1 else "",
                fix=f"set the port to {next(iter(ports))}" if len(ports) == 1 else "name one of its ports",
                cause=f"{service} has no port {client.port_number}",
            )


_OTHER_HOST = re.compile(r"(?!.*(?:VIRTUAL|ROOT|BIND|LISTEN|ALLOW|PUBLIC|EXTERNAL|SMTP)).*_HOST(?:NAME)?$")
_SHORT = re.compile(r"[a-z](?:[-a-z0-9]*[a-z0-9])?")


_FULL = re.compile(r"(?<![\w.)-])(?:[a-z0-9][-a-z0-9]*\.){2,3}svc(?:\.[a-z0-9][-a-z0-9]*)*(?=[:/,;\s]|$)")
"""service.namespace.svc, and a pod's own name before it; what a variable is put into is known to nobody yet."""


def other(index: Index) -> Iterator[Violation]:
    """N11: a short name in any other host variable is a Service's, or at least no slip of one; and a full name
    (service.namespace.svc) in any other variable is one of the Services of that namespace."""
    for workload in index.workloads:
        for container in workload.containers:
            for variable in index.environment(workload, container).values():
                value = variable.value
                if not value or ("_HOST" not in variable.name and ".svc" not in value):
                    continue
                if field_of(variable.name) or parsed(value):
                    continue
                if _OTHER_HOST.fullmatch(variable.name) and _SHORT.fullmatch(value):
                    yield from _slip(index, workload, Said(value, variable.where, variable.name))
                elif ".svc" in value:
                    for host in dict.fromkeys(_FULL.findall(value)):
                        yield from _absent(index, workload, Said(host, variable.where, variable.name))


def _absent(index: Index, workload: Workload, said: Said) -> Iterator[Violation]:
    """A full name leaves no doubt which Service is meant."""
    found = reached(index, workload.ref.namespace, said.value, workload)
    if found.kind != "nobody":
        return
    known = index.names("Service", found.namespace)
    near = known.nearest(found.name)
    yield Violation(
        "N11",
        workload.ref,
        said.where,
        found=shown(said),
        expected=f"a Service of namespace {found.namespace}: {known or 'it has none'}",
        because="a name that ends with .svc is that Service's, or one of its pods'",
        nearest=near,
        fix=f"write {near}" if near else f"add the Service {found.name}, or name one of those that are there",
        cause=f"no Service {found.namespace}/{found.name}",
        undecided=not known.very_near(found.name),
    )


def _slip(index: Index, workload: Workload, said: Said) -> Iterator[Violation]:
    namespace = workload.ref.namespace
    if reached(index, namespace, said.value, workload).kind != "nobody":
        return
    known = index.names("Service", namespace)
    if near := known.very_near(said.value):
        yield Violation(
            "N11",
            workload.ref,
            said.where,
            found=shown(said),
            expected=f"a Service of namespace {namespace}: {known}",
            because="a name without dots is looked up in the pod's own namespace",
            nearest=near,
            fix=f"write {near}",
            cause=f"no Service {namespace}/{said.value}",
        )
