"""What a live object says of the fields that a program gave, in the program's own spelling.

The API server adds fields, drops empty ones, and writes quantities its own way. The official provider prunes the
live object to the shape of the inputs (pruneMap in util.go) and passes both through Go's types (clients.Normalize).
Here two spellings of one value are recognised instead, and the program's is kept.
"""

import base64
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from devcluster.plugins.kubernetes.objects import READ_ONLY, is_secret
from devcluster.plugins.protocol.values import UNKNOWN

Path = tuple[str | int, ...]

_SUFFIXES = {
    **{"n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "": Decimal(1)},
    **{letter: Decimal(1000) ** power for power, letter in enumerate("kMGTPE", start=1)},
    **{f"{letter}i": Decimal(1024) ** power for power, letter in enumerate("KMGTPE", start=1)},
}
_QUANTITY = re.compile(r"^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([A-Za-z]{0,2})$")
_QUANTITIES = frozenset(
    [
        "limits",
        "requests",
        "capacity",
        "hard",
        "max",
        "min",
        "default",
        "defaultRequest",
        "maxLimitRequestRatio",
        "overhead",
        "podFixed",
    ]
)
_QUANTITY_FIELDS = frozenset(("sizeLimit", "divisor", "averageValue"))

MERGE_KEYS = ("name", "containerPort", "port", "mountPath", "devicePath", "ip", "topologyKey", "key")
"""Fields by which lists are matched; most are the patchMergeKey of Kubernetes' own types."""


def quantity(value: Any) -> Decimal | None:
    """The number that a Kubernetes quantity stands for, or None for any other text."""
    found = _QUANTITY.match(str(value))
    if not found or found[2] not in _SUFFIXES:
        return None
    try:
        return Decimal(found[1]) * _SUFFIXES[found[2]]
    except InvalidOperation:
        return None


def _is_quantity(path: Path) -> bool:
    return bool(path) and (path[-1] in _QUANTITY_FIELDS or (len(path) > 1 and path[-2] in _QUANTITIES))


def same(left: Any, right: Any, path: Path) -> bool:
    """Whether two values are one to the API server: equal, or two spellings of a quantity where one is meant."""
    if left == right:
        return isinstance(left, bool) == isinstance(right, bool)
    if not _is_quantity(path) or isinstance(left, (dict, list)) or isinstance(right, (dict, list)):
        return False
    number = quantity(left)
    return number is not None and number == quantity(right)


def empty(value: Any) -> bool:
    """Whether the API server may leave this value out of what it keeps: Go's `omitempty`."""
    return value in (False, 0, "", None) or value in ([], {})


def observed(live: Any, given: Any, path: Path = ()) -> Any:
    """`live` reduced to what `given` says anything about, with what is the same spelled as in `given`."""
    if given is UNKNOWN:
        return live
    if isinstance(live, dict) and isinstance(given, dict):
        found = {}
        for name, wanted in given.items():
            if name in live:
                found[name] = observed(live[name], wanted, (*path, name))
            elif empty(wanted):
                found[name] = wanted
        return found
    if isinstance(live, list) and isinstance(given, list):
        key = merge_key(live, given)
        if key is None:
            return [
                observed(each, wanted, (*path, i)) for i, (each, wanted) in enumerate(zip(live, given, strict=False))
            ]
        by_key = {each[key]: each for each in live}
        pairs = [(i, by_key[each[key]], each) for i, each in enumerate(given) if each[key] in by_key]
        return [observed(each, wanted, (*path, i)) for i, each, wanted in pairs]
    return given if same(live, given, path) else live


def merge_key(*lists: list[Any]) -> str | None:
    """The field that tells the elements of each of the lists apart, or None: then they are matched by position."""
    for key in MERGE_KEYS:
        if all(_tells_apart(each, key) for each in lists):
            return key
    return None


def _tells_apart(elements: list[Any], key: str) -> bool:
    if not elements or not all(isinstance(each, dict) and isinstance(each.get(key), (str, int)) for each in elements):
        return False
    return len({each[key] for each in elements}) == len(elements)


def comparable(inputs: dict[str, Any]) -> dict[str, Any]:
    """`inputs` as the API server will keep them: no read-only fields, and a Secret's texts as its data."""
    found = dict(inputs)
    if isinstance(found.get("metadata"), dict):
        found["metadata"] = {name: value for name, value in found["metadata"].items() if name not in READ_ONLY}
    found.pop("status", None)
    if is_secret(found) and isinstance(found.get("stringData"), dict):
        texts = {name: encoded(value) for name, value in found.pop("stringData").items()}
        found["data"] = {**(found.get("data") or {}), **texts}
    return found


def encoded(value: Any) -> Any:
    """One text of a Secret as its data holds it."""
    return base64.b64encode(value.encode()).decode() if isinstance(value, str) else value


def decoded(value: Any) -> Any:
    """What `encoded` made, back; None for data that is no text."""
    try:
        return base64.b64decode(value, validate=True).decode() if isinstance(value, str) else value
    except ValueError:
        return None


def inputs_from(live: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
    """The inputs that the live object stands for, in the shape and spelling of `inputs`, as a refresh keeps them."""
    found = observed(live, comparable(inputs))
    texts = inputs.get("stringData")
    if not is_secret(inputs) or not isinstance(texts, dict) or "data" not in found:
        return found
    data, strings = {}, {}
    for name, value in found["data"].items():
        text = decoded(value) if name in texts else None
        (data if text is None else strings)[name] = value if text is None else text
    found.pop("data")
    return {**found, **({"data": data} if data or "data" in inputs else {}), "stringData": strings}
