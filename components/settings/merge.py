"""JSON merge patch: a stack file is one on top of its system's file."""

from typing import Any


def merged(target: Any, patch: Any) -> Any:
    """`patch` applied to `target` (RFC 7386): mappings merge, null removes, anything else replaces."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def decided_by(target: Any, patch: Any, path: tuple[str, ...]) -> tuple[bool, bool]:
    """Whether the value at `path` of the merged whole, or its absence, comes from (`target`, `patch`).

    Both, where it is a mapping that was merged of two. What is missing in a mapping that only one of them has is
    that one's.
    """
    for step in path:
        if not isinstance(patch, dict):
            return False, True
        if step not in patch:
            return isinstance(target, dict), not isinstance(target, dict)
        patch = patch[step]
        target = target.get(step) if isinstance(target, dict) else None
    return isinstance(target, dict) and isinstance(patch, dict), True
