"""Bring the schema to its newest version: `python3 -m observer.migrate`, as the role that owns the tables.

Each step runs once, in one transaction with its record. The app's rights come from default privileges: nothing is
granted here.
"""

import os
import sys
import time

import psycopg2
from observer.database import connect, reason
from observer.settings import BadEnvironment, Login, login

LONGEST = 60.0
"""Seconds to wait for a database that is not there yet."""

_LOCK = 6_278_273
"""The advisory lock under which one migration at a time runs; any number that no other program takes."""

STEPS = (
    (
        "table observation",
        """CREATE TABLE public.observation (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            observed_at timestamptz NOT NULL DEFAULT now(),
            symbol text NOT NULL,
            price numeric NOT NULL,
            pod text NOT NULL
        )""",
    ),
    (
        "table heartbeat",
        """CREATE TABLE public.heartbeat (
            pod text PRIMARY KEY,
            beats bigint NOT NULL DEFAULT 1,
            beat_at timestamptz NOT NULL DEFAULT now()
        )""",
    ),
    ("index observation_symbol", "CREATE INDEX observation_symbol ON public.observation (symbol, observed_at)"),
)
"""Name and statement of every version, in order; a step that was released is never changed."""


def main() -> int:
    """Apply what is missing and print it; the result is the exit code."""
    try:
        for line in migrate(login(os.environ)):
            print(f"migrate: {line}")
    except BadEnvironment as error:
        print(f"migrate: {error}", file=sys.stderr)
        return 2
    except psycopg2.Error as error:
        print(f"migrate: {reason(error)}", file=sys.stderr)
        return 1
    return 0


def migrate(owner: Login) -> list[str]:
    """Apply every step that the database has no record of; the result says in words what was done."""
    connection = _wait(owner)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            cursor.execute(
                "CREATE TABLE IF NOT EXISTS public.observer_schema "
                "(version int PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
            )
            cursor.execute("SELECT version FROM public.observer_schema")
            there = {row[0] for row in cursor.fetchall()}
            done = []
            for version, (name, statement) in enumerate(STEPS, start=1):
                if version in there:
                    continue
                cursor.execute(statement)
                cursor.execute("INSERT INTO public.observer_schema (version, name) VALUES (%s, %s)", (version, name))
                done.append(f"version {version}: made {name}")
    finally:
        connection.close()
    return done or [f"nothing to do, the schema is at version {len(STEPS)}"]


def _wait(owner: Login) -> psycopg2.extensions.connection:
    end = time.monotonic() + LONGEST
    while True:
        try:
            return connect(owner)
        except psycopg2.OperationalError as error:
            if time.monotonic() > end:
                raise
            print(f"migrate: waiting for {owner.host}:{owner.port}: {reason(error)}", flush=True)
            time.sleep(2)


if __name__ == "__main__":
    sys.exit(main())
