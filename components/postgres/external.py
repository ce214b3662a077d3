"""`topology: external`: the database is another stack's, or somebody else's; here are only the ways there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from components import network
from components.connection import Connection
from components.manifest import ELSEWHERE, Existing, Manifest
from components.names import Scope, client_labels, selector
from components.network import Talk
from components.postgres.database import Published
from components.postgres.endpoint import Endpoint
from components.settings.database import Database
from components.settings.external import External
from components.settings.network import Peer
from contracts.declared import DATABASES, ROLES


@dataclass(frozen=True)
class Provider:
    """What another stack's plan has: its namespace, Connections by tenant and role, and all objects."""

    namespace: str
    tenants: Mapping[str, Mapping[str, Connection]]
    manifests: list[Manifest]


def render(scope: Scope, database: Database, provider: Provider | None) -> Published:
    """The policy that lets clients out to where the database is, and its Connections. `provider` is the stack that
    `external.stack` names. Raises ValueError where that was not given."""
    external = database.external
    if external is None or (external.stack is not None and provider is None):
        raise ValueError("an external database, and nobody said where it is")
    if provider is not None:
        connections = _of_tenant(scope, database, external, provider)
        ways = _ways(connections["app"], provider.namespace)
        context = provider.manifests
    else:
        connections = _of_names(scope, database, external)
        ways = [(_peer(external), [external.port])]
        context = _said(scope, external, connections)
    name, clients = f"{database.service}-clients", connections["app"].client_labels
    policy = network.workload(scope, name, clients, reaches=ways)
    app = connections["app"]
    endpoint = Endpoint(app.host, app.port, app.sslmode, app.peers, policy.reference)
    return Published(
        [policy], connections, policy.reference, None, endpoint, context, makes_ledger=external.stack is None
    )


def _elsewhere(scope: Scope, database: Database, connection: Connection) -> Connection:
    """A Connection as a client here has it: with this stack's label, and the password where it is."""
    password = Existing(scope.namespace, connection.secret, "password", ELSEWHERE)
    reads = _elsewhere(scope, database, connection.read_only) if connection.read_only else None
    return replace(connection, password=password, client_labels=client_labels(database.service), read_only=reads)


def _of_tenant(scope: Scope, database: Database, external: External, provider: Provider) -> dict[str, Connection]:
    theirs = provider.tenants[external.tenant or ""]
    found = {role: _elsewhere(scope, database, connection) for role, connection in theirs.items()}
    return found | {"app": found[external.role or "app"]}


def _ways(connection: Connection, namespace: str) -> list[Talk]:
    """To the pods that answer, and to the standbys' where these are others, behind a pooler."""
    ways: list[Talk] = []
    for each in (connection, connection.read_only):
        way = (Peer(namespace=namespace, pods=each.peers), [each.port]) if each else None
        if way and way not in ways:
            ways.append(way)
    return ways


def _of_names(scope: Scope, database: Database, external: External) -> dict[str, Connection]:
    roles = [role for role in ("owner", "app", "reader") if getattr(external.users, role) is not None]
    return {
        role: _elsewhere(
            scope,
            database,
            Connection(
                host=external.host or "",
                port=external.port,
                database=external.name or "",
                user=getattr(external.users, role),
                password=Existing(scope.namespace, "", None),
                secret=getattr(external.secrets, role),
                sslmode=external.sslmode,
                peers=dict(external.pods.labels) if external.pods else {},
                client_labels={},
            ),
        )
        for role in roles
    }


def _peer(external: External) -> Peer:
    if external.pods is None:
        return Peer(cidr=external.cidr)
    return Peer(namespace=external.pods.namespace, pods=external.pods.labels)


def _said(scope: Scope, external: External, connections: Mapping[str, Connection]) -> list[Manifest]:
    """What the settings say is there, as objects by which the contracts judge the stack's own; none is made."""
    found = [_said_secret(scope, external, connection) for connection in connections.values()]
    if external.service is None or external.pods is None:
        return found
    name, namespace = external.service
    place = scope.within(namespace or scope.namespace)
    ports = [{"port": external.port, "protocol": "TCP"}]
    spec = {"selector": dict(external.pods.labels), "ports": ports}
    service = place.manifest("v1", "Service", name, {"spec": spec}, labels={})
    return [*found, service, _said_server(scope.within(external.pods.namespace), name, external)]


def _said_secret(scope: Scope, external: External, connection: Connection) -> Manifest:
    entries = {key: value for key, value in connection.secret_entries().items() if key in external.keys}
    content = {"type": "servicebinding.io/postgresql", "stringData": entries}
    return scope.manifest("v1", "Secret", connection.secret, content, labels={})


def _said_server(place: Scope, name: str, external: External) -> Manifest:
    """Pods that answer for the database and the roles that the settings name."""
    users = external.users.model_dump().values() if external.users else ()
    annotations = {DATABASES: external.name, ROLES: " ".join(sorted(filter(None, users)))}
    container: dict[str, Any] = {"name": name, "ports": [{"containerPort": external.port}]}
    labels = dict(external.pods.labels) if external.pods else {}
    template = {"metadata": {"labels": labels, "annotations": annotations}, "spec": {"containers": [container]}}
    spec = {"selector": {"matchLabels": labels}, "template": template}
    return place.manifest("apps/v1", "Deployment", name, {"spec": spec}, labels=selector(name))
