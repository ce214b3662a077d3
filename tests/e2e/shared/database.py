"""A shared Cluster as its clients see it: what they write through it, and what becomes of that."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from tests.e2e.live import Live, wait_for
from tests.e2e.replicated.client import Client
from tests.e2e.replicated.database import STEADY, TABLE, WRITE, Seen

HEALTHY_WITHIN = 300.0
WRITING_AGAIN_WITHIN = 60.0
MANY = 1_000_000
"""More rows than one client writes: their numbers tell the clients apart."""


@dataclass(frozen=True)
class Shared:
    """A Cluster that is up."""

    live: Live
    service: str = "postgres"

    @property
    def cluster(self) -> dict[str, Any]:
        """The Cluster object."""
        return self.live.one("cluster.postgresql.cnpg.io", self.service)

    @property
    def primary(self) -> str:
        """The pod of the primary, as the operator says."""
        return self.cluster["status"]["currentPrimary"]

    def whole(self) -> bool:
        """Whether every instance is ready and the operator has nothing to do."""
        found = self.cluster
        ready = found["status"].get("readyInstances", 0)
        return ready == found["spec"]["instances"] and found["status"].get("phase") == "Cluster in healthy state"

    def healed(self) -> None:
        """Wait until it is whole."""
        wait_for(f"all instances of {self.service}", self.whole, HEALTHY_WITHIN)

    def address(self, service: str = "") -> str:
        """The address of one of its Services, of the one for writes where none is named."""
        return self.live.one("service", service or f"{self.service}-rw")["spec"]["clusterIP"]

    def where(self, entries: dict[str, str], service: str = "") -> dict[str, str]:
        """How to connect with the entries of a credentials Secret."""
        return {
            "host": self.address(service),
            "port": "5432",
            "user": entries["username"],
            "password": entries["password"],
            "dbname": entries["database"],
            "sslmode": "require",
        }

    def ask(self, where: dict[str, str], sql: str) -> list[Any]:
        """What one statement answers; an empty list where it answers no rows. Raises psycopg.Error."""
        with psycopg.connect(make_conninfo("", connect_timeout=10, **where), autocommit=True) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    def superuser(self, sql: str, database: str = "postgres") -> list[Any]:
        """One statement as the superuser."""
        entries = self.live.secret(f"{self.service}-superuser") | {"database": database}
        return self.ask(self.where(entries), sql)


@contextmanager
def written_through(shared: Shared, clients: int = 1) -> Iterator[dict[str, Seen]]:
    """Clients that keep their connection and clients that make a new one for each row write from before the fault
    until all is whole again. What they saw, by `kept` and `fresh`."""
    where = shared.where(shared.live.secret(f"{shared.service}-owner"))
    shared.ask(where, f"{TABLE}; TRUNCATE written")
    seen = {"kept": Seen(), "fresh": Seen()}
    with ExitStack() as stack:
        writers = {
            kind: [
                stack.enter_context(Client(where, WRITE, fresh=kind == "fresh", first=(group + number) * MANY))
                for number in range(clients)
            ]
            for kind, group in (("kept", 0), ("fresh", clients))
        }
        everyone = [one for several in writers.values() for one in several]
        wait_for("the first rows", lambda: all(len(one.answers) > STEADY / 0.1 for one in everyone), 60.0)
        began = time.monotonic()
        yield seen
        again = lambda: all(one.answered_since(began) for one in everyone)  # noqa: E731
        wait_for("every client to write again", again, WRITING_AGAIN_WITHIN)
        shared.healed()
    for kind, several in writers.items():
        found = seen[kind]
        found.healed = time.monotonic() - began
        found.writes_out = max(one.outage(began) for one in several)
        found.acknowledged = sum(len(one.answers) for one in several)
    there = {number for (number,) in shared.ask(where, "SELECT number FROM written")}
    for kind, several in writers.items():
        seen[kind].lost = [answer.number for one in several for answer in one.answers if answer.number not in there]


def events(live: Live) -> str:
    """What the operator says of its Clusters, for a test that fails."""
    return json.dumps([one["status"].get("phaseReason", "") for one in live.objects("clusters.postgresql.cnpg.io")])
