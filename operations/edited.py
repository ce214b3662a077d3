"""One number in a stack's file, with every other line and comment of it as it was."""

from collections.abc import Sequence
from typing import Any

import yaml


class NotEdited(Exception):
    """The file is of a form in which the number can't be put without a person."""


def with_number(text: str, path: Sequence[str], number: int) -> str:
    """The YAML `text` with `number` at `path`, which is made where it is missing. Raises NotEdited."""
    at, node = 0, yaml.compose(text)
    while at < len(path):
        found = next((value for key, value in _entries(node) if key.value == path[at]), None)
        if found is None:
            break
        at, node = at + 1, found
    if at == len(path) and isinstance(node, yaml.ScalarNode):
        edited = text[: node.start_mark.index] + str(number) + text[node.end_mark.index :]
    elif at < len(path) and isinstance(node, yaml.MappingNode):
        edited = _inserted(text, node, path[at:], number)
    else:
        raise NotEdited(f"allowed: a number at {'.'.join(path)}, or a mapping around it")
    if yaml.safe_load(edited) != _expected(yaml.safe_load(text), path, number):
        raise NotEdited(f"{'.'.join(path)} stands where an alias or a merge brings it in; write {number} there by hand")
    return edited


def _entries(node: Any) -> list[tuple[Any, Any]]:
    return node.value if isinstance(node, yaml.MappingNode) else []


def _inserted(text: str, mapping: yaml.MappingNode, path: Sequence[str], number: int) -> str:
    first, *inner = path
    written = f"{first}: " + "".join(f"{{{key}: " for key in inner) + str(number) + "}" * len(inner)
    if mapping.flow_style:
        start = mapping.start_mark.index + 1
        return f"{text[:start]}{written}{', ' if mapping.value else ''}{text[start:]}"
    if not mapping.value:
        raise NotEdited(f"allowed: a mapping with an entry, to put {first} beside it")
    mark = mapping.value[0][0].start_mark
    return f"{text[: mark.index]}{written}\n{' ' * mark.column}{text[mark.index :]}"


def _expected(document: Any, path: Sequence[str], number: int) -> Any:
    if not path:
        return number
    whole = document if isinstance(document, dict) else {}
    return {**whole, path[0]: _expected(whole.get(path[0]), path[1:], number)}
