"""The two logins of a role, which take turns.

A role of PostgreSQL has one password, so a changed one shuts out whoever connects before it was told. Two logins have
two: the new one is opened, the clients go over to it, the old one is shut. Both act as the role itself.
"""

from collections.abc import Mapping

from components.settings.passwords import Passwords
from components.settings.roles import Roles

ROLES = ("owner", "app", "reader")
"""The fields of `roles` whose passwords can be rotated."""

LONGEST = 63
"""Bytes of an identifier (postgresql.org/docs, «SQL Syntax», NAMEDATALEN)."""

GRACE = 120
"""Seconds until a mounted Secret has changed in every pod: the kubelet's sync period and its cache's time, a minute
each by default (kubernetes.io/docs, «Secrets», Using Secrets as files)."""

_SUFFIX = "_b"


def twin(role: str) -> str:
    """The second login of a role."""
    return role + _SUFFIX


def login(role: str, rotation: int) -> str:
    """By which of its logins a role signs in after so many rotations."""
    return twin(role) if rotation % 2 else role


def retired(role: str, rotation: int) -> str:
    """The login that was in use before."""
    return login(role, rotation + 1)


def rotations(passwords: Passwords) -> dict[str, int]:
    """Field of `roles` → how often its password was changed; those that never were are left out."""
    found = {role: getattr(passwords, role).rotation for role in ROLES}
    return {role: rotation for role, rotation in found.items() if rotation}


def check(topology: str, roles: Roles, rotated: Mapping[str, int]) -> None:
    """Raise ValueError where nobody makes the second login of the `rotated` roles, or where it can't have its name."""
    if rotated and topology == "shared":
        raise ValueError(
            "allowed: `rotation` in the topologies standalone and replicated, for a role that CloudNativePG keeps has "
            f"one login (docs/access.md says how to change its password); found it for {', '.join(rotated)}"
        )
    names = set(roles.model_dump().values())
    for role in rotated:
        name = twin(getattr(roles, role))
        if name in names or len(name.encode()) > LONGEST:
            raise ValueError(
                f"allowed: a name for roles.{role} with room for `{_SUFFIX}` behind it, {LONGEST} bytes in all, that "
                f"no other role has; a rotated password is that of the role's other login; found {name}"
            )


def skipped(before: Mapping[str, int], now: Mapping[str, int]) -> list[str]:
    """Why a step from some rotations to others is refused: of two logins, one must be out of use before it is opened
    anew, and whose turn it was before that is in use."""
    return [
        f"rotation of {role} would go from {before.get(role, 0)} to {now.get(role, 0)}, and turns are taken one by one"
        f". Set database.passwords.{role}.rotation to {before.get(role, 0)}, or to {before.get(role, 0) + 1} for "
        "another password"
        for role in ROLES
        if now.get(role, 0) - before.get(role, 0) not in (0, 1)
    ]
