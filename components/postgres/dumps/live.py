"""Steps that talk to the live database: how they find it, and how they know that it is the one."""

from collections.abc import Mapping
from typing import Any

from components import authority
from components.connection import Connection
from components.pod import from_secret
from components.postgres.dumps.pods import Pods, variables


def step(
    pods: Pods, script: str, connection: Connection, secret: str, keys: tuple[str, str], more: Mapping[str, str]
) -> dict[str, Any]:
    """A step with PostgreSQL's programs at the database of `connection`, as whoever is in `secret` under `keys`."""
    user, password = keys
    env = [
        {"name": "PGHOST", "value": connection.host},
        {"name": "PGPORT", "value": str(connection.port)},
        {"name": "PGDATABASE", "value": connection.database},
        {"name": "PGCONNECT_TIMEOUT", "value": "10"},
        from_secret("PGUSER", secret, user),
        from_secret("PGPASSWORD", secret, password),
        *authority.libpq(connection.authority),
        *variables(more),
    ]
    return pods.with_postgres(script, env, pods.dumps.resources, authority.mounts(connection.authority))


def volumes(connection: Connection) -> list[dict[str, Any]]:
    """What the pod of such a step mounts for it."""
    return authority.pod_volumes(connection.authority)
