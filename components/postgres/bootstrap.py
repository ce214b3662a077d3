"""The Job that makes the roles, as soon as the server answers."""

from typing import Any

from components import declared, job
from components.connection import Connection
from components.manifest import Manifest
from components.names import Scope, client_labels
from components.namespace import service_account
from components.pod import container, from_secret, pod_spec, shell, template
from components.postgres.access import bootstrap_sql, passwords
from components.settings.database import Database

SMALL: dict[str, Any] = {
    "requests": {"cpu": "10m", "memory": "32Mi"},
    "limits": {"cpu": "500m", "memory": "128Mi"},
}
"""For psql and a shell: a choice, not a measurement; every run of tests/e2e stays within it."""

WAIT = "until pg_isready -q; do echo waiting for the database; sleep 1; done"
"""A Job that starts with the server gives it time; the Job's deadline bounds it."""


def render(scope: Scope, database: Database, superuser: Manifest, connections: dict[str, Connection]) -> list[Manifest]:
    """ServiceAccount and Job of the bootstrap; `connections` holds the role Connections by role."""
    name = f"{database.service}-bootstrap"
    labels = scope.labels(name, "bootstrap") | client_labels(database.service)
    server = connections["app"]
    variables = passwords(database)
    psql = container(
        "bootstrap",
        database.image,
        command=shell(f"{WAIT}\npsql -X -q -v ON_ERROR_STOP=1 <<'SQL'\n{bootstrap_sql(database)}\nSQL\n"),
        env=[
            {"name": "PGHOST", "value": server.host},
            {"name": "PGPORT", "value": str(server.port)},
            {"name": "PGDATABASE", "value": "postgres"},
            {"name": "PGCONNECT_TIMEOUT", "value": "5"},
            from_secret("PGUSER", superuser.name, "POSTGRES_USER"),
            from_secret("PGPASSWORD", superuser.name, "POSTGRES_PASSWORD"),
            *(from_secret(variable, connections[role].secret, "password") for role, variable in variables.items()),
        ],
        resources=SMALL,
    )
    spec = pod_spec(user=database.run_as, account=name, containers=[psql])
    after = (
        superuser.reference,
        ("Service", server.host),
        ("ServiceAccount", name),
        *(("Secret", connections[role].secret) for role in variables),
    )
    pods = template(labels, declared.of_bootstrap(variables.values()), spec)
    run = job.once(scope, name, pods, labels=labels, deadline=600, retries=2, after=after)
    return [service_account(scope, name, "bootstrap"), run]
