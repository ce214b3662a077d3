"""How psql in a pod of this program signs in."""

from typing import Any

from components import authority
from components.connection import Connection
from components.pod import from_secret


def environment(connection: Connection) -> list[dict[str, Any]]:
    """libpq's variables for a role: user and password from its credentials Secret, and whom it trusts to be the
    server, whose certificate is to be mounted (`authority.mounts`)."""
    return [
        {"name": "PGHOST", "value": connection.host},
        {"name": "PGPORT", "value": str(connection.port)},
        {"name": "PGDATABASE", "value": connection.database},
        {"name": "PGCONNECT_TIMEOUT", "value": "5"},
        from_secret("PGUSER", connection.secret, "username"),
        from_secret("PGPASSWORD", connection.secret, "password"),
        *authority.libpq(connection.authority),
    ]
