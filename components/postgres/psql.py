"""How psql in a pod of this program signs in."""

from typing import Any

from components import authority
from components.connection import Authority, Connection
from components.pod import from_secret


def of_secret(
    host: str,
    port: int,
    database: str,
    secret: str,
    keys: tuple[str, str],
    trusted: Authority | None,
    patience: int = 5,
) -> list[dict[str, Any]]:
    """libpq's variables for whose name and password stand under `keys` of a Secret; `trusted` signed the server's
    certificate, and its own is to be mounted (`authority.mounts`). `patience`: seconds for a connection to be made."""
    user, password = keys
    return [
        {"name": "PGHOST", "value": host},
        {"name": "PGPORT", "value": str(port)},
        {"name": "PGDATABASE", "value": database},
        {"name": "PGCONNECT_TIMEOUT", "value": str(patience)},
        from_secret("PGUSER", secret, user),
        from_secret("PGPASSWORD", secret, password),
        *authority.libpq(trusted),
    ]


def environment(connection: Connection) -> list[dict[str, Any]]:
    """The same for a role, by its credentials Secret."""
    keys, one = ("username", "password"), connection
    return of_secret(one.host, one.port, one.database, one.secret, keys, one.authority)
