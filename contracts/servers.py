"""PostgreSQL servers of a set, and what is known of the databases and roles in them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from contracts.declared import DATABASES, ROLES, declares, words
from contracts.index import Index
from contracts.known.drivers import DEFAULT_PORT
from contracts.known.images import is_postgres_server
from contracts.mentions import known_value
from contracts.objects import mapping, text
from contracts.taken import more_may_come
from contracts.workload import Container, Workload

_BY_INITDB = frozenset({"postgres", "template1"})
"""The databases of every server that one may connect to (postgresql.org/docs, «Template Databases»)."""

_PORT_LINE = re.compile(r"^[ \t]*port[ \t]*=?[ \t]*'?(\d+)'?", re.MULTILINE)


@dataclass(frozen=True)
class Server:
    """What a server offers. `databases` and `roles` are None where the set does not tell them all.

    `because` says how they are known. `superuser` and `password` are those that its image initialises with.
    """

    workload: Workload
    databases: frozenset[str] | None
    roles: frozenset[str] | None
    because: str
    superuser: str
    password: str | None


def server_of(index: Index, workload: Workload) -> Server | None:
    """The PostgreSQL server that `workload` runs, or, as a router, answers for by what its pods declare; else None."""
    container = next((c for c in workload.containers if not c.init and is_postgres_server(c.image)), None)
    said = declares(workload, DATABASES) and declares(workload, ROLES)
    because = f"its pods' annotations {DATABASES} and {ROLES}"
    databases = _BY_INITDB | frozenset(words(workload, DATABASES))
    if container is None:
        return Server(workload, databases, frozenset(words(workload, ROLES)), because, "", None) if said else None
    values = {name: known_value(index, variable) for name, variable in index.environment(workload, container).items()}
    superuser = values.get("POSTGRES_USER") or "postgres"
    password = values.get("POSTGRES_PASSWORD")
    if said:
        return Server(
            workload, databases, frozenset({superuser, *words(workload, ROLES)}), because, superuser, password
        )
    vague = more_may_come(index, workload, container) and not {"POSTGRES_USER", "POSTGRES_DB"} <= set(values)
    if (
        vague
        or ("POSTGRES_USER" in values and values["POSTGRES_USER"] is None)
        or _runs_more(index, workload, container)
    ):
        return Server(workload, None, None, "", superuser, password)
    database = values.get("POSTGRES_DB", superuser)
    known = None if database is None else _BY_INITDB | {database}
    return Server(
        workload, known, frozenset({superuser}), "its image's POSTGRES_USER and POSTGRES_DB", superuser, password
    )


def listens_on(index: Index, workload: Workload, container: Container) -> int | None:
    """The port that PostgreSQL listens on in `container`, by its arguments, PGPORT or configuration; None if unknown.

    postgresql.org/docs, «Connections and Authentication»: 5432 where nothing says otherwise.
    """
    words = workload.arguments(container)
    told = re.search(r"(?:^| )(?:-p ?|--port[ =]|-c ?port=|--port=)(\d+)(?: |$)", " ".join(words))
    if told:
        return int(told[1])
    variable = index.environment(workload, container).get("PGPORT")
    if variable is not None:
        value = known_value(index, variable) or ""
        return int(value) if value.isdigit() else None
    texts = [text(value) for mount in container.mounts for value in _files(index, workload, mount.volume)]
    ports = {int(port) for content in texts for port in _PORT_LINE.findall(content)}
    if len(ports) == 1:
        return ports.pop()
    return None if ports or (any("config_file" in word for word in words) and not texts) else DEFAULT_PORT


def _files(index: Index, workload: Workload, volume: str) -> Iterable[object]:
    source = mapping(mapping(workload.volumes.get(volume)).get("configMap"))
    body = index.get("ConfigMap", workload.ref.namespace, text(source.get("name")))
    return mapping(mapping(body).get("data")).values()


def _runs_more(index: Index, workload: Workload, container: Container) -> bool:
    """Whether something else may make databases and roles: init scripts, or a Job beside the server."""
    if any(mount.path.startswith("/docker-entrypoint-initdb.d") for mount in container.mounts):
        return True
    return any(other.ref.kind in {"Job", "CronJob"} for other in index.workloads_in(workload.ref.namespace))
