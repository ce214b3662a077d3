"""What an app reads through envFrom, parted by where the values come from."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from components.connection import Connection, Field
from components.manifest import ELSEWHERE, SECRET_MAKERS, Existing, Infisical, Manifest, Operated
from components.names import Scope
from components.secrets.made import name_of, named, operated_in
from components.secrets.template import Entries, Entry

_KEYS: dict[Field, str] = {"password": "password", "url": "uri"}
"""Field of a Connection with the password in it → the key of its role's Secret that has the same."""

_ALL: dict[Field, str] = {**_KEYS, "user": "username"}
"""The same for all that has a key of its own there."""


def parted(scope: Scope, name: str, entries: Entries, labels: Mapping[str, str]) -> list[Manifest]:
    """One Secret for each source, and for each folder of Infisical; ours first, there even with nothing in it."""
    parts: dict[str, dict[str, Entry]] = {"": {}}
    for key, entry in entries.items():
        parts.setdefault(_suffix(entry), {})[key] = entry
    return [named(scope, name + end, some, labels, "Opaque", held=False) for end, some in parts.items()]


def _suffix(entry: Entry) -> str:
    """Two folders of Infisical are two Secrets: its operator reads one folder for each."""
    found = operated_in(entry)
    if found is None:
        return ""
    folder = re.sub(r"[^a-z0-9]+", "-", found.path.lower()).strip("-") if isinstance(found, Infisical) else ""
    return name_of("", found) + (f"-{folder}" if folder else "")


def of_role(connection: Connection, makers: Iterable[Manifest]) -> Manifest | None:
    """The object of which an operator makes the role's Secret; None where the password is the engine's to know.

    Its password is not fetched a second time, for another Secret: that could be another one than PostgreSQL was told.
    """
    if not isinstance(connection.password, Operated):
        return None
    return next(each for each in makers if each.kind in SECRET_MAKERS and each.name == connection.secret)


def keys_of_role(connection: Connection, fields: Mapping[str, Field], maker: Manifest) -> dict[str, Existing]:
    """Variable → key of the role's Secret, for those variables → `fields` in which the password is."""
    namespace = str(maker.namespace)
    return {
        variable: Existing(namespace, connection.secret, _KEYS[field], maker.reference)
        for variable, field in fields.items()
        if field in _KEYS
    }


def keys_elsewhere(connection: Connection, fields: Mapping[str, Field]) -> dict[str, Existing]:
    """Variable → key of the role's Secret that comes with an external database; none where this plan makes it."""
    password = connection.password
    if not (isinstance(password, Existing) and password.maker == ELSEWHERE):
        return {}
    return {variable: replace(password, key=_ALL[field]) for variable, field in fields.items() if field in _ALL}
