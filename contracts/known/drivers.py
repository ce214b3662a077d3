"""The names by which database drivers and apps are told of a database, and the URLs in which the same things stand.

Sources: postgresql.org/docs, «Environment Variables» (PGHOST …); docker-library/postgres (POSTGRES_…); and what
public charts call them: a stem such as DB, DATABASE or POSTGRES, an underscore, a field. Connection strings beside
URLs: libpq's «Keyword/Value Connection Strings», and Npgsql's (npgsql.org/doc/connection-string-parameters.html).
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

_STEM = r"(?:[A-Z0-9]+_)*?(?:DB|DATABASE|DATASOURCE|DATA_SOURCE|POSTGRES|POSTGRESDB|POSTGRESQL|PGSQL|PG)"
_FIELDS = {
    "host": "HOST|HOSTNAME|SERVER|ADDR|ADDRESS|ENDPOINT",
    "port": "PORT",
    "database": "NAME|DATABASE|DB|DBNAME|DATABASE_NAME",
    "user": "USER|USERNAME|USER_NAME",
    "password": "PASSWORD|PASS|PWD|PASSWD",
}
_NAMED = [(field, re.compile(rf"(?P<stem>{_STEM})(?:_URL)?_(?:{words})")) for field, words in _FIELDS.items()]
_LIBPQ = {"PGHOST": "host", "PGPORT": "port", "PGDATABASE": "database", "PGUSER": "user", "PGPASSWORD": "password"}
_URL = re.compile(r"(?:jdbc:)?(?:postgres|postgresql)(?:\+[a-z0-9]+)?://", re.IGNORECASE)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_APART = re.compile(r"[-._]+")
_PAIR = re.compile(r"\s*([A-Za-z][\w ]*?)\s*=\s*('(?:[^'\\]|\\.)*'|[^\s;]*)\s*(?:;|(?=\s)|$)")
_WORDS = {
    "host": "host",
    "port": "port",
    "dbname": "database",
    "database": "database",
    "user": "user",
    "username": "user",
    "user id": "user",
    "password": "password",
}
DEFAULT_PORT = 5432
BARE = "DATA_SOURCE_URI"
"""What postgres_exporter reads: host, port and database, with user and password in variables of their own (README)."""


@lru_cache(maxsize=20_000)
def field_of(name: str) -> tuple[str, str] | None:
    """(group, field) of a variable or option by its name, e.g. ("DB", "host"); None for one that is of no database.

    DB_HOST, dbHost, db.host, --db-host and APP__DB__HOST are one name in the styles of several frameworks.
    """
    spelled = _spelled(name)
    if spelled in _LIBPQ:
        return "PG", _LIBPQ[spelled]
    for field, pattern in _NAMED:
        if match := pattern.fullmatch(spelled):
            return match["stem"], field
    return None


def _spelled(name: str) -> str:
    return _APART.sub("_", _HUMP.sub("_", name)).strip("_").upper()


def beside(variable: str) -> str:
    """The group whose user and password go with the URL in a variable: SPRING_DATASOURCE for SPRING_DATASOURCE_URL."""
    return re.sub(r"_(?:JDBC_)?(?:URL|URI)$", "", _spelled(variable))


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
    if "://" not in value or not _URL.match(value):
        return None
    try:
        parts = urlsplit(value.removeprefix("jdbc:").removeprefix("JDBC:"))
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Url(host, str(port or ""), unquote(parts.path.lstrip("/")), user, password)


def parsed(value: str) -> Url | None:
    """The same of a URL or of a connection string of libpq or Npgsql; None for any other text."""
    if "=" not in value or "://" in value:
        return parsed_url(value)
    found, end = {}, 0
    for match in _PAIR.finditer(value):
        if match.start() != end:
            return None  # Something stands between that is no pair: no connection string.
        end = match.end()
        if field := _WORDS.get(match[1].lower()):
            found[field] = match[2].strip("'")
    if end != len(value) or not found.get("host") or not {"database", "user"} & set(found):
        return None
    return Url(*(found.get(field, "") for field in ("host", "port", "database", "user", "password")))


def parsed_bare(name: str, value: str) -> Url | None:
    """The same of a URL without its scheme, which one variable holds; None for any other variable."""
    return parsed_url(f"postgresql://{value}") if name == BARE and "://" not in value else None


def split_host(value: str) -> tuple[str, str]:
    """(host, port) of `host:port`; the port is "" where `value` is a host alone."""
    host, colon, port = value.rpartition(":")
    return (host, port) if colon and port.isdigit() else (value, "")
