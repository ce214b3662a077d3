"""The variables that database drivers and apps read, by their names, and the URLs in which the same things stand.

Sources: postgresql.org/docs, «Environment Variables» (PGHOST …); docker-library/postgres (POSTGRES_…); and what
public charts call them: a stem such as DB, DATABASE or POSTGRES, an underscore, a field.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

_STEM = r"(?:[A-Z0-9]+_)*?(?:DB|DATABASE|DATASOURCE|POSTGRES|POSTGRESDB|POSTGRESQL|PGSQL|PG)"
_FIELDS = {
    "host": "HOST|HOSTNAME|SERVER|ADDR|ADDRESS",
    "port": "PORT",
    "database": "NAME|DATABASE|DB|DBNAME|DATABASE_NAME",
    "user": "USER|USERNAME|USER_NAME",
    "password": "PASSWORD|PASS|PWD|PASSWD",
}
_NAMED = [(field, re.compile(rf"(?P<stem>{_STEM})(?:_URL)?_(?:{words})")) for field, words in _FIELDS.items()]
_LIBPQ = {"PGHOST": "host", "PGPORT": "port", "PGDATABASE": "database", "PGUSER": "user", "PGPASSWORD": "password"}
_URL = re.compile(r"(?:jdbc:)?(?:postgres|postgresql)(?:\+[a-z0-9]+)?://", re.IGNORECASE)
DEFAULT_PORT = 5432


def field_of(variable: str) -> tuple[str, str] | None:
    """(group, field) of a variable by its name, e.g. ("DB", "host"); None for one that is not of a database."""
    if variable in _LIBPQ:
        return "PG", _LIBPQ[variable]
    for field, pattern in _NAMED:
        if match := pattern.fullmatch(variable):
            return match["stem"], field
    return None


def beside(variable: str) -> str:
    """The group whose user and password go with the URL in a variable: SPRING_DATASOURCE for SPRING_DATASOURCE_URL."""
    return re.sub(r"_(?:JDBC_)?(?:URL|URI)$", "", variable)


@dataclass(frozen=True)
class Url:
    """What a database URL names; "" for what it leaves out."""

    host: str
    port: str
    database: str
    user: str
    password: str


def parsed_url(value: str) -> Url | None:
    """The parts of a PostgreSQL URL, JDBC ones included; None for any other text, and for one that can't be read."""
    if not _URL.match(value):
        return None
    try:
        parts = urlsplit(value.removeprefix("jdbc:").removeprefix("JDBC:"))
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Url(host, str(port or ""), unquote(parts.path.lstrip("/")), user, password)
