"""`pulumi.com/waitFor`: what a program itself says to wait for.

`condition=Type[=Status]`, `jsonpath={.path}[=value]`, or a JSON list of them, all of which must hold. The
expressions are those of `kubectl wait --for`.
"""

import json
import re
from typing import Any

from devcluster.plugins.kubernetes.objects import condition
from devcluster.plugins.kubernetes.readiness.verdict import READY, Verdict, waits

_STEP = re.compile(
    r"\.(?P<name>(?:\\.|[^.\[\]\\])+)|\[(?P<index>-?\d+|\*)\]|\['(?P<quoted>[^']*)'\]|\[\"(?P<double>[^\"]*)\"\]"
    r"|\[\?\(@\.(?P<field>[\w.]+)\s*==\s*['\"](?P<equals>[^'\"]*)['\"]\)\]"
)


class NotAnExpression(Exception):
    """An annotation that is no expression; the text says what was expected."""


def expressions(text: str) -> list[str]:
    """The single expressions of an annotation. Raises NotAnExpression."""
    try:
        listed = json.loads(text)
    except ValueError:
        listed = text
    found = listed if isinstance(listed, list) else [text]
    if not found or not all(isinstance(each, str) and each.startswith(("condition=", "jsonpath=")) for each in found):
        raise NotAnExpression(
            f"pulumi.com/waitFor is {text!r}; expected condition=Type[=Status], jsonpath={{.path}}[=value], "
            "or a JSON list of those"
        )
    for each in found:
        if each.startswith("jsonpath="):
            steps(_split(each)[0])
    return found


def judge(thing: dict[str, Any], wanted: list[str]) -> Verdict:
    """Whether every expression holds for an object."""
    missing = [each for each in wanted if not holds(thing, each)]
    return waits("waiting for " + ", ".join(missing)) if missing else READY


def holds(thing: dict[str, Any], expression: str) -> bool:
    """Whether one expression holds. A condition's status is True where none is named; cases are the same."""
    kind, _, rest = expression.partition("=")
    if kind == "condition":
        name, _, status = rest.partition("=")
        listed = {each.get("type", "").lower(): each.get("type", "") for each in _conditions(thing)}
        found = condition(thing, listed.get(name.lower(), name))
        return str(found.get("status", "")).lower() == (status or "True").lower()
    path, value = _split(expression)
    found = select(thing, path)
    if value is None:
        return bool(found)
    return len(found) == 1 and _text(found[0]) == value


def _conditions(thing: dict[str, Any]) -> list[dict[str, Any]]:
    status = thing.get("status")
    return (status.get("conditions") or []) if isinstance(status, dict) else []


def _split(expression: str) -> tuple[str, str | None]:
    found = re.fullmatch(r"jsonpath=['\"]?\{?(?P<path>.*?)\}?['\"]?(?:(?<=[}'\"])=(?P<value>.*))?", expression)
    if not found:
        raise NotAnExpression(f"{expression!r} is no jsonpath expression; expected jsonpath={{.path}}[=value]")
    value = found["value"]
    return found["path"], value.strip("'\"") if value is not None else None


def steps(path: str) -> list[re.Match[str]]:
    """The steps of a path. Raises NotAnExpression for what is not understood here."""
    path = path if path.startswith((".", "[")) else f".{path}"
    found, place = [], 0
    while place < len(path):
        step = _STEP.match(path, place)
        if not step:
            raise NotAnExpression(
                f"the jsonpath {path!r} is not understood from {path[place:]!r} on; names, [0], [*], ['name'] and "
                '[?(@.field=="value")] are'
            )
        found.append(step)
        place = step.end()
    return found


def select(thing: Any, path: str) -> list[Any]:
    """Every value that a path names."""
    values = [thing]
    for step in steps(path):
        values = [found for value in values for found in _take(value, step)]
    return values


def _take(value: Any, step: re.Match[str]) -> list[Any]:
    if step["field"]:
        listed = value if isinstance(value, list) else []
        return [each for each in listed if [_text(x) for x in select(each, step["field"])] == [step["equals"]]]
    if step["index"] == "*":
        return list(value.values()) if isinstance(value, dict) else list(value) if isinstance(value, list) else []
    if step["index"]:
        place = int(step["index"])
        return [value[place]] if isinstance(value, list) and -len(value) <= place < len(value) else []
    name = step["quoted"] or step["double"] or re.sub(r"\\(.)", r"\1", step["name"] or "")
    return [value[name]] if isinstance(value, dict) and value.get(name) is not None else []


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
