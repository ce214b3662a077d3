"""A tenant: its database and roles in the Cluster, and what its app reads, in the app's own namespace."""

from dataclasses import dataclass, replace

from components import secrets
from components.connection import Connection
from components.manifest import Manifest, Secret
from components.names import Scope
from components.postgres import bootstrap
from components.postgres.access import QUIET, watched_sql
from components.postgres.endpoint import Endpoint
from components.postgres.rights import Contents, contents_sql
from components.postgres.shared import cluster, entry, pooler, roles
from components.postgres.superuser import RELOADED
from components.settings import tenant as settings
from components.settings.database import Database
from components.settings.system import Cluster
from components.settings.tenant import Tenant

COMPONENT = "tenant"
SECRETS = {"owner": "postgresql-credentials", "app": "postgresql-app", "reader": "postgresql-reader"}
"""Role → the end of the name of the Secret that its app reads."""


def _password(scope: Scope, database: Database, name: str, tenant: Tenant, role: str) -> tuple[str, Secret]:
    """The Secret in the Cluster's namespace, which the operator reads, and the role's password in it.

    What is a tenant's can be taken away by its lines alone, so neither it nor a Secret of it is protected.
    """
    owner = f"{database.service}-{name}-{role}"
    password = secrets.marker(scope, getattr(tenant.passwords, role), owner, kept=False)
    return secrets.name_of(owner, password), password


def _unprotected(manifest: Manifest) -> Manifest:
    return replace(manifest, keep=False)


def passwords(scope: Scope, database: Database, name: str, tenant: Tenant) -> list[Manifest]:
    """The Secrets from which the operator takes the passwords of a tenant's roles. Their user must be the role's name,
    or the operator stops to look after every role («PostgreSQL Role management»)."""
    labels = scope.labels(name, COMPONENT) | RELOADED
    found = []
    for role, user in settings.roles_of(name, tenant).items():
        secret, password = _password(scope, database, name, tenant, role)
        entries = {"username": user, "password": password}
        found.append(secrets.named(scope, secret, entries, labels, "kubernetes.io/basic-auth", held=False))
    return [_unprotected(manifest) for manifest in found]


def mark(database: Database) -> str:
    """How the comment of every tenant's role begins: by it a role is known whose tenant is gone."""
    return f"postgres-apps, tenant of {database.service}: "


def roles_of(scope: Scope, database: Database, name: str, tenant: Tenant) -> list[roles.Role]:
    """The three roles of a tenant, as the operator is told."""
    return [
        roles.Role(user, _password(scope, database, name, tenant, role)[0], mark(database) + name)
        for role, user in settings.roles_of(name, tenant).items()
    ]


def connection(scope: Scope, database: Database, name: str, tenant: Tenant, role: str) -> Connection:
    """How a role of the tenant reaches its database from another namespace: by full names (rule 1)."""

    def full(service: str) -> str:
        return f"{service}.{scope.namespace}.svc.{scope.domain}"

    service = settings.pooler_of(name) if tenant.pooler else database.writes
    _, password = _password(scope, database, name, tenant, role)
    primary = Connection(
        host=full(service),
        port=cluster.PORT,
        database=settings.database_of(name, tenant),
        user=settings.roles_of(name, tenant)[role],
        password=password,
        secret=secrets.name_of(f"{name}-{SECRETS[role]}", password),
        sslmode="require",
        peers=pooler.pods(name) if tenant.pooler else cluster.pods(database),
        client_labels=tenant.pods,
    )
    if not database.shared.has_standbys:
        return primary
    return replace(primary, read_only=replace(primary, host=full(database.reads), peers=cluster.pods(database)))


def _database(scope: Scope, database: Database, name: str, tenant: Tenant, after: list[Manifest]) -> Manifest:
    """The Database object; what is in it stays when it goes."""
    owner = settings.roles_of(name, tenant)["owner"]
    spec = {
        "cluster": {"name": database.service},
        "name": settings.database_of(name, tenant),
        "owner": owner,
        "ensure": "present",
        "databaseReclaimPolicy": "retain",
        "connectionLimit": settings.connections_of(tenant),
        "encoding": "UTF8",
        "localeCollate": "C.UTF-8",
        "localeCType": "C.UTF-8",
        "template": "template0",
        **({"schemas": [{"name": one, "owner": owner} for one in tenant.schemas]} if tenant.schemas else {}),
        **({"extensions": [{"name": one} for one in tenant.extensions]} if tenant.extensions else {}),
    }
    return scope.manifest(
        cluster.API,
        "Database",
        f"{database.service}-{name}",
        {"spec": spec},
        labels=scope.labels(name, COMPONENT),
        # Until its owner is there the operator tries again every 30 seconds, and says so in its status only.
        annotations={"pulumi.com/waitFor": "jsonpath={.status.applied}=true"},
        after=(("Cluster", database.service), *(manifest.reference for manifest in after)),
    )


def _reads(scope: Scope, name: str, tenant: Tenant, connections: dict[str, Connection]) -> list[Manifest]:
    """What is in the tenant's namespace: a credentials Secret for each role, and the variables of its app."""
    there, labels = scope.within(tenant.namespace), scope.labels(name, COMPONENT)
    plain, hidden = connections[tenant.role].variables(tenant.connection.fields)
    found = [secrets.credentials(there, connection, labels, held=False) for connection in connections.values()]
    if plain:
        found.append(
            there.manifest("v1", "ConfigMap", tenant.config or f"{name}-config", {"data": plain}, labels=labels)
        )
    if hidden:
        found.append(secrets.opaque(there, tenant.secret or f"{name}-secrets", hidden, labels))
    return [_unprotected(manifest) for manifest in found]


@dataclass(frozen=True)
class Tenancy:
    """All that is made for one tenant, but for the passwords, which the Cluster waits for. Its Connections by role."""

    name: str
    manifests: list[Manifest]
    connections: dict[str, Connection]


def render(
    scope: Scope,
    database: Database,
    name: str,
    tenant: Tenant,
    *,
    secret: Manifest,
    account: Manifest,
    endpoint: Endpoint,
    place: Cluster,
) -> Tenancy:
    """`secret` is the superuser's; `account` is the ServiceAccount of the Job that gives the rights; `place` says
    where DNS is."""
    labels = scope.labels(name, COMPONENT)
    inline = database.shared.operator == "1.28"
    own = [] if inline else roles.objects(scope, database.service, roles_of(scope, database, name, tenant), labels)
    made = _database(scope, database, name, tenant, own)
    by_role = settings.roles_of(name, tenant)
    held = settings.database_of(name, tenant)
    sql = QUIET + contents_sql(Contents(held, **by_role)) + watched_sql(held)
    job = f"{database.service}-{name}"
    wait = bootstrap.until_there(by_role.values())
    rights = bootstrap.run(scope, database, job, sql, account, secret, endpoint, wait=wait, after=(made.reference,))
    connections = {role: connection(scope, database, name, tenant, role) for role in by_role}
    manifests = [
        *own,
        made,
        rights,
        *pooler.render(scope, database, name, tenant),
        *entry.policies(scope, database, name, tenant, place),
        *_reads(scope, name, tenant, connections),
    ]
    return Tenancy(name, manifests, connections)
