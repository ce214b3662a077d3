"""Steps that talk to the live database: how they find it, and how they know that it is the one."""

from collections.abc import Mapping
from typing import Any

from components import authority
from components.connection import Connection
from components.postgres import psql
from components.postgres.dumps.pods import Pods, variables


def step(
    pods: Pods, script: str, connection: Connection, secret: str, keys: tuple[str, str], more: Mapping[str, str]
) -> dict[str, Any]:
    """A step with PostgreSQL's programs at the database of `connection`, as whoever is in `secret` under `keys`."""
    one = connection
    env = psql.of_secret(one.host, one.port, one.database, secret, keys, one.authority, patience=10)
    return pods.with_postgres(
        script, [*env, *variables(more)], pods.dumps.resources, authority.mounts(connection.authority)
    )


def volumes(connection: Connection) -> list[dict[str, Any]]:
    """What the pod of such a step mounts for it."""
    return authority.pod_volumes(connection.authority)
