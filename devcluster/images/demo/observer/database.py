"""PostgreSQL through psycopg2: a few connections that are thrown away and made anew when the server was gone."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg2
from observer.settings import Login

CONNECTIONS = 4


class Unreachable(Exception):
    """The database did not do what was asked. The text is its first line of explanation, without any secret."""


def connect(login: Login) -> Any:
    """A new connection. Raises psycopg2.Error. No statement and no silent network holds it longer than a second."""
    return psycopg2.connect(
        host=login.host,
        port=login.port,
        dbname=login.database,
        user=login.user,
        password=login.password,
        connect_timeout=2,  # seconds; libpq takes less for 2
        tcp_user_timeout=1000,  # milliseconds until a peer that acknowledges nothing counts as gone
        application_name="observer",
    )


class Database:
    """The observations and heartbeats, as rows. Every method raises Unreachable where the database fails."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self._idle: queue.LifoQueue[Any] = queue.LifoQueue()
        self._free = threading.BoundedSemaphore(CONNECTIONS)

    def beat(self, pod: str) -> int:
        """Write this pod's heartbeat row and count what is there: the result is the number of pods ever heard."""
        with self._cursor() as cursor:
            cursor.execute(
                "INSERT INTO heartbeat (pod) VALUES (%s) "
                "ON CONFLICT (pod) DO UPDATE SET beats = heartbeat.beats + 1, beat_at = now()",
                (pod,),
            )
            cursor.execute("SELECT count(*) FROM heartbeat")
            return cursor.fetchone()[0]

    def add(self, symbol: str, price: str, pod: str) -> int:
        """Keep one observation; the result is its id."""
        with self._cursor() as cursor:
            cursor.execute(
                "INSERT INTO observation (symbol, price, pod) VALUES (%s, %s, %s) RETURNING id", (symbol, price, pod)
            )
            return cursor.fetchone()[0]

    def last(self, limit: int) -> tuple[int, list[dict[str, Any]]]:
        """How many observations there are, and the last `limit` of them, newest first."""
        with self._cursor() as cursor:
            cursor.execute("SELECT count(*) FROM observation")
            count = cursor.fetchone()[0]
            cursor.execute(
                "SELECT id, observed_at, symbol, price, pod FROM observation ORDER BY id DESC LIMIT %s", (limit,)
            )
            names = [column.name for column in cursor.description]
            return count, [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        """A cursor in a transaction of its own, on a connection that was alive a moment ago."""
        if not self._free.acquire(timeout=1):
            raise Unreachable(f"all {CONNECTIONS} connections have been busy for a second")
        connection = None
        try:
            connection = self._alive() or connect(self._login)
            with connection, connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = '1s'")
                yield cursor
            self._idle.put(connection)
        except BaseException as error:
            if connection is not None:
                connection.close()
            if isinstance(error, psycopg2.Error):
                raise Unreachable(reason(error)) from error
            raise
        finally:
            self._free.release()

    def _alive(self) -> Any:
        """An idle connection that still answers, or None; those that don't are closed."""
        while True:
            try:
                connection = self._idle.get_nowait()
            except queue.Empty:
                return None
            with suppress(psycopg2.Error):
                with connection, connection.cursor() as cursor:
                    cursor.execute("SELECT 1")
                return connection
            connection.close()


def reason(error: Exception) -> str:
    """The first line of a database's error, which never holds a password."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
