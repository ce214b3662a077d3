"""Where the passwords of a database's roles come from, and how often each was changed."""

from typing import Any

from pydantic import Field, model_validator

from components.settings.section import Section
from components.settings.source import OF_OPERATORS, SecretSource

_LENGTH = 40
_MADE = SecretSource(generate=_LENGTH)
_SOURCES = frozenset({"generate", "config", "secret", *OF_OPERATORS})


class RolePassword(SecretSource):
    """A source, and `rotation`: how many times the password was changed. Raised by one, the role signs in by its other
    login, with another password, and the one before is shut (docs/access.md)."""

    rotation: int = Field(default=0, ge=0)

    @model_validator(mode="before")
    @classmethod
    def _made(cls, section: Any) -> Any:
        """`rotation` alone speaks of the password that is made where nothing is said."""
        if isinstance(section, dict) and all(section.get(source) is None for source in _SOURCES):
            return {**section, "generate": _LENGTH}
        return section


class TenantPasswords(Section):
    """One source for each role of a tenant."""

    owner: SecretSource = _MADE
    app: SecretSource = _MADE
    reader: SecretSource = _MADE


_FIRST = RolePassword(generate=_LENGTH)


class Passwords(Section):
    """One source for each role that logs in. The superuser's is always generated: nobody is to know it (rule 2).

    `grace`: seconds for which the password before a rotation goes on working after the stack's own apps have left it,
    for clients elsewhere; where none is given, 120 if `clients` names some. At most 300: `pulumi up` waits for it.
    """

    owner: RolePassword = _FIRST
    app: RolePassword = _FIRST
    reader: RolePassword = _FIRST
    monitor: SecretSource = _MADE
    dump: SecretSource = _MADE
    archive: SecretSource = _MADE
    grace: int | None = Field(default=None, ge=0, le=300)
