"""Who may do what inside one database (rule 2): its owner, its app, its reader and nobody else, whatever is there."""

from dataclasses import dataclass

LEDGER = "postgres_apps.migration"
"""The table that records which migrations ran; the owner may add to it, the app can't see it."""

LEDGER_SQL = f"""
CREATE SCHEMA IF NOT EXISTS postgres_apps;
CREATE TABLE IF NOT EXISTS {LEDGER} (
  name text NOT NULL, digest text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (name, digest)
);
"""


@dataclass(frozen=True)
class Contents:
    """A database and its three roles, by name."""

    database: str
    owner: str
    app: str
    reader: str


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
