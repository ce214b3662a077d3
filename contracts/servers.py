"""PostgreSQL servers of a set, and what is known of the databases and roles in them."""

from dataclasses import dataclass

from contracts.clients import known_value
from contracts.declared import DATABASES, ROLES
from contracts.index import Index
from contracts.known.images import is_postgres_server
from contracts.workload import Container, Workload


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
    """The PostgreSQL server that `workload` runs, or None."""
    container = next((c for c in workload.containers if not c.init and is_postgres_server(c.image)), None)
    if container is None:
        return None
    values = {name: known_value(index, variable) for name, variable in index.environment(workload, container).items()}
    superuser = values.get("POSTGRES_USER") or "postgres"
    password = values.get("POSTGRES_PASSWORD")
    declared = [workload.annotations.get(key) for key in (DATABASES, ROLES)]
    if all(isinstance(value, str) for value in declared):
        databases, roles = (frozenset(str(value).split()) for value in declared)
        return Server(workload, databases, roles, f"its pods' annotations {DATABASES} and {ROLES}", superuser, password)
    if ("POSTGRES_USER" in values and values["POSTGRES_USER"] is None) or _runs_more(index, workload, container):
        return Server(workload, None, None, "", superuser, password)
    database = values.get("POSTGRES_DB", superuser)
    known = None if database is None else frozenset({database, "postgres", "template1"})
    return Server(
        workload, known, frozenset({superuser}), "its image's POSTGRES_USER and POSTGRES_DB", superuser, password
    )


def _runs_more(index: Index, workload: Workload, container: Container) -> bool:
    """Whether something else may make databases and roles: init scripts, or a Job beside the server."""
    if any(mount.path.startswith("/docker-entrypoint-initdb.d") for mount in container.mounts):
        return True
    return any(other.ref.kind in {"Job", "CronJob"} for other in index.workloads_in(workload.ref.namespace))
