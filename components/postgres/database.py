"""A database of any topology: its manifests, and the Connections it publishes."""

from dataclasses import dataclass

from components import network, secrets
from components.connection import Connection
from components.manifest import Generated, Manifest, Reference
from components.names import Scope, client_labels, selector
from components.postgres import bootstrap, standalone
from components.postgres.configuration import PORT
from components.settings.database import Database

ROLES = ("owner", "app", "reader")


@dataclass(frozen=True)
class Published:
    """What a database gives to the rest of the plan: one Connection per role, and what must be ready to use them."""

    manifests: list[Manifest]
    connections: dict[str, Connection]
    ready: Reference


def _connection(database: Database, role: str) -> Connection:
    name = f"{database.service}-{role}"
    return Connection(
        host=database.service,
        port=PORT,
        database=database.name,
        user=getattr(database.roles, role),
        password=Generated(name),
        secret=name,
        sslmode="prefer",
        peers=selector(database.service),
        client_labels=client_labels(database.service),
    )


def render(scope: Scope, database: Database) -> Published:
    """Every object of the database, and its Connections."""
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
    connections = {role: _connection(database, role) for role in ROLES}
    access = bootstrap.render(scope, database, superuser, connections)
    manifests = [
        superuser,
        *(secrets.credentials(scope, connection, labels) for connection in connections.values()),
        *standalone.render(scope, database, superuser),
        *network.database_access(scope, connections["app"]),
        *access,
    ]
    return Published(manifests, connections, access[-1].reference)
