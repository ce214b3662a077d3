"""A database of any topology: its manifests, and the Connections it publishes."""

from dataclasses import dataclass, replace

from components import secrets
from components.connection import Connection
from components.manifest import Generated, Manifest, Reference
from components.names import Scope, client_labels
from components.postgres import bootstrap, replicated, standalone
from components.postgres.access import passwords
from components.postgres.endpoint import Endpoint
from components.settings.database import Database

_TOPOLOGIES = {"standalone": standalone, "replicated": replicated}


@dataclass(frozen=True)
class Published:
    """What a database gives to the rest of the plan: one Connection per role, and what must be ready to use them."""

    manifests: list[Manifest]
    connections: dict[str, Connection]
    ready: Reference


def _connection(database: Database, endpoint: Endpoint, role: str) -> Connection:
    name = f"{database.service}-{role}"
    primary = Connection(
        host=endpoint.host,
        port=endpoint.port,
        database=database.name,
        user=getattr(database.roles, role),
        password=Generated(name),
        secret=name,
        sslmode=endpoint.sslmode,
        peers=endpoint.peers,
        client_labels=client_labels(database.service),
    )
    if endpoint.read_port is None:
        return primary
    return replace(primary, read_only=replace(primary, port=endpoint.read_port))


def render(scope: Scope, database: Database) -> Published:
    """Every object of the database, and its Connections by role."""
    labels = scope.labels(database.service, standalone.COMPONENT)
    superuser_name = standalone.superuser_secret(database)
    superuser = secrets.opaque(
        scope,
        superuser_name,
        {
            "POSTGRES_USER": database.roles.superuser,
            "POSTGRES_PASSWORD": Generated(superuser_name),
            "POSTGRES_DB": database.name,
        },
        labels,
    )
    topology = _TOPOLOGIES[database.topology]
    endpoint = topology.endpoint(scope, database)
    connections = {role: _connection(database, endpoint, role) for role in passwords(database)}
    access = bootstrap.render(scope, database, superuser, connections)
    manifests = [
        superuser,
        *(secrets.credentials(scope, connection, labels) for connection in connections.values()),
        *topology.render(scope, database, superuser, connections),
        *access,
    ]
    return Published(manifests, connections, access[-1].reference)
