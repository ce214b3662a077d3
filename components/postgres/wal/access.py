"""What the role may that has base backups taken: have the server run pgBackRest, and what that asks the server for.

Source: pgbackrest.org, «User Guide», and src/db/db.c: the functions that a backup calls.
"""

from components.settings.database import Database
from components.settings.wal import PGBACKREST

FUNCTION = "postgres_apps.pgbackrest"
COMMANDS = ("stanza-create", "check", "backup --type=full", "info", "verify", "expire")
"""None of them takes data away but `expire`, and that only what the retention says."""

PASSWORD = "ARCHIVE_PASSWORD"  # noqa: S105 (a variable's name)
"""The variable with which pgBackRest, run by the server, signs in to it."""


def _functions(version: int) -> tuple[str, ...]:
    began = (
        ("pg_backup_start(text, boolean)", "pg_backup_stop(boolean)")
        if version >= 15
        else ("pg_start_backup(text, boolean, boolean)", "pg_stop_backup(boolean, boolean)")
    )
    return (*began, "pg_create_restore_point(text)", "pg_switch_wal()")


def archiving_sql(database: Database) -> str:
    """Of the bootstrap, in the database `postgres`; nothing where no WAL is archived.

    COPY's program ends with 0 whatever happens, so that what it said is not lost with an error; the last line tells.
    """
    if database.wal is None:
        return ""
    role, listed = database.roles.archive, ", ".join(f"'{command}'" for command in COMMANDS)
    granted = "".join(
        f'GRANT EXECUTE ON FUNCTION pg_catalog.{function} TO "{role}";\n' for function in _functions(database.version)
    )
    return f"""
GRANT CONNECT ON DATABASE postgres TO "{role}";
GRANT pg_read_all_settings TO "{role}";
{granted}\
CREATE SCHEMA IF NOT EXISTS postgres_apps;
CREATE OR REPLACE FUNCTION {FUNCTION}(command text) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  IF command IN ({listed}) IS NOT TRUE THEN
    RAISE EXCEPTION 'allowed: {", ".join(COMMANDS)}';
  END IF;
  CREATE TEMPORARY TABLE said (line text) ON COMMIT DROP;
  EXECUTE format('COPY pg_temp.said FROM PROGRAM %L WITH (FORMAT csv, DELIMITER E''\\x01'', QUOTE E''\\x02'')',
    '(PGPASSWORD="${PASSWORD}" {PGBACKREST} --log-level-console=info ' || command
    || '; echo "ended with $?") 2>&1');
  RETURN QUERY SELECT coalesce(line, '') FROM said;
END $function$;
REVOKE ALL ON FUNCTION {FUNCTION}(text) FROM PUBLIC;
GRANT USAGE ON SCHEMA postgres_apps TO "{role}";
GRANT EXECUTE ON FUNCTION {FUNCTION}(text) TO "{role}";
"""
