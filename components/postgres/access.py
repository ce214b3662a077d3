"""Roles and rights (rule 2): an idempotent bootstrap that works on a new database and on one that already exists."""

from components.postgres.logins import opened_sql
from components.postgres.rights import Contents, contents_sql
from components.postgres.wal.access import archiving_sql
from components.settings.database import Database
from components.settings.monitoring import STATEMENTS
from components.settings.replicated import REWIND
from components.settings.shared import EXPORTER, STREAMING


def passwords(database: Database) -> dict[str, str]:
    """Role → the environment variable with its password, in the bootstrap's container; none where an operator sets
    them."""
    if database.is_shared:
        return {}
    return {role: f"{role.upper()}_PASSWORD" for role in database.login_roles}


QUIET = """\
\\set ON_ERROR_STOP on
-- Passwords must not reach the server's log or its statistics.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
SET pg_stat_statements.track_utility = off;
SET password_encryption = 'scram-sha-256';
SET client_min_messages = warning;
"""


def _role(name: str, variable: str) -> str:
    return f"""
SELECT 'CREATE ROLE "{name}"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') \\gexec
\\set password `printenv {variable}`
ALTER ROLE "{name}" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'password';
"""


def _signing_in(database: Database, role: str, variable: str) -> str:
    name, rotation = getattr(database.roles, role), database.rotations.get(role)
    return opened_sql(name, rotation, variable) if rotation else _role(name, variable)


def _made(name: str) -> str:
    return f"""
SELECT 'CREATE DATABASE "{name}"' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{name}') \\gexec
"""


_CLOSED = "REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;"
"""Whoever has no database of their own has none."""


def _extensions(database: Database) -> str:
    """Those that the schema counts on: the owner may not make all of them, and need not."""
    wanted = database.schema_.extensions if database.schema_ else []
    return "".join(f'CREATE EXTENSION IF NOT EXISTS "{name}";\n' for name in wanted)


def _among_members(database: Database) -> str:
    """Rights in the database `postgres`, where pg_rewind and the exporter connect and PUBLIC no longer may."""
    if database.is_shared:
        return f'GRANT CONNECT ON DATABASE postgres TO "{STREAMING}";\n' + "".join(
            map(watched_sql, ("postgres", database.name))
        )
    connect = f'GRANT CONNECT ON DATABASE postgres TO "{REWIND}";\n' if database.is_replicated else ""
    return connect + (_watching(database) if "monitor" in passwords(database) else "")


def _watching(database: Database) -> str:
    """Statistics for the exporter; of statements they are those of all databases, wherever the extension is."""
    monitor, settings = database.roles.monitor, database.monitoring
    rights = f'GRANT CONNECT ON DATABASE postgres TO "{monitor}";\nGRANT pg_monitor TO "{monitor}";\n'
    counted = settings is not None and settings.statements
    return rights + (f"\\connect postgres\nCREATE EXTENSION IF NOT EXISTS {STATEMENTS};\n" if counted else "")


def _dumping(database: Database) -> str:
    """All rows for who dumps, and nothing but rows: row-level security would hide some of them without a word. What
    large objects hold their owner must grant (postgresql.org/docs, «Predefined Roles»)."""
    if "dump" not in passwords(database):
        return ""
    role = database.roles.dump
    return (
        f'ALTER ROLE "{role}" BYPASSRLS;\nGRANT pg_read_all_data TO "{role}";\n'
        f'GRANT CONNECT ON DATABASE "{database.name}" TO "{role}";\n'
    )


RESTORED = "@DATABASE@"
"""Stands for the name of a database that is restored, until there is one."""


def restored_sql(database: Database) -> str:
    """What gives this stack's roles their rights in a restored database, whoever had them where it was dumped."""
    roles = database.roles
    entered = f'GRANT CONNECT ON DATABASE "{RESTORED}" TO "{roles.dump}";\n'
    return QUIET + entered + contents_sql(Contents(RESTORED, roles.owner, roles.app, roles.reader))


def watched_sql(name: str) -> str:
    """Lets the operator's exporter into a database that PUBLIC may not enter; up to 1.28.2 it is the superuser, and
    there is no such role (cloudnative-pg 1.28.3, release notes)."""
    return f"""
SELECT 'GRANT CONNECT ON DATABASE "{name}" TO {EXPORTER}' FROM pg_roles WHERE rolname = '{EXPORTER}' \\gexec
"""


def bootstrap_sql(database: Database) -> str:
    """What psql runs as the superuser. Names are validated identifiers; passwords come from the environment."""
    roles = database.roles
    made = "".join(_signing_in(database, role, variable) for role, variable in passwords(database).items())
    there = "" if database.is_shared else made + _made(database.name) + archiving_sql(database)
    contents = Contents(database.name, roles.owner, roles.app, roles.reader)
    more = _extensions(database) + _among_members(database)
    return "".join((QUIET, there, _CLOSED, contents_sql(contents), _dumping(database), more))
