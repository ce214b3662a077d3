"""The script by which psql applies the units of a schema, in one session.

Two Jobs that race wait for each other at one advisory lock. Each unit and its row in the ledger are one transaction:
whatever interrupts it, the next Job goes on with that unit. The ledger is that of the apps' migrations; the owner can
add to it, and change nothing in it.
"""

from collections.abc import Sequence

from components.postgres.rights import LEDGER
from components.schema.units import LEDGER_PREFIX, Unit

LOCK = (1634758771, 1)
"""Of this database: `classid` and `objid` in pg_locks. The first is «apps» in ASCII."""

FOLDER = "/schema"
SCRIPT = "apply.psql"
"""Where all units are mounted, and this script among them: no unit's file ends in .psql."""


def text(value: str) -> str:
    """A literal of SQL."""
    return "'" + value.replace("'", "''") + "'"


def options(lock_seconds: int) -> str:
    """PGOPTIONS of the session: what each unit begins with, whatever the one before has set. A server whose client is
    gone would otherwise go on with its statement, and hold the lock (client_connection_check_interval, 14)."""
    settings = {
        "search_path": "public",
        "client_encoding": "UTF8",
        "lock_timeout": f"{lock_seconds}s",
        "statement_timeout": "0",
        "idle_in_transaction_session_timeout": "0",
        "client_connection_check_interval": "5s",
        "client_min_messages": "notice",
    }
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


# A wait inside pg_advisory_lock would hold a snapshot, and CREATE INDEX CONCURRENTLY of the other Job waits for those.
_LOCKED = f"""\
DO $postgres_apps$
DECLARE told boolean := false;
BEGIN
  WHILE NOT pg_try_advisory_lock{LOCK} LOOP
    IF NOT told THEN RAISE NOTICE 'another Job applies the schema of this database; waiting until it has ended'; END IF;
    told := true;
    COMMIT;
    PERFORM pg_sleep(1);
  END LOOP;
END $postgres_apps$;
"""

_RESET = """\
RESET ROLE;
RESET ALL;
CLOSE ALL;
DEALLOCATE ALL;
UNLISTEN *;
DISCARD TEMP;
"""


def _name(unit: Unit) -> str:
    return text(LEDGER_PREFIX + unit.name)


def _planned(units: Sequence[Unit]) -> str:
    rows = (
        f"({number}, {_name(unit)}, '{unit.digest}', {str(unit.repeatable).lower()})"
        for number, unit in enumerate(units, 1)
    )
    return ",\n    ".join(rows)


def _guard(units: Sequence[Unit]) -> str:
    """Ends the session, with all reasons at once, where the files contradict what was applied."""
    return f"""\
DO $postgres_apps$
DECLARE wrong text;
BEGIN
  WITH planned(number, name, digest, repeatable) AS (VALUES
    {_planned(units)}),
  applied AS (
    SELECT DISTINCT ON (name) name, digest, to_char(applied_at, 'YYYY-MM-DD HH24:MI TZ') AS at FROM {LEDGER}
     WHERE name LIKE '{LEDGER_PREFIX}%' ORDER BY name, applied_at DESC),
  found(number, sentence) AS (
    SELECT number, format('%s was edited after it was applied on %s: give it back its text of then, and write the '
             'change as a new file', name, at)
      FROM planned p JOIN applied a USING (name) WHERE NOT repeatable AND p.digest <> a.digest
    UNION ALL
    SELECT 0, format('%s was applied on %s, and is not among the files: put it back', name, at)
      FROM applied WHERE name NOT IN (SELECT name FROM planned)
    UNION ALL
    SELECT p.number, format('%s is new, and comes before %s, which was applied on %s: give it a number behind that',
             p.name, last.name, last.at)
      FROM planned p, (SELECT q.number, q.name, a.at FROM planned q JOIN applied a USING (name)
                        WHERE NOT q.repeatable ORDER BY q.number DESC LIMIT 1) last
     WHERE NOT p.repeatable AND p.number < last.number AND p.name NOT IN (SELECT name FROM applied))
  SELECT string_agg(replace(sentence, '{LEDGER_PREFIX}', ''), E'\\n' ORDER BY number, sentence) INTO wrong FROM found;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION E'the files contradict what was applied to this database; nothing was changed\\n%', wrong
      USING HINT = 'docs/schema.md of the program says what to do; {LEDGER} is what was applied.';
  END IF;
END $postgres_apps$;
"""


def _pending(unit: Unit) -> str:
    if not unit.repeatable:
        return f"NOT EXISTS (SELECT FROM {LEDGER} WHERE name = {_name(unit)})"
    last = (
        f"SELECT split_part(digest, '#', 1) FROM {LEDGER} WHERE name = {_name(unit)} ORDER BY applied_at DESC LIMIT 1"
    )
    return f"'{unit.digest}' IS DISTINCT FROM ({last})"


def _recorded(unit: Unit) -> str:
    """What is repeatable may get its former text again: a number makes each of its rows another one."""
    if not unit.repeatable:
        return f"INSERT INTO {LEDGER} (name, digest) VALUES ({_name(unit)}, '{unit.digest}');"
    counted = f"'{unit.digest}#' || count(*) FROM {LEDGER} WHERE name = {_name(unit)}"
    return f"INSERT INTO {LEDGER} (name, digest) SELECT {_name(unit)}, {counted};"


def _applied(unit: Unit) -> str:
    """Commands of psql: the names in them are letters, digits and a few signs, or the settings had been refused."""
    run = f"\\i {FOLDER}/{unit.key}\n{_RESET if not unit.transaction else 'RESET ROLE;' + chr(10)}{_recorded(unit)}"
    # A concurrent index waits for the transactions of before, however long they take.
    run = f"BEGIN;\n{run}\nCOMMIT;" if unit.transaction else f"SET lock_timeout = 0;\n{run}"
    return f"""\
SELECT {_pending(unit)} AS postgres_apps_pending \\gset
\\if :postgres_apps_pending
\\echo applying {unit.name}
{run}
{_RESET}\\endif
"""


def script(units: Sequence[Unit]) -> str:
    """What psql runs as the owner, in a database whose bootstrap has made the ledger."""
    head = "\\set ON_ERROR_STOP on\n\\set SHOW_CONTEXT never\n"
    parts = [head, _LOCKED, _guard(units), "\\set SHOW_CONTEXT errors\n", *map(_applied, units)]
    return "".join([*parts, f"\\echo the schema is complete: {len(units)} applied, each once\n"])
