"""pg_hba.conf, for a client that comes by a Service (postgresql.org/docs, «The pg_hba.conf File»)."""

from collections.abc import Iterator
from typing import NamedTuple

EVERYWHERE = frozenset({"all", "0.0.0.0/0", "::/0", "::0/0"})
_NEAR = ("127.", "::1", "samehost")
_TYPES = frozenset({"host", "hostssl", "hostnossl"})


class Rule(NamedTuple):
    """One row for connections over TCP; `databases` and `users` as they stand there, without quotes."""

    type: str
    databases: tuple[str, ...]
    users: tuple[str, ...]
    address: str
    method: str

    def may_match(self, database: str, user: str, mode: str) -> bool:
        """Whether the row may be the client's; `mode` is libpq's sslmode, "" where nobody says."""
        if self.address.startswith(_NEAR):
            return False
        if (self.type == "hostssl" and mode == "disable") or (self.type == "hostnossl" and _only_tls(mode)):
            return False
        return any(_database(word, database, user) for word in self.databases) and any(
            word in ("all", user) or word[:1] in ("+", "/", "@") for word in self.users
        )

    @property
    def is_for_all(self) -> bool:
        """Whether nobody who comes this way gets past it."""
        return self.databases == ("all",) and self.users == ("all",) and self.address in EVERYWHERE


def _only_tls(mode: str) -> bool:
    return mode == "require" or mode.startswith("verify-")


def _database(word: str, database: str, user: str) -> bool:
    if word == "sameuser":
        return database == user
    return word in ("all", "samerole", database) or word[:1] in ("/", "@")


def rules(content: str) -> list[Rule] | None:
    """The rows for TCP in their order; None where other files are read too."""
    found = list(_rows(content))
    return None if None in found else [row for row in found if row is not None]


def _rows(content: str) -> Iterator[Rule | None]:
    for line in content.splitlines():
        words = line.partition("#")[0].replace('"', "").split()
        if not words or words[0] not in _TYPES:
            if words and words[0].startswith("include"):
                yield None
            continue
        if len(words) < 5:
            continue
        # An address may have its mask in a column of its own.
        method = words[5] if len(words) > 5 and words[4].count(".") == 3 else words[4]
        yield Rule(words[0], tuple(words[1].split(",")), tuple(words[2].split(",")), words[3], method)
