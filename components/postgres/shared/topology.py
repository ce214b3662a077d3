"""All objects of a shared Cluster and of its own database, in the order in which each comes after what it needs."""

from collections.abc import Mapping

from components import network
from components.connection import Connection
from components.manifest import Manifest
from components.names import Scope
from components.postgres.endpoint import Endpoint
from components.postgres.shared import backup, cluster, monitoring, roles, tenants
from components.settings.database import Database
from components.settings.tenant import Tenant


def endpoint(_scope: Scope, database: Database) -> Endpoint:
    """Clients find the operator's Services; with one instance nobody would answer at the standbys'."""
    return Endpoint(
        host=database.writes,
        port=cluster.PORT,
        sslmode="require",
        peers=cluster.pods(database),
        ready=("Cluster", database.service),
        reads=(database.reads, cluster.PORT) if database.shared.has_standbys else None,
    )


def _policies(scope: Scope, database: Database, client: Connection) -> list[Manifest]:
    pods, shared = cluster.pods(database), database.shared
    among = (pods, [cluster.PORT, cluster.STATUS])
    operator = (shared.operator_pods, [cluster.PORT, cluster.STATUS])
    return network.database_access(
        scope, client, [among, (shared.api_server, shared.api_server.ports)], [among, operator], name=database.service
    )


def render(
    scope: Scope,
    database: Database,
    secret: Manifest,
    connections: dict[str, Connection],
    others: Mapping[str, Tenant],
) -> list[Manifest]:
    """The roles' passwords, the Cluster, its roles. `secret` is the superuser's; `others` are the tenants."""
    labels = scope.labels(database.service, cluster.COMPONENT)
    comment = f"of {database.name}, the database of {database.service} itself"
    own = [roles.Role(connections[role].user, connections[role].secret, comment) for role in ("app", "reader")]
    passwords = [
        manifest for name, tenant in others.items() for manifest in tenants.passwords(scope, database, name, tenant)
    ]
    foreign = [role for name, tenant in others.items() for role in tenants.roles_of(scope, database, name, tenant)]
    inline = [*own, *foreign] if database.shared.operator == "1.28" else []
    servers = cluster.render(scope, database, secret, connections["owner"].secret, inline)
    made = [] if inline else roles.objects(scope, database.service, own, labels)
    shared, service = database.shared, database.service
    kept = backup.render(scope, service, shared.backup, shared.recovery)
    # What the Cluster waits for comes before it; the schedule waits for the Cluster.
    stores = [manifest for manifest in kept if ("Cluster", service) not in manifest.after]
    return [
        *_policies(scope, database, connections["app"]),
        *passwords,
        *stores,
        servers,
        *made,
        *(manifest for manifest in kept if manifest not in stores),
        *monitoring.render(
            scope, service, shared.instances, database.resources.limits, database.monitoring, shared.backup
        ),
    ]
