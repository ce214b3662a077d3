"""The difference between two shared configurations of Patroni, as the merge patch (RFC 7386) that its API takes."""

from collections.abc import Collection, Mapping
from typing import Any

KEPT = ("pause", "standby_cluster")
"""What operations set and take away, never the stack."""


def changes(found: Mapping[str, Any], wanted: Mapping[str, Any], kept: Collection[str] = KEPT) -> dict[str, Any]:
    """The merge patch (RFC 7386) from found to wanted; empty where Patroni sees no difference: it compares as text."""
    patch: dict[str, Any] = {name: None for name in found if name not in wanted and name not in kept}
    for name, value in wanted.items():
        old = found.get(name)
        if name in kept or (name in found and str(old) == str(value)):
            continue
        if isinstance(value, dict) and isinstance(old, dict):
            if inner := changes(old, value, ()):
                patch[name] = inner
        else:
            patch[name] = value
    return patch


def paths(patch: Mapping[str, Any], prefix: str = "") -> list[str]:
    """The names of what a merge patch changes, without the values: some could be secret."""
    names: list[str] = []
    for name, value in patch.items():
        names += paths(value, f"{prefix}{name}.") if isinstance(value, dict) and value else [prefix + name]
    return names
