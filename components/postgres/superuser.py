"""The superuser's credentials: in a Secret of their own, read by the server and the bootstrap only (rule 2)."""

from components import secrets
from components.manifest import Generated, Manifest
from components.names import Scope
from components.settings.database import Database

RELOADED = {"cnpg.io/reload": "true"}
"""The label by which CloudNativePG hears of a changed Secret («PostgreSQL Role management», Password management)."""


def name(database: Database) -> str:
    """The name of the Secret."""
    return f"{database.service}-superuser"


def keys(database: Database) -> tuple[str, str]:
    """Under which keys user and password are: the variables of the official image, or what the operator reads."""
    return ("username", "password") if database.is_shared else ("POSTGRES_USER", "POSTGRES_PASSWORD")


def render(scope: Scope, database: Database, labels: dict[str, str]) -> Manifest:
    """The Secret."""
    user, password = keys(database)
    entries = {user: database.roles.superuser, password: Generated(name(database))}
    if database.is_shared:
        return secrets.opaque(scope, name(database), entries, labels | RELOADED, "kubernetes.io/basic-auth")
    return secrets.opaque(scope, name(database), entries | {"POSTGRES_DB": database.name}, labels)
