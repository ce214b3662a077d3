"""PostgreSQL servers of a set, and what is known of the databases and roles in them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from contracts.clusters import (
    SUPERUSER,
    cluster_of,
    declared,
    more_may_be,
    named_databases,
    named_roles,
    roles,
    superuser_secret,
)
from contracts.declared import DATABASES, ROLES, declares, words
from contracts.index import Index
from contracts.known.cloudnativepg.made import Pods
from contracts.known.drivers import DEFAULT_PORT
from contracts.known.images import is_postgres_server
from contracts.mentions import known_value
from contracts.objects import mapping, text
from contracts.once import once
from contracts.taken import more_may_come
from contracts.violation import Ref
from contracts.workload import Container, Workload

_BY_INITDB = frozenset({"postgres", "template1"})
"""The databases of every server that one may connect to (postgresql.org/docs, «Template Databases»)."""

_PORT_LINE = re.compile(r"^[ \t]*port[ \t]*+=?[ \t]*+'?(\d+)'?", re.MULTILINE)


Known = frozenset[str] | None
"""Names; None where the set does not tell them all."""


@dataclass(frozen=True)
class Server:
    """What a server offers. `databases` and `roles` are None where the set does not tell them all.

    `because` says how they are known. `superuser` and `password` are those that its image initialises with. `barred`
    roles may not log in. `passwords`: role → its password where the set has it, and what says it.
    """

    workload: Workload
    databases: Known
    roles: Known
    because: str
    superuser: str
    password: str | None
    barred: frozenset[str] = frozenset()
    passwords: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def server_of(index: Index, workload: Workload) -> Server | None:
    """The PostgreSQL server that `workload` runs, or, as a router, answers for by what its pods declare; else None."""
    if isinstance(workload, Pods):
        return _of_cluster(index, workload.ref if workload.ref.kind == "Cluster" else cluster_of(index, workload.ref))
    official = next((c for c in workload.containers if not c.init and is_postgres_server(c.image)), None)
    says = declares(workload, DATABASES) and declares(workload, ROLES)
    container = official or next((c for c in workload.containers if not c.init), None)
    if container is None or not (official or says):
        return None
    values = {name: known_value(index, variable) for name, variable in index.environment(workload, container).items()}
    superuser = values.get("POSTGRES_USER") or ("postgres" if official else "")
    password = values.get("POSTGRES_PASSWORD")
    if says:
        databases = _BY_INITDB | frozenset(words(workload, DATABASES))
        roles = frozenset({superuser, *words(workload, ROLES)}) | declared(index.objects[workload.ref], ROLES)
        return Server(workload, databases, roles, f"its pods' annotations {DATABASES} and {ROLES}", superuser, password)
    databases, roles = _made(index, workload, container, values)
    return Server(workload, databases, roles, "its image's POSTGRES_USER and POSTGRES_DB", superuser, password)


@once
def _of_cluster(index: Index, cluster: Ref) -> Server | None:
    """The server that instances of a Cluster are, which is also the one behind its Poolers."""
    if not (instances := index.made_of(cluster)):
        return None
    body, (unknown_databases, unknown_roles) = index.objects[cluster], more_may_be(index, cluster)
    known = named_roles(index, cluster)
    return Server(
        instances[0],
        None if unknown_databases else named_databases(index, cluster) | declared(body, DATABASES),
        None if unknown_roles else frozenset(known) | declared(body, ROLES),
        "its bootstrap, its managed roles, and the Database and DatabaseRole objects that name it",
        SUPERUSER,
        None,
        frozenset(name for name, login in known.items() if not login),
        dict(_passwords(index, cluster)),
    )


def _passwords(index: Index, cluster: Ref) -> Iterator[tuple[str, tuple[str, str]]]:
    """Role → the password that the operator sets, and what says it. One that it makes, or does not set, is none that a
    file can have."""
    body, (_, unknown) = index.objects[cluster], more_may_be(index, cluster)
    described = [(SUPERUSER, superuser_secret(body, cluster), cluster, "spec.superuserSecret")]
    described += [(role.name, role.secret, role.object, role.path) for role in roles(index, cluster)]
    for role, secret, user, path in described:
        source = index.sources.of(Ref("Secret", cluster.namespace, secret))
        if value := index.sources.secret_value(Ref("Secret", cluster.namespace, secret), "password"):
            yield role, (value, f"Secret {secret}, which {user} names")
        elif source is not None and source.maker == cluster:
            yield role, (f"<generated {cluster}>", f"Secret {secret}, which CloudNativePG makes of {cluster}")
        elif not secret and not unknown:
            yield role, (f"<generated nothing for {role}>", f"{path} of {user}, which sets none")


def _made(index: Index, workload: Workload, container: Container, values: dict[str, str | None]) -> tuple[Known, Known]:
    """The databases and roles that the official image makes at its first start; None where something may make more."""
    vague = more_may_come(index, workload, container) and not {"POSTGRES_USER", "POSTGRES_DB"} <= set(values)
    if vague or values.get("POSTGRES_USER", "") is None or _runs_more(index, workload, container):
        return None, None
    superuser = values.get("POSTGRES_USER") or "postgres"
    database = values.get("POSTGRES_DB", superuser)
    return None if database is None else _BY_INITDB | {database}, frozenset({superuser})


@once
def listens_on(index: Index, workload: Workload, container: Container) -> int | None:
    """The port that PostgreSQL listens on in `container`, by its arguments, PGPORT or configuration; None if unknown.

    postgresql.org/docs, «Connections and Authentication»: 5432 where nothing says otherwise.
    """
    words = container.arguments
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
