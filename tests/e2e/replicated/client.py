"""A client that asks one thing every 100 ms, and remembers what was answered when.

It gives up on a connection attempt after 1 s and on an answer after 2 s, by closing the connection: a cancelled wait
for a standby would count its row as committed (postgresql.org/docs, «Synchronous Replication»).
"""

import itertools
import select
import threading
import time
from dataclasses import dataclass, field
from typing import Self

import psycopg
from psycopg import conninfo, pq
from psycopg.pq.abc import PGconn

EVERY = 0.1
"""Seconds from one question to the next."""

CONNECTED_WITHIN, ANSWERED_WITHIN = 1.0, 2.0


class GaveUp(Exception):
    """No connection, or no answer, in time; or a refusal. The text says which."""


@dataclass(frozen=True)
class Answered:
    """One question that was answered: its number, the monotonic time of the answer, and the answer."""

    number: int
    at: float
    text: str


@dataclass
class Client:
    """Runs in a thread between `with` and its end. `question` has one parameter, the number of the attempt.

    One connection is kept until it fails, or, where `fresh`, each question gets a new one. Numbers begin at `first`.
    """

    where: dict[str, str]
    question: str
    fresh: bool = False
    first: int = 0
    answers: list[Answered] = field(default_factory=list)
    failures: list[tuple[float, str]] = field(default_factory=list)
    _connection: PGconn | None = None

    def __enter__(self) -> Self:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        number, due = self.first, time.monotonic()
        while not self._stop.wait(max(0.0, due - time.monotonic())):
            number += 1
            due = max(due + EVERY, time.monotonic())
            try:
                self.answers.append(Answered(number, *self._ask(number)))
            except GaveUp as reason:
                self.failures.append((time.monotonic(), str(reason)))
                self._leave()
        self._leave()

    def _ask(self, number: int) -> tuple[float, str]:
        if self._connection is None:
            self._connection = _connected(self.where)
        text = _answer(self._connection, self.question, number)
        if self.fresh:
            self._leave()
        return time.monotonic(), text

    def _leave(self) -> None:
        if self._connection is not None:
            self._connection.finish()
            self._connection = None

    def gaps(self, since: float, longer_than: float = 0.6) -> list[float]:
        """Seconds between one answer and the next, of those gaps that end after `since` and are longer than this."""
        times = [answer.at for answer in self.answers]
        pairs = itertools.pairwise(times)
        return [later - earlier for earlier, later in pairs if later > since and later - earlier >= longer_than]

    def outage(self, since: float) -> float:
        """Seconds of the longest gap after `since`; 0.0 where nobody noticed anything."""
        return max(self.gaps(since), default=0.0)

    def answered_since(self, moment: float) -> bool:
        """Whether something that was asked after `moment` has been answered."""
        return bool(self.answers) and self.answers[-1].at > moment + ANSWERED_WITHIN


def _connected(where: dict[str, str]) -> PGconn:
    until = time.monotonic() + CONNECTED_WITHIN
    connection = pq.PGconn.connect_start(conninfo.make_conninfo("", **where).encode())
    try:
        while (state := connection.connect_poll()) not in (pq.PollingStatus.OK, pq.PollingStatus.FAILED):
            _wait(connection, until, writing=state == pq.PollingStatus.WRITING, what="no connection")
    except (GaveUp, psycopg.Error) as error:
        connection.finish()
        raise GaveUp(str(error)) from error
    if state == pq.PollingStatus.FAILED:
        said = connection.error_message.decode(errors="replace").strip()
        connection.finish()
        raise GaveUp(said)
    return connection


def _answer(connection: PGconn, question: str, number: int) -> str:
    until, text = time.monotonic() + ANSWERED_WITHIN, ""
    try:
        connection.send_query_params(question.encode(), [str(number).encode()])
        while True:
            _wait(connection, until, writing=False, what="no answer")
            connection.consume_input()
            while not connection.is_busy():
                if (result := connection.get_result()) is None:
                    return text
                if result.status not in (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK):
                    raise GaveUp(result.error_message.decode(errors="replace").strip())
                text = (result.get_value(0, 0) or b"").decode() if result.ntuples else ""
    except psycopg.Error as error:
        raise GaveUp(str(error)) from error


def _wait(connection: PGconn, until: float, *, writing: bool, what: str) -> None:
    left = until - time.monotonic()
    sockets = [connection.socket]
    ready = select.select([] if writing else sockets, sockets if writing else [], [], max(0.0, left))
    if not any(ready):
        raise GaveUp(f"{what} in time")
