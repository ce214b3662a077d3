"""What is kept of a standalone or a replicated database beside itself, by what its section `backup` asks for."""

from collections.abc import Mapping

from components.connection import Connection
from components.manifest import Manifest, Reference
from components.names import Scope
from components.postgres.dumps import cron
from components.postgres.wal import jobs
from components.postgres.snapshots import cron as snapshots
from components.settings.database import Database


def render(
    scope: Scope, database: Database, connections: Mapping[str, Connection], superuser: Manifest, ready: Reference
) -> list[Manifest]:
    """All of its objects; `connections` by role, whose roles are there once `ready` is; `superuser` the Secret
    of who may do all."""
    if (backup := database.backup) is None:
        return []
    made: list[Manifest] = []
    if backup.dumps is not None:
        made += cron.render(scope, database, backup.dumps, connections["dump"], superuser, ready)
    if backup.wal is not None:
        made += jobs.render(scope, database, backup.wal, connections["archive"], ready)
    if backup.snapshots is not None:
        made += snapshots.render(scope, database, backup.snapshots)
    return made
