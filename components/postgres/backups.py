"""What is kept of a standalone or a replicated database beside itself, by what its section `backup` asks for."""

from collections.abc import Mapping

from components.connection import Connection
from components.manifest import Manifest, Reference
from components.names import Scope
from components.postgres.dumps import cron
from components.postgres.snapshots import cron as snapshots
from components.postgres.wal import jobs
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


def notes(database: Database) -> list[str]:
    """What is kept of the database, where and when, in a sentence each for who reads the plan."""
    if (backup := database.backup) is None:
        return []
    found = []
    if (dumps := backup.dumps) is not None:
        where = dumps.s3.destination if dumps.s3 else f"the claim {dumps.storage.claim}" if dumps.storage else ""
        sealed = "encrypted" if dumps.encrypt else "not encrypted"
        found.append(
            f"{database.name} is dumped to {where} at `{dumps.schedule}` UTC, {sealed}, and the newest dump is "
            f"restored on trial at `{dumps.proof.schedule}`"
        )
    if (wal := backup.wal) is not None:
        sealed = "encrypted" if wal.encrypt else "not encrypted"
        found.append(
            f"WAL is archived to {wal.s3.destination} within {wal.timeout} s, {sealed}, with a full backup at "
            f"`{wal.schedule}` UTC: back to any moment of {wal.retention}; a drill is yours to hold (docs/wal.md)"
        )
    if (snapshots := backup.snapshots) is not None:
        found.append(f"volume snapshots are taken at `{snapshots.schedule}` UTC; nobody restores those on trial")
    return found
