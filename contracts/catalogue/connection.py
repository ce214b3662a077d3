"""The family «connection»: what an app reads of its database is what is there, and nothing cuts it off."""

from collections.abc import Iterator

from contracts.catalogue.contract import Contract
from contracts.clients import Client, Said, clients
from contracts.index import Index
from contracts.objects import nearest, text
from contracts.policies import cut_from_dns, cutting
from contracts.reach import Reached, is_plain, reached, service_ports
from contracts.servers import Server, server_of
from contracts.violation import Ref, Violation
from contracts.workload import Workload


def _shown(said: Said) -> str:
    return f"{said.variable}={said.value}"


def host(index: Index) -> Iterator[Violation]:
    """N01: a host names a Service in reach."""
    for client in clients(index):
        found = reached(index, client.workload, client.host.value)
        if found.kind == "nobody":
            yield _nobody(index, client, found)
        elif found.kind == "unknown" and found.namespace not in index.namespaces:
            yield Violation(
                "N01",
                client.workload.ref,
                client.host.where,
                found=_shown(client.host),
                expected=f"Service {found.namespace}/{found.name}, which the given objects do not tell of",
                fix="give the objects of that namespace too, or declare the set open",
                cause=f"nothing is known of the namespace {found.namespace}",
                undecided=True,
            )


def _nobody(index: Index, client: Client, found: Reached) -> Violation:
    known = [ref.name for ref in index.refs("Service", found.namespace)]
    near = nearest(found.name, known)
    if found.elsewhere:
        there = found.elsewhere[0]
        fix = f"write {found.name}.{there}.svc: a short name is looked up in the pod's own namespace only"
        expected = f"a Service in reach; {found.name} is in namespace {', '.join(found.elsewhere)}"
    else:
        fix = f"write {near}" if near else f"add the Service {found.name}, or name one of those that are there"
        expected = f"a Service of namespace {found.namespace}: {', '.join(sorted(known)) or 'it has none'}"
    return Violation(
        "N01",
        client.workload.ref,
        client.host.where,
        found=_shown(client.host),
        expected=expected,
        because=f"{client.container.name} connects to the host in {client.host.variable}",
        nearest=near,
        fix=fix,
        cause=f"no Service {found.namespace}/{found.name}",
    )


def _services(index: Index) -> Iterator[tuple[Client, Ref]]:
    for client in clients(index):
        found = reached(index, client.workload, client.host.value)
        if found.service is not None:
            yield client, found.service


def port(index: Index) -> Iterator[Violation]:
    """N02: a port is one of the Service's."""
    for client, service in _services(index):
        ports = {text(entry.get("port")): entry for entry in service_ports(index, service)}
        if client.port_number not in ports and is_plain(index, service):
            where = client.port or client.host
            said = _shown(client.port) if client.port else f"no port beside {client.host.variable}, which means 5432"
            yield Violation(
                "N02",
                client.workload.ref,
                where.where,
                found=said,
                expected=f"a port of {service}: {', '.join(ports) or 'it has none'}",
                because=f"{client.host.variable} names {service}",
                nearest=next(iter(ports)) if len(ports) == 1 else "",
                fix=f"set the port to {next(iter(ports))}" if len(ports) == 1 else "name one of its ports",
                cause=f"{service} has no port {client.port_number}",
            )


def _target(index: Index, service: Ref, number: str, server: Workload) -> int | None:
    """The container port behind a Service's port, for the pods of `server`; None where it does not resolve."""
    entry = next((e for e in service_ports(index, service) if text(e.get("port")) == number), None)
    if entry is None:
        return None
    target = entry.get("targetPort", entry.get("port"))
    if isinstance(target, int):
        return target
    return server.port_names().get(text(target)) or (int(text(target)) if text(target).isdigit() else None)


def _servers(index: Index) -> Iterator[tuple[Client, Ref, Server]]:
    known: dict[Ref, Server | None] = {}
    for client, service in _services(index):
        for workload in index.behind(service):
            if workload.ref not in known:
                known[workload.ref] = server_of(index, workload)
            if server := known[workload.ref]:
                yield client, service, server


def _offered(
    contract: str, field: str, client: Client, said: Said | None, server: Server, names: frozenset[str] | None
) -> Iterator[Violation]:
    if said is None or names is None or said.value in names:
        return
    near = nearest(said.value, names)
    yield Violation(
        contract,
        client.workload.ref,
        said.where,
        found=_shown(said),
        expected=f"a {field} of {server.workload.ref}: {', '.join(sorted(names))}",
        because=f"{server.workload.ref} has these by {server.because}",
        nearest=near,
        fix=f"write {near}" if near else f"make the {field} there, or name one that exists",
        cause=f"{server.workload.ref} has no {field} {said.value}",
    )


def database(index: Index) -> Iterator[Violation]:
    """N03: a database exists on the server that the host leads to."""
    for client, _, server in _servers(index):
        yield from _offered("N03", "database", client, client.database, server, server.databases)


def role(index: Index) -> Iterator[Violation]:
    """N04: a role exists on the server that the host leads to."""
    for client, _, server in _servers(index):
        roles = server.roles and server.roles | {server.superuser}
        yield from _offered("N04", "role", client, client.user, server, roles)


def password(index: Index) -> Iterator[Violation]:
    """N05: who connects as the superuser has the password that the server initialised it with."""
    for client, _, server in _servers(index):
        if client.user is None or client.password is None or client.user.value != server.superuser:
            continue
        if server.password is not None and client.password.value != server.password:
            yield Violation(
                "N05",
                client.workload.ref,
                client.password.where,
                found=f"{client.password.variable} differs from the password of {server.superuser}",
                expected=f"the value of POSTGRES_PASSWORD of {server.workload.ref}",
                because=f"{client.user.variable} is {server.superuser}, the role that its image makes",
                fix="read both from the same key of the same Secret",
                cause=f"two passwords for {server.superuser} of {server.workload.ref}",
            )


def cut(index: Index) -> Iterator[Violation]:
    """N06: no NetworkPolicy cuts a client off from its database."""
    told: set[tuple[Ref, Ref, int, str]] = set()
    for client, service in _services(index):
        for server in index.behind(service):
            target = _target(index, service, client.port_number, server)
            if target is None:
                continue
            for direction, side, verb in (("Egress", client.workload, "leave"), ("Ingress", server, "enter")):
                way = (client.workload.ref, server.ref, target, direction)
                policies = cutting(index, client.workload, server, target, direction) if way not in told else []
                told.add(way)
                if policies:
                    names = ", ".join(policy.name for policy in policies)
                    yield Violation(
                        "N06",
                        policies[0],
                        f"spec.{direction.lower()}",
                        found=f"no rule of {names} lets TCP {target} {verb} {side.ref}",
                        expected=f"a rule that lets {client.workload.ref} reach {server.ref} on {target}",
                        because=f"{client.host.variable} of {client.container.name} leads there through {service}",
                        fix=_rule(client.workload, server, target, direction),
                        cause=f"NetworkPolicies cut {client.workload.ref} off from {server.ref}:{target} ({direction})",
                    )


def _rule(client: Workload, server: Workload, port_number: int, direction: str) -> str:
    peer, labels = ("from", client.labels) if direction == "Ingress" else ("to", server.labels)
    # One label is enough to show, the one that names the workload where there is one.
    pairs = min((f"{key}: {value}" for key, value in labels.items()), key=lambda pair: "name" not in pair, default="")
    return f"add {peer} podSelector {{{pairs}}} with port {port_number} to {direction.lower()}"


def dns(index: Index) -> Iterator[Violation]:
    """N07: who finds its database by name may ask the cluster's DNS."""
    told: set[Ref] = set()
    for client, service in _services(index):
        policies = cut_from_dns(index, client.workload)
        if policies and client.workload.ref not in told:
            told.add(client.workload.ref)
            yield Violation(
                "N07",
                policies[0],
                "spec.egress",
                found=f"no rule of {', '.join(policy.name for policy in policies)} lets UDP 53 leave",
                expected=f"{client.workload.ref} may ask the cluster's DNS",
                because=f"{client.host.variable} is a name ({service}), which must be looked up first",
                fix="add a rule to kube-system, pods k8s-app: kube-dns, UDP and TCP 53",
                cause=f"NetworkPolicies cut {client.workload.ref} off from DNS",
            )


CONTRACTS = [
    Contract("N01", "A database host names a Service in reach.", host),
    Contract("N02", "A database port is a port of that Service.", port),
    Contract("N03", "The database exists on the server that the host leads to.", database),
    Contract("N04", "The role exists there.", role),
    Contract("N05", "Who connects as the superuser has its password.", password),
    Contract("N06", "No NetworkPolicy cuts a client off from its database.", cut),
    Contract("N07", "Who finds its database by name may ask DNS.", dns),
]
