"""A database of any topology: its manifests, and the Connections it publishes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from components import secrets
from components.connection import Connection
from components.manifest import Manifest, Reference
from components.names import Scope, client_labels
from components.postgres import audience, backups, bootstrap, replicated, schema, shared, standalone, superuser
from components.postgres.endpoint import Endpoint
from components.settings.database import Database
from components.settings.tenant import Tenant

_TOPOLOGIES = {"standalone": standalone, "replicated": replicated, "shared": shared}


@dataclass(frozen=True)
class Published:
    """What a database gives to the rest of the plan: one Connection per role, and what must be ready to use them.

    `superuser` is the Secret of who may do all, None where nobody here may; `endpoint` is where it is done. `context`
    is what others have made, or say that they have, and what the contracts know besides. `makes_ledger`: nothing of
    this project's is in the database, so that the first migration makes its ledger. `turning`: passwords were rotated,
    and none may be told before it opens, which it does by `ready`.
    """

    manifests: list[Manifest]
    connections: dict[str, Connection]
    ready: Reference
    superuser: Manifest | None
    endpoint: Endpoint
    context: list[Manifest] = field(default_factory=list)
    makes_ledger: bool = False
    turning: bool = False


def password_name(database: Database, role: str, rotation: int) -> str:
    """By which name the engine keeps a role's password: another one for each rotation, for it makes no protected
    password anew, and takes none away."""
    name = f"{database.service}-{role}"
    return f"{name}/{rotation}" if rotation else name


def _connection(scope: Scope, database: Database, endpoint: Endpoint, role: str) -> Connection:
    name = f"{database.service}-{role}"
    made = password_name(database, role, database.rotations.get(role, 0))
    password = secrets.marker(scope, getattr(database.passwords, role), made)
    primary = Connection(
        host=endpoint.host,
        port=endpoint.port,
        database=database.name,
        user=database.login(role),
        password=password,
        secret=secrets.name_of(name, password),
        sslmode=endpoint.sslmode,
        peers=endpoint.peers,
        client_labels=client_labels(database.service),
        authority=endpoint.authority,
    )
    if endpoint.reads is None:
        return primary
    host, port = endpoint.reads
    return replace(primary, read_only=replace(primary, host=host, port=port))


def render(scope: Scope, database: Database, tenants: Mapping[str, Tenant] = {}) -> Published:
    """Every object of the database, and its Connections by role. Of the `tenants`, the Cluster holds the roles."""
    labels = scope.labels(database.service, standalone.COMPONENT)
    secret = superuser.render(scope, database, labels)
    topology = _TOPOLOGIES[database.topology]
    endpoint = topology.endpoint(scope, database)
    connections = {role: _connection(scope, database, endpoint, role) for role in database.login_roles}
    reloaded = superuser.RELOADED if database.is_shared else {}
    roles = {
        role: secrets.credentials(scope, connection, labels | reloaded, held=not database.is_shared)
        for role, connection in connections.items()
    }
    servers = topology.render(scope, database, secret, connections, tenants)
    # Who may sign in by which login is in force before one of them gets its password.
    settled = tuple(made.reference for made in servers if made.kind == "Job") if database.rotations else ()
    access = bootstrap.render(scope, database, secret, endpoint, roles, settled)
    manifests = [
        secret,
        *roles.values(),
        *servers,
        *access,
        *audience.render(scope, database, connections),
        *backups.render(scope, database, connections, secret, access[-1].reference),
    ]
    ready = access[-1].reference
    if database.schema_ is not None:
        needs = (ready, roles["owner"].reference)
        manifests += schema.render(scope, database, database.schema_, connections["owner"], needs)
        ready = manifests[-1].reference
    return Published(
        manifests,
        connections,
        ready,
        secret,
        endpoint,
        audience.known(scope, database),
        turning=bool(database.rotations),
    )
