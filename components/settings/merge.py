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


def touches(patch: Any, path: tuple[str, ...]) -> bool:
    """Whether the value at `path` of the merged whole was decided by `patch`."""
    for step in path:
        if not isinstance(patch, dict):
            return True
        if step not in patch:
            return False
        patch = patch[step]
    return True
