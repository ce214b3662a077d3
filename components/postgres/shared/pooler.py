"""PgBouncer in front of one tenant's database: an object of the operator, and who may speak to its pods."""

from typing import Any

from components import network
from components.manifest import Manifest
from components.names import Scope
from components.postgres.shared import cluster
from components.settings.database import Database
from components.settings.tenant import Tenant, pooler_of

_LABEL = "cnpg.io/poolerName"


def pods(name: str) -> dict[str, str]:
    """What selects the pods of a tenant's pooler («Labels and annotations»)."""
    return {_LABEL: pooler_of(name)}


def _image(image: str | None) -> dict[str, Any]:
    """The operator takes an image of its own unless the pods' template names another one («Connection pooling»)."""
    return {"template": {"spec": {"containers": [{"name": "pgbouncer", "image": image}]}}} if image else {}


def render(scope: Scope, database: Database, name: str, tenant: Tenant) -> list[Manifest]:
    """The Pooler and its policies; nothing where the tenant asks for none."""
    settings = tenant.pooler
    if settings is None:
        return []
    labels = scope.labels(name, "pooler")
    shared = database.shared
    spec = {
        "cluster": {"name": database.service},
        "instances": settings.instances,
        "type": "rw",
        **_image(database.shared.pooler_image),
        "pgbouncer": {
            "poolMode": settings.mode,
            "parameters": {
                "default_pool_size": str(settings.pool_size),
                "max_client_conn": str(settings.clients),
                # PgBouncer 1.21 on follows prepared statements of its clients in transaction mode, too.
                "max_prepared_statements": "100",
            },
        },
    }
    return [
        scope.manifest(
            cluster.API,
            "Pooler",
            pooler_of(name),
            {"spec": spec},
            labels=labels,
            after=(("Cluster", database.service), ("Database", f"{database.service}-{name}")),
        ),
        network.workload(
            scope,
            pooler_of(name),
            pods(name),
            reaches=[(cluster.pods(database), [cluster.PORT]), (shared.api_server, shared.api_server.ports)],
        ),
        network.workload(scope, f"{pooler_of(name)}-server", cluster.pods(database), [(pods(name), [cluster.PORT])]),
    ]
