"""What changed between the fields that an object has and those that the program wants, path by path.

It follows Diff and patchConverter in the official provider.go: the live object, reduced to the old inputs, is
compared with the new ones; a change of an immutable field replaces.
"""

from dataclasses import dataclass, field
from typing import Any

from devcluster.plugins.kubernetes import immutable
from devcluster.plugins.kubernetes.objects import AUTONAMED, is_secret, metadata, says
from devcluster.plugins.kubernetes.shape import Path, comparable, empty, merge_key, observed, same
from devcluster.plugins.protocol.values import UNKNOWN

ADD, DELETE, UPDATE = "ADD", "DELETE", "UPDATE"
_MISSING = object()


@dataclass
class Changes:
    """What differs: each path with ADD, DELETE or UPDATE, and those of them that replace the object."""

    kinds: dict[str, str] = field(default_factory=dict)
    replacing: list[str] = field(default_factory=list)
    delete_first: bool = False


def compare(
    live: dict[str, Any],
    old_inputs: dict[str, Any],
    new_inputs: dict[str, Any],
    *,
    ignored: list[str] | None = None,
    mutable_config_maps: bool = False,
    mutable_secrets: bool = False,
) -> Changes:
    """How `new_inputs` differ from what is `live`, looking only at what the old or the new inputs give."""
    before = observed(live, comparable(old_inputs))
    after = comparable(new_inputs)
    if metadata(after).get("name") is not None:
        before["metadata"] = {**metadata(before), "name": metadata(live).get("name")}
    _align_namespace(before, after, live)
    paths = immutable.fields(new_inputs, mutable_config_maps=mutable_config_maps, mutable_secrets=mutable_secrets)
    found: dict[Path, tuple[str, Any]] = {}
    _walk((), before, after, found)
    changes = Changes()
    texts = new_inputs.get("stringData") if is_secret(new_inputs) else None
    for path, (kind, value) in found.items():
        shown = spelled(_as_given(path, texts))
        if any(covers(each, shown) for each in ignored or []):
            continue
        changes.kinds[shown] = kind
        if immutable.replaces(path, value, paths) or (kind == DELETE and path == ("metadata",)):
            changes.replacing.append(shown)
    changes.delete_first = bool(changes.replacing) and keeps_its_name(live, new_inputs)
    return changes


def keeps_its_name(live: dict[str, Any], new_inputs: dict[str, Any]) -> bool:
    """Whether the new object must take the old one's place: the same name, given by the user, in the same namespace."""
    old, new = metadata(live), metadata(new_inputs)
    if not new.get("name") or says(new_inputs, AUTONAMED):
        return False
    same_namespace = (new.get("namespace") or "default") == (old.get("namespace") or "default")
    return new.get("name") is UNKNOWN or (
        new["name"] == old.get("name") and (same_namespace or not old.get("namespace"))
    )


def _align_namespace(before: dict[str, Any], after: dict[str, Any], live: dict[str, Any]) -> None:
    """A namespace that is not given is «default»; what has none is not given one by an input."""
    namespace = metadata(live).get("namespace")
    if namespace is None:
        after["metadata"] = {name: value for name, value in metadata(after).items() if name != "namespace"}
        before["metadata"] = {name: value for name, value in metadata(before).items() if name != "namespace"}
    else:
        before["metadata"] = {**metadata(before), "namespace": namespace}
        after["metadata"] = {**metadata(after), "namespace": metadata(after).get("namespace") or "default"}


def _walk(path: Path, old: Any, new: Any, found: dict[Path, tuple[str, Any]]) -> None:
    if new is UNKNOWN:
        found[path] = (ADD if old is _MISSING else UPDATE, new)
    elif new is _MISSING:
        if old is False or old == 0 or not empty(old):  # An empty text, list or object was never kept.
            found[path] = (DELETE, None)
    elif old is _MISSING:
        found[path] = (ADD, new)
    elif isinstance(old, dict) and isinstance(new, dict):
        for name in {**old, **new}:
            _walk((*path, name), old.get(name, _MISSING), new.get(name, _MISSING), found)
    elif isinstance(old, list) and isinstance(new, list):
        _walk_list(path, old, new, found)
    elif not same(old, new, path):
        found[path] = (UPDATE, new)


def _walk_list(path: Path, old: list[Any], new: list[Any], found: dict[Path, tuple[str, Any]]) -> None:
    key = merge_key(old, new)
    if key and _in_order([each[key] for each in old], [each[key] for each in new]):
        before = {each[key]: each for each in old}
        for i, each in enumerate(new):
            _walk((*path, i), before.pop(each[key], _MISSING), each, found)
        for i, _ in enumerate(before):
            found[(*path, len(new) + i)] = (DELETE, None)
        return
    for i in range(max(len(old), len(new))):
        here, there = old[i] if i < len(old) else _MISSING, new[i] if i < len(new) else _MISSING
        if there is _MISSING:
            found[(*path, i)] = (DELETE, None)
        else:
            _walk((*path, i), here, there, found)


def _in_order(old: list[Any], new: list[Any]) -> bool:
    """Whether what is in both lists comes in the same order in both."""
    return [each for each in old if each in new] == [each for each in new if each in old]


def _as_given(path: Path, texts: Any) -> Path:
    """A path inside a Secret's data, as the program wrote it: in stringData where the text was given there."""
    if isinstance(texts, dict) and path[0] == "data":
        if len(path) == 1:
            return ("stringData",)
        if path[1] in texts:
            return ("stringData", *path[1:])
    return path


def spelled(path: Path) -> str:
    """A path as Pulumi writes it: `spec.template.metadata.annotations["a.b/c"]`, `spec.ports[0].port`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif any(mark in step for mark in '."[]'):
            escaped = step.replace('"', '\\"')
            text += f'["{escaped}"]'
        else:
            text += f".{step}" if text else step
    return text


def covers(ignored: str, path: str) -> bool:
    """Whether an entry of ignoreChanges names `path` or something that holds it; `[*]` is any element."""
    if "[*]" in ignored:
        head, _, tail = ignored.partition("[*]")
        if not path.startswith(head + "["):
            return False
        rest = path[len(head) :]
        return covers((head + rest[: rest.find("]") + 1] + tail), path) if "]" in rest else False
    return path == ignored or path.startswith((ignored + ".", ignored + "["))
