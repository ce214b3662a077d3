"""Base backups: one at once for each generation, and then by schedule."""

from dataclasses import replace
from typing import Any

from components import authority, declared, job, volumes
from components.connection import Connection
from components.manifest import Manifest, Reference
from components.names import Scope, client_labels
from components.namespace import service_account
from components.pod import container, pod_spec, template
from components.postgres.bootstrap import SMALL
from components.postgres.psql import environment as signing_in
from components.settings.database import Database
from components.settings.wal import PGBACKREST_FILES, Wal

_RETRIES = 3


def render(scope: Scope, database: Database, wal: Wal, connection: Connection, ready: Reference) -> list[Manifest]:
    """ServiceAccount, Job and CronJob; `connection` is the archiving role's, which is there once `ready` is."""
    name = f"{database.service}-base-backup"
    labels = scope.labels(name, "backup")
    account = service_account(scope, name, "backup")
    # A generation has an archive of its own, and so a first backup.
    pods = template(
        labels | client_labels(database.service),
        declared.of_history(database) | declared.of_base_backup(),
        _pod(database, connection, name),
    )
    needs = (account.reference, ready, ("Secret", connection.secret), ("ConfigMap", f"{database.service}-wal"))
    first = job.once(
        scope,
        name,
        pods,
        labels=labels,
        deadline=wal.deadline_seconds,
        retries=_RETRIES,
        after=needs,
        # The engine would give up after ten minutes, and nothing else needs it.
        annotations={"pulumi.com/skipAwait": "true"},
    )
    nightly = job.daily(
        scope, name, pods, labels=labels, schedule=wal.schedule, deadline=wal.deadline_seconds, after=needs
    )
    return [account, first, nightly]


def _pod(database: Database, connection: Connection, account: str) -> dict[str, Any]:
    asks = container(
        "base-backup",
        database.image,
        command=["sh", f"{PGBACKREST_FILES}/base_backup.sh"],
        # A limit that the database sets for all who ask would end it; a client that is gone ends it at once.
        env=[
            *signing_in(replace(connection, database="postgres")),
            {"name": "PGOPTIONS", "value": "-c statement_timeout=0 -c client_connection_check_interval=10s"},
        ],
        resources=SMALL,
        mounts=[
            volumes.mount("pgbackrest-files", PGBACKREST_FILES, read_only=True),
            *authority.mounts(connection.authority),
        ],
    )
    return pod_spec(
        user=database.run_as,
        account=account,
        containers=[asks],
        volumes=[
            volumes.of_config_map("pgbackrest-files", f"{database.service}-wal"),
            *authority.pod_volumes(connection.authority),
        ],
    )
