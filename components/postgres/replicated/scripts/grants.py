"""Users, roles and permissions of etcd: from what it has to what it should have; nothing here does it.

User `root` with role root, without which etcd refuses to ask for passwords, and user `patroni` with role patroni, which
may read and write the keys of its cluster and no others (etcd.io/docs/v3.6, «Role-based access control»).
"""

import base64
from collections.abc import Iterator
from typing import Any, NamedTuple

ROOT, PATRONI = "root", "patroni"


class Found(NamedTuple):
    """As etcd tells it: the roles of each user, the permissions of each role, whether it asks for passwords."""

    users: dict[str, list[str]]
    roles: dict[str, list[dict[str, str]]]
    asks: bool
    wrong: frozenset[str] = frozenset()
    """Users whose password is another one than wanted."""


class Step(NamedTuple):
    """One change: what to say of it, the path below /v3/auth/, and what goes there."""

    text: str
    path: str
    fields: dict[str, Any]


def _base64(key: bytes) -> str:
    return base64.b64encode(key).decode()


def permission(prefix: str) -> dict[str, str]:
    """READWRITE on every key that starts with `prefix`, as etcd writes it: from there up to the next prefix."""
    key = prefix.encode()
    end = key[:-1] + bytes([key[-1] + 1])
    return {"permType": "READWRITE", "key": _base64(key), "range_end": _base64(end)}


def steps(found: Found, passwords: dict[str, str], prefix: str) -> list[Step]:
    """What to do, in this order; nothing where all is as wanted. `passwords` by user."""
    turned_on = [] if found.asks else [Step("etcd asks for passwords from now on", "enable", {})]
    return [*_users(found, passwords), *_roles(found, prefix), *turned_on]


def _users(found: Found, passwords: dict[str, str]) -> Iterator[Step]:
    for name, password in passwords.items():
        account = {"name": name, "password": password}
        if name not in found.users:
            yield Step(f"user {name} made", "user/add", account)
        elif name in found.wrong:
            yield Step(f"user {name} has a new password", "user/changepw", account)
        elif not found.asks:
            # etcd tries no password until it asks for them: this one may be from a run that was cut off.
            yield Step(f"user {name} has its password", "user/changepw", account)


def _roles(found: Found, prefix: str) -> Iterator[Step]:
    for name in (ROOT, PATRONI):
        if name not in found.roles:
            yield Step(f"role {name} made", "role/add", {"name": name})
        if name not in found.users.get(name, []):
            yield Step(f"user {name} has role {name}", "user/grant", {"user": name, "role": name})
    for role in found.users.get(PATRONI, []):
        if role != PATRONI:
            yield Step(f"user {PATRONI} has role {role} no more", "user/revoke", {"name": PATRONI, "role": role})
    wanted, permissions = permission(prefix), found.roles.get(PATRONI, [])
    if wanted not in permissions:
        yield Step(f"role {PATRONI} reads and writes {prefix}", "role/grant", {"name": PATRONI, "perm": wanted})
    for other in permissions:
        keys = {"key": other["key"], "range_end": other.get("range_end", "")}
        # Another permission on the same keys was replaced by the grant above.
        if keys != {"key": wanted["key"], "range_end": wanted["range_end"]}:
            text = base64.b64decode(other["key"]).decode(errors="replace")
            yield Step(f"role {PATRONI} reaches {text} no more", "role/revoke", {"role": PATRONI, **keys})
