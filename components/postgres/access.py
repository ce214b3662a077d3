"""Roles and rights (rule 2): an idempotent bootstrap that works on a new database and on one that already exists."""

from dataclasses import dataclass

from components.postgres.logins import opened_sql
from components.postgres.wal.access import archiving_sql
from components.settings.database import Database
from components.settings.monitoring import STATEMENTS
from components.settings.replicated import REWIND
from components.settings.shared import EXPORTER, STREAMING

LEDGER = "postgres_apps.migration"
"""The table that records which migrations ran; the owner may add to it, the app can't see it."""

LEDGER_SQL = f"""
CREATE SCHEMA IF NOT EXISTS postgres_apps;
CREATE TABLE IF NOT EXISTS {LEDGER} (
  name text NOT NULL, digest text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (name, digest)
);
"""


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


@dataclass(frozen=True)
class Contents:
    """A database and its three roles, by name."""

    database: str
    owner: str
    app: str
    reader: str


def _made(name: str) -> str:
    return f"""
SELECT 'CREATE DATABASE "{name}"' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{name}') \\gexec
"""


_CLOSED = "REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;"
"""Whoever has no database of their own has none."""


def contents_sql(contents: Contents) -> str:
    """Who may do what in a database that is there, with roles that are there; it ends connected to it."""
    name, owner, app, reader = contents.database, contents.owner, contents.app, contents.reader
    entered = f"""
ALTER DATABASE "{name}" OWNER TO "{owner}";
REVOKE ALL ON DATABASE "{name}" FROM PUBLIC;
GRANT CONNECT, TEMPORARY, CREATE ON DATABASE "{name}" TO "{owner}";
GRANT CONNECT, TEMPORARY ON DATABASE "{name}" TO "{app}";
GRANT CONNECT ON DATABASE "{name}" TO "{reader}";
\\connect "{name}"
"""
    return "".join((entered, _adopted(f'"{owner}"'), _rights(owner, app, reader), _ledger(owner)))


def _adopted(owner: str) -> str:
    """What an existing database holds goes to the owner, whoever made it; extensions keep theirs."""
    return f"""
DO $$
DECLARE statement text;
BEGIN
  FOR statement IN
    SELECT format('ALTER %s %I.%I OWNER TO {owner}',
                  CASE c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
                                 WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, n.nspname, c.relname)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname !~ '^(pg_|information_schema$|postgres_apps$)'
       AND c.relowner <> '{owner}'::regrole
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                                                 AND d.deptype IN ('e', 'a', 'i'))
    UNION ALL
    SELECT format('ALTER ROUTINE %s OWNER TO {owner}', p.oid::regprocedure)
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE n.nspname !~ '^(pg_|information_schema$)' AND p.proowner <> '{owner}'::regrole
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
                                                 AND d.deptype = 'e')
    UNION ALL
    SELECT format('ALTER TYPE %I.%I OWNER TO {owner}', n.nspname, t.typname)
      FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
     WHERE t.typtype IN ('e', 'd', 'r') AND n.nspname !~ '^(pg_|information_schema$)'
       AND t.typowner <> '{owner}'::regrole
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid
                                                 AND d.deptype = 'e')
    UNION ALL
    SELECT format('ALTER SCHEMA %I OWNER TO {owner}', nspname) FROM pg_namespace
     WHERE nspname !~ '^(pg_|information_schema$|public$|postgres_apps$)' AND nspowner <> '{owner}'::regrole
  LOOP
    EXECUTE statement;
  END LOOP;
END $$;
"""


def _rights(owner: str, app: str, reader: str) -> str:
    """DML for the app, SELECT for the reader: on what is there, and on what the owner will make."""
    return f"""
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO "{owner}";
ALTER DEFAULT PRIVILEGES FOR ROLE "{owner}" GRANT USAGE ON SCHEMAS TO "{app}", "{reader}";
ALTER DEFAULT PRIVILEGES FOR ROLE "{owner}" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "{app}";
ALTER DEFAULT PRIVILEGES FOR ROLE "{owner}" GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO "{app}";
ALTER DEFAULT PRIVILEGES FOR ROLE "{owner}" GRANT SELECT ON TABLES TO "{reader}";
DO $$
DECLARE schema name;
BEGIN
  FOR schema IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$|postgres_apps$)' LOOP
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO "{app}", "{reader}"', schema);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO "{app}"', schema);
    EXECUTE format('GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA %I TO "{app}"', schema);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO "{reader}"', schema);
  END LOOP;
END $$;
"""


def _ledger(owner: str) -> str:
    return f"""{LEDGER_SQL}\
GRANT USAGE ON SCHEMA postgres_apps TO "{owner}";
GRANT SELECT, INSERT ON {LEDGER} TO "{owner}";
"""


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
