"""Statements that the owner role may not run, or that would undo what this program decides."""

from collections.abc import Collection
from typing import Any

from pglast import ast

from components.schema.parsed import nodes

TRUSTED = frozenset(
    "btree_gin btree_gist citext cube dict_int fuzzystrmatch hstore intarray isn lo ltree pg_trgm pgcrypto plpgsql seg "
    "tablefunc tcn tsm_system_rows tsm_system_time unaccent uuid-ossp".split()
)
"""Whoever may CREATE in the database may make these (postgresql.org/docs, «Additional Supplied Modules», trusted)."""

_SUPERUSERS: dict[str, str] = {
    "CreateRoleStmt": "CREATE ROLE",
    "AlterRoleStmt": "ALTER ROLE",
    "AlterRoleSetStmt": "ALTER ROLE … SET",
    "DropRoleStmt": "DROP ROLE",
    "CreatedbStmt": "CREATE DATABASE",
    "DropdbStmt": "DROP DATABASE",
    "AlterSystemStmt": "ALTER SYSTEM",
    "CreateTableSpaceStmt": "CREATE TABLESPACE",
    "DropTableSpaceStmt": "DROP TABLESPACE",
    "CreateEventTrigStmt": "CREATE EVENT TRIGGER",
    "CreateFdwStmt": "CREATE FOREIGN DATA WRAPPER",
    "CreateSubscriptionStmt": "CREATE SUBSCRIPTION",
    "LoadStmt": "LOAD",
}
"""Kind of statement → its name. Of roles and databases, names and passwords are this program's besides."""

_LANGUAGES = {"c", "internal", "plperlu", "plpython3u", "plpythonu", "pltclu"}
_WHO = {"role", "session_authorization"}
_OWN = "postgres_apps"
_OPTIONS = {"password", "passwd", "secret", "token"}

Refused = tuple[str, str, str]
"""(found, allowed, do)."""


def refused(tree: Any, extensions: Collection[str]) -> Refused | None:
    """What of `tree` the owner may not do; `extensions` are those that the superuser makes before."""
    name = type(tree).__name__
    if name in _SUPERUSERS:
        do = "roles and databases are `database.roles` and `database.name`, parameters are `database.parameters`"
        return _SUPERUSERS[name], "what the owner of one database may do", do
    match tree:
        case ast.TransactionStmt():
            return "a command that begins or ends a transaction", "none: each file runs in one of its own", "delete it"
        case ast.VariableSetStmt() if tree.name in _WHO:
            return f"SET {tree.name}", "what runs as the owner role", "delete it"
        case ast.CopyStmt():
            return _copy(tree)
        case ast.CreateExtensionStmt():
            return _extension(tree, extensions)
        case ast.CreateFunctionStmt():
            return _function(tree)
        case ast.CreateUserMappingStmt() | ast.AlterUserMappingStmt() | ast.CreateForeignServerStmt():
            if any(option.defname in _OPTIONS for option in tree.options or ()):
                return "a password in clear text", "none in a file of the repository", "set it by hand, as its owner"
    return _own(tree)


def _copy(tree: Any) -> Refused:
    if tree.is_program or tree.filename:
        return "COPY with a file or a program of the server", "what the owner may do", "INSERT … VALUES, or an app"
    way = "FROM STDIN" if tree.is_from else "TO STDOUT"
    return f"COPY {way}", "SQL only: no data comes or goes beside it", "INSERT … VALUES, or an app's `migration`"


def _extension(tree: Any, extensions: Collection[str]) -> Refused | None:
    name = tree.extname
    if name in extensions:
        if tree.if_not_exists:
            return None
        allowed = "CREATE EXTENSION IF NOT EXISTS, for the superuser has made it before"
        return f"CREATE EXTENSION of {name}", allowed, "delete the line; `schema.extensions` names it"
    if name in TRUSTED:
        return None
    do = f"list {name} in `database.schema.extensions`: the superuser makes it before the first file"
    return f"CREATE EXTENSION of {name}, which only a superuser may", "a trusted extension, or a listed one", do


def _function(tree: Any) -> Refused | None:
    languages = {
        option.arg.sval.lower() for option in tree.options or () if option.defname == "language" and option.arg
    }
    if not languages & _LANGUAGES:
        return None
    return f"a function in {', '.join(languages)}, which only a superuser may make", "sql, plpgsql, a trusted one", ""


def _own(tree: Any) -> Refused | None:
    """The schema of the ledger: who changes it can't be told any more what was applied."""
    for node in nodes(tree):
        names = {getattr(node, field, None) for field in ("schemaname", "newschema")}
        if isinstance(node, ast.DropStmt) and getattr(node.removeType, "name", "") == "OBJECT_SCHEMA":
            names |= {item.sval for item in node.objects or () if isinstance(item, ast.String)}
        if _OWN in names:
            return f"the schema {_OWN}", "schemas of your own: in that one is the ledger of what was applied", ""
    return None
