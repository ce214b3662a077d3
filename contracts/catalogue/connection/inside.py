"""N03, N04, N05: the database, the role and its password are those of the server."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from contracts.catalogue.connection.ways import server_sides, shown
from contracts.clients import Client, Said, comparable
from contracts.index import Index
from contracts.near import nearest
from contracts.servers import Server
from contracts.violation import Ref, Violation


def _offered(
    contract: str, field: str, client: Client, said: Said | None, server: Server, names: frozenset[str] | None
) -> Iterator[Violation]:
    if said is None or names is None or said.value in names:
        return
    near = nearest(said.value, names)
    yield Violation(
        contract,
        client.object,
        said.where,
        found=shown(said),
        expected=f"a {field} of {server.workload.ref}: {', '.join(sorted(names))}",
        because=f"{server.workload.ref} has these by {server.because}",
        nearest=near,
        fix=f"write {near}" if near else f"make the {field} there, or name one that exists",
        cause=f"{server.workload.ref} has no {field} {said.value}",
    )


def database(index: Index) -> Iterator[Violation]:
    """N03: a database exists on the server that the host leads to."""
    for client, _, server in server_sides(index):
        yield from _offered("N03", "database", client, client.database, server, server.databases)


def role(index: Index) -> Iterator[Violation]:
    """N04: a role exists on the server that the host leads to."""
    for client, _, server in server_sides(index):
        yield from _offered("N04", "role", client, client.user, server, server.roles)
        if client.user is not None and client.user.value in server.barred:
            yield _barred(client, client.user, server)


def _barred(client: Client, user: Said, server: Server) -> Violation:
    default = "CloudNativePG's default is false"
    missing = "enableSuperuserAccess: true" if user.value == server.superuser else "login: true"
    return Violation(
        "N04",
        client.object,
        user.where,
        found=shown(user),
        expected=f"a role of {server.workload.ref} that may log in",
        because=f"{user.value} is there without `{missing}`, and {default}",
        fix=f"write {missing} for {user.value}, or connect as another role",
        cause=f"the role {user.value} of {server.workload.ref} may not log in",
    )


def password(index: Index) -> Iterator[Violation]:
    """N05: one role of one server has one password, whoever says it."""
    known: dict[tuple[Ref, str], list[Client]] = defaultdict(list)
    servers: dict[Ref, Server] = {}
    for client, _, server in server_sides(index):
        if client.user and client.password and comparable(client.password.value):
            servers[server.workload.ref] = server
            known[server.workload.ref, client.user.value].append(client)
    for (ref, user), every in known.items():
        yield from _differing(servers[ref], user, every)


def _differing(server: Server, user: str, every: list[Client]) -> Iterator[Violation]:
    right, whose = _right(server, user, every)
    told: set[tuple[Ref, str]] = set()
    for client in every:
        said = client.password
        if said is None or said.value == right or (client.object, said.where + said.variable) in told:
            continue
        told.add((client.object, said.where + said.variable))
        yield Violation(
            "N05",
            client.object,
            said.where,
            found=f"a password in {said.variable} that differs from {whose}",
            expected=f"one password for the role {user} of {server.workload.ref}",
            because=f"{client.reader} connects as {user}, and a role has one password",
            fix="read both from the same key of the same Secret",
            cause=f"two passwords for {user} of {server.workload.ref}",
        )


def _right(server: Server, user: str, every: list[Client]) -> tuple[str, str]:
    """The password that holds: the server's own, else what is published, else what most say; and whose it is."""
    if user == server.superuser and server.password is not None and comparable(server.password):
        return server.password, f"POSTGRES_PASSWORD of {server.workload.ref}"
    if user in server.passwords and comparable(server.passwords[user][0]):
        return server.passwords[user]
    published = next((client for client in every if client.workload is None), None)
    if published is None:
        most = Counter(client.password.value for client in every if client.password).most_common(1)[0][0]
        published = next(client for client in every if client.password and client.password.value == most)
    said = published.password
    return (said.value, f"{said.variable} of {published.object}") if said else ("", "")
