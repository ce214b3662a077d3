"""Conflicts of server-side apply: a field of ours that somebody else set to another value."""

import re

TAKEN_OVER = ("kubectl", "before-first-apply", "pulumi-kubernetes", "pulumi-resource-kubernetes")
"""Beginnings of field managers whose fields are taken back without asking: fixCSAFieldManagers in the official
await.go, by prefix as fluxcd/pkg/ssa matches them."""

_MANAGER = re.compile(r'conflict with "(?P<manager>[^"]+)"')


class Conflict(Exception):
    """Others own fields of an object; the text says which, who, and what can be done."""


def owners(causes: list[dict[str, str]]) -> dict[str, list[str]]:
    """The fields in conflict, by the name of who owns them."""
    found: dict[str, list[str]] = {}
    for each in causes:
        matched = _MANAGER.search(each.get("message", ""))
        found.setdefault(matched["manager"] if matched else "somebody else", []).append(each.get("field", "?"))
    return found


def may_be_taken_over(causes: list[dict[str, str]]) -> bool:
    """Whether every owner is one of TAKEN_OVER. Another stack of Pulumi is not: its name ends with its own 8 digits."""
    return all(
        owner.startswith(TAKEN_OVER) and not re.fullmatch(r"pulumi-kubernetes-[0-9a-f]{7,8}", owner)
        for owner in owners(causes)
    )


def sentence(what: str, causes: list[dict[str, str]]) -> str:
    """What a user can act on."""
    told = "; ".join(f"{', '.join(fields)} (owned by {owner})" for owner, fields in owners(causes).items())
    return (
        f"{what}: fields of it belong to another field manager: {told}. Leave them out of the program, "
        'or take them over with the annotation pulumi.com/patchForce: "true" on this object'
    )
