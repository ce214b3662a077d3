"""N15: pg_hba.conf of the server lets a client in, and names roles that are there."""

import re
from collections.abc import Iterator

from contracts.catalogue.connection.ways import server_sides
from contracts.catalogue.paths.configured import configuration_of, files_in
from contracts.clients import Client
from contracts.declared import ROLES, declares
from contracts.index import Index
from contracts.mentions import known_value
from contracts.mounted import File, file_at
from contracts.near import nearest
from contracts.once import once
from contracts.rules import Rule, rules
from contracts.servers import Server
from contracts.violation import Violation
from contracts.workload import Workload

_MODE = re.compile(r"[?&]sslmode=([\w-]+)")


def admitted(index: Index) -> Iterator[Violation]:
    """N15. Decided where a ConfigMap of the set has the file, and the client's database and role are known."""
    judged: set[str] = set()
    for client, _, server in server_sides(index):
        file = _file(index, server.workload)
        found = rules(file.content) if file else None
        if file is None or found is None:
            continue
        if file.where not in judged:
            judged.add(file.where)
            yield from _unknown(server, file, found)
        if client.database is not None and client.user is not None:
            yield from _refused(index, client, server, file, found)


@once
def _file(index: Index, workload: Workload) -> File | None:
    for container in workload.containers:
        if configuration := configuration_of(index, workload, container):
            path = files_in(configuration).get("hba_file")
            return file_at(index, workload, container, path) if path else None
    return None


def _unknown(server: Server, file: File, found: list[Rule]) -> Iterator[Violation]:
    """Roles that a row names and nobody makes, where the server's pods declare which there are."""
    if server.roles is None or not declares(server.workload, ROLES):
        return
    named = {word.removeprefix("+") for rule in found for word in rule.users if word[:1] not in ("/", "@")}
    for role in sorted(named - server.roles - {"all"}):
        near = nearest(role, server.roles)
        yield Violation(
            "N15",
            server.workload.ref,
            file.where,
            found=f"a row for the role {role}",
            expected=f"a role of {server.workload.ref}: {', '.join(sorted(server.roles))}",
            because="a row for nobody lets nobody in, and who it was for is refused",
            nearest=near,
            fix=f"write {near}" if near else "name a role that the bootstrap makes",
        )


def _refused(index: Index, client: Client, server: Server, file: File, found: list[Rule]) -> Iterator[Violation]:
    database, user = client.database, client.user
    if database is None or user is None:
        return
    named = {word.removeprefix("+") for rule in found for word in rule.users}
    if client.workload is None and user.value in named:
        return  # Who reads credentials may enter another database than they say, as an exporter does.
    mode = _mode(index, client)
    for rule in found:
        if rule.may_match(database.value, user.value, mode):
            if rule.method != "reject":
                return
            if rule.is_for_all:
                break
    how = f" with sslmode {mode}" if mode else ""
    yield Violation(
        "N15",
        client.object,
        user.where,
        found=f"{client.reader} comes as {user.value} to the database {database.value}{how}",
        expected=f"a row of {file.where} that lets it in",
        because=f"{server.workload.ref} asks that file, row by row, and refuses whom none is for",
        fix="add a row for this database and this role, or connect as who is let in",
        cause=f"{file.where} has no row for {user.value} in {database.value}{how}",
    )


def _mode(index: Index, client: Client) -> str:
    """libpq's sslmode of the client, "" where nobody says."""
    if client.workload is None:
        return ""
    container = next((one for one in client.workload.containers if one.name == client.reader), None)
    environment = index.environment(client.workload, container) if container else {}
    url = environment.get(client.host.variable)
    if url and (match := _MODE.search(known_value(index, url) or "")):
        return match[1]
    said = environment.get("PGSSLMODE")
    return (said.value or "") if said else ""
