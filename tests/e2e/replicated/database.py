"""A replicated database as its clients see it: what they write through it, and what becomes of that."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.e2e.live import Live, wait_for
from tests.e2e.replicated.client import Answered, Client
from tests.e2e.replicated.members import Members

TABLE = "CREATE TABLE IF NOT EXISTS written (number bigint, server inet, timeline text)"
WRITE = (
    "INSERT INTO written VALUES ($1::bigint, inet_server_addr(), left(pg_walfile_name(pg_current_wal_lsn()), 8)) "
    "RETURNING timeline || ' ' || host(server)"
)
READ = "SELECT count(*) + 0 * $1::bigint FROM (SELECT 1 FROM written LIMIT 1) AS one"

AS_SUPERUSER = (
    'PGPASSWORD=$PATRONI_SUPERUSER_PASSWORD exec psql -X -q -A -t -h /var/run/postgresql -U postgres -d "$1" -c "$2"'
)
"""Inside a member, whose environment has the password."""

WRITING_AGAIN_WITHIN = 120.0
STEADY = 1.0
"""Seconds of undisturbed writing before the fault."""


@dataclass
class Seen:
    """What the two clients saw of one scenario. Seconds; `lost` are acknowledged rows that aren't there; `failed` says
    why a write was not acknowledged, each time."""

    began: float = 0.0
    writes_out: float = 0.0
    reads_out: float = 0.0
    healed: float = 0.0
    acknowledged: int = 0
    lost: list[int] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    two_primaries: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"writes out {self.writes_out:.1f} s, reads out {self.reads_out:.1f} s, whole after {self.healed:.1f} s, "
            f"{len(self.lost)} of {self.acknowledged} acknowledged rows lost"
        )


@dataclass(frozen=True)
class Replicated:
    """A database that is up: where it is, and how a client signs in."""

    live: Live
    members: Members
    write_at: dict[str, str]
    read_at: dict[str, str]

    @classmethod
    def of(cls, live: Live, service: str, count: int = 3) -> "Replicated":
        """Look up the router's address, and the credentials of the app's role."""
        entries = live.secret(f"{service}-app")
        host = live.one("service", f"{service}-router")["spec"]["clusterIP"]
        where = {"host": host, "user": entries["username"], "password": entries["password"], "sslmode": "require"}
        where["dbname"] = entries["database"]
        return cls(live, Members(live, service, count), {**where, "port": "5000"}, {**where, "port": "5001"})

    def rows(self) -> set[int]:
        """The numbers of the rows that are there, asked of the primary."""
        return {int(number) for number in self.said("SELECT string_agg(number::text, ' ') FROM written").split()}

    def forget_rows(self) -> None:
        """An empty table for the next scenario, made by the superuser and given to the app."""
        self.said(f"{TABLE}; TRUNCATE written; GRANT SELECT, INSERT ON written TO {self.write_at['user']}")

    def said(self, sql: str) -> str:
        """What the primary answers to the superuser: columns by `|`, a row a line."""
        answer = self.live.ask(*self._psql(sql))
        assert answer.ok, answer.text
        return answer.text

    def _psql(self, sql: str) -> list[str]:
        run = ["exec", self.members.leader, "-c", "patroni", "--", "sh", "-c", AS_SUPERUSER, "psql"]
        return [*run, self.write_at["dbname"], sql]


def _two_primaries(answers: list[Answered]) -> list[str]:
    """Where rows that one client got acknowledged came from two servers in turn, or from an older timeline again."""
    found, newest = [], ""
    servers: dict[str, str] = {}
    for answer in answers:
        timeline, server = answer.text.split()
        if timeline < newest:
            found.append(f"row {answer.number} on timeline {timeline} after {newest}")
        if servers.setdefault(timeline, server) != server and timeline != newest:
            found.append(f"timeline {timeline} on {servers[timeline]} and {server}")
        newest = max(newest, timeline)
    return found


@contextmanager
def written_through(database: Replicated) -> Iterator[Seen]:
    """Two clients, one writing and one reading, from before the fault until all is whole again.

    The body sets what goes wrong; when it ends, everything must come back by itself.
    """
    database.forget_rows()
    seen = Seen()
    with Client(database.write_at, WRITE) as writer, Client(database.read_at, READ) as reader:
        wait_for("the first rows", lambda: len(writer.answers) > STEADY / 0.1, WRITING_AGAIN_WITHIN)
        seen.began = time.monotonic()
        yield seen
        wait_for("writes to be accepted", lambda: writer.answered_since(seen.began), WRITING_AGAIN_WITHIN)
        wait_for("reads to be answered", lambda: reader.answered_since(seen.began), WRITING_AGAIN_WITHIN)
        seen.healed = database.members.healed()
    seen.healed = time.monotonic() - seen.began
    seen.writes_out, seen.reads_out = writer.outage(seen.began), reader.outage(seen.began)
    seen.acknowledged, seen.failed = len(writer.answers), [why for at, why in writer.failures if at > seen.began]
    there = database.rows()
    seen.lost = [answer.number for answer in writer.answers if answer.number not in there]
    seen.two_primaries = _two_primaries(writer.answers)


def until_written(database: Replicated, seconds: float) -> None:
    """Wait for a primary that a fresh client can write to, so that what is undone afterwards comes late enough."""
    with Client(database.write_at, WRITE) as probe:
        wait_for("a primary that takes writes", lambda: bool(probe.answers), seconds)
