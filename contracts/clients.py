"""Who connects to a database: containers that are told of a host, in whatever style, and published credentials.

A Secret of the type `servicebinding.io/postgresql` is a client too: whoever reads it will connect by it, so what it
says has to be right before anybody does (servicebinding.io/spec/core/1.1.0, «Well-known Secret Entries»).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from contracts.index import Index
from contracts.known.drivers import DEFAULT_PORT, Url, beside, field_of, parsed, parsed_bare, parsed_url, split_host
from contracts.mentions import mentions
from contracts.objects import mapping, text
from contracts.once import once
from contracts.plaintext import placeholder
from contracts.violation import Ref
from contracts.workload import Container, Workload

_BINDING = {"host": "host", "port": "port", "database": "database", "username": "user", "password": "password"}
_MADE = re.compile(r"<generated [^<>]+>\S*")


class Said(NamedTuple):
    """What a variable says. `value` is compared, and shown unless it is a password; `where` is the variable's place."""

    value: str
    where: str
    variable: str


@dataclass(frozen=True)
class Client:
    """One connection that a container means to make; a field is None where no variable gives it a known value.

    `object` says it, `reader` is who reads it, in words; `workload` is None for published credentials.
    """

    object: Ref
    reader: str
    workload: Workload | None
    host: Said
    port: Said | None
    database: Said | None
    user: Said | None
    password: Said | None

    @cached_property
    def port_number(self) -> str:
        """The port as it will be used; "" where one is said that is filled in later."""
        if self.port is None:
            return str(DEFAULT_PORT)
        return "" if placeholder(self.port.value) else self.port.value


@once
def clients(index: Index) -> list[Client]:
    """Every client of the set."""
    pods = [(workload, container) for workload in index.workloads for container in workload.containers]
    found = [client for workload, container in pods for client in _of(index, workload, container)]
    return found + [client for ref in index.refs("Secret") for client in _published(index, ref)]


def _of(index: Index, workload: Workload, container: Container) -> Iterator[Client]:
    groups: dict[str, dict[str, Said]] = {}
    wholes: dict[str, tuple[Ref, dict[str, Said]]] = {}
    for mention in mentions(index, workload, container):
        if not mention.value:
            continue
        if url := parsed(mention.value) or parsed_bare(mention.name, mention.value):
            wholes[mention.name] = mention.object, _parts(url, mention.where, mention.name)
        elif named := field_of(mention.name):
            group, field = named
            said = groups.setdefault(group, {})
            host, port = split_host(mention.value) if field == "host" else (mention.value, "")
            said[field] = Said(host, mention.where, mention.name)
            if port:
                said.setdefault("port", Said(port, mention.where, mention.name))
    for said in groups.values():
        if "host" in said:
            yield _client(workload.ref, container.name, workload, said)
    for name, (ref, said) in wholes.items():
        apart = groups.get(beside(name), {})
        said |= {field: apart[field] for field in ("user", "password") if field in apart and field not in said}
        if "host" in said:
            yield _client(ref, container.name, workload, said)


def _parts(url: Url, where: str, name: str) -> dict[str, Said]:
    return {field: Said(part, where, name) for field, part in vars(url).items() if part}


def _published(index: Index, ref: Ref) -> Iterator[Client]:
    body = index.objects[ref]
    if text(body.get("type")) != "servicebinding.io/postgresql":
        return
    said: dict[str, Said] = {}
    for key, field in _BINDING.items():
        if value := index.sources.secret_value(ref, key):
            said[field] = Said(value, _entry(body, key), key)
    if "host" in said:
        yield _client(ref, "whoever reads it", None, said)
    if url := parsed_url(index.sources.secret_value(ref, "uri") or ""):
        parts = _parts(url, _entry(body, "uri"), "uri")
        if "host" in parts:
            yield _client(ref, "whoever reads it", None, parts)


def _entry(body: object, key: str) -> str:
    return f"{'stringData' if key in mapping(mapping(body).get('stringData')) else 'data'}[{key}]"


def _client(ref: Ref, reader: str, workload: Workload | None, said: dict[str, Said]) -> Client:
    # `${DB_NAME}` and the like are filled in later; nothing can be said of them.
    kept = {"password", "port"}
    known = {field: one for field, one in said.items() if field in kept or not placeholder(one.value)}
    fields = {field: known.get(field) for field in ("port", "database", "user", "password")}
    return Client(ref, reader, workload, said["host"], **fields)


def comparable(password: str) -> bool:
    """Whether two such texts that differ are two passwords; markers of different makers may stand for one value."""
    return not placeholder(password) or _MADE.fullmatch(password) is not None
