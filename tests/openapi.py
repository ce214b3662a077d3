"""Structural schemas of custom resources as JSON schemas that judge as the API server does with strict validation.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/: an unknown field is
an error where the server would prune it, a field with a default need not be there, an item of a map-like list has keys
of its own. What is not judged here is CEL (x-kubernetes-validations): an API server does that.
"""

import json
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft4Validator, ValidationError, validators

Schema = dict[str, Any]

_OF_EVERY_OBJECT = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}}


def strict(schema: Schema, *, embedded: bool = True) -> Schema:
    """`schema` (an openAPIV3Schema) as a JSON schema of draft 4, in which a field that nobody knows is an error.

    `embedded` says that the value is an object of Kubernetes with metadata of its own.
    """
    found = {key: value for key, value in schema.items() if key != "description"}
    embedded = embedded or bool(found.pop("x-kubernetes-embedded-resource", False))
    properties = {name: strict(value, embedded=False) for name, value in schema.get("properties", {}).items()}
    if embedded:
        properties = {**properties, **_OF_EVERY_OBJECT}
    open_ = found.get("x-kubernetes-preserve-unknown-fields", False)
    if properties:
        found["properties"] = properties
    if isinstance(schema.get("additionalProperties"), dict):
        found["additionalProperties"] = strict(schema["additionalProperties"], embedded=False)
    elif "additionalProperties" not in schema and schema.get("type") == "object" and not open_:
        found["additionalProperties"] = False
    if isinstance(schema.get("items"), dict):
        found["items"] = strict(schema["items"], embedded=False)
    if needed := [name for name in schema.get("required", ()) if "default" not in properties.get(name, {})]:
        found["required"] = needed
    else:
        found.pop("required", None)
    if schema.get("nullable") and "type" in schema:
        found["type"] = [schema["type"], "null"]
    return found


def _list_type(_: Any, kind: str, items: Any, schema: Schema) -> Iterator[ValidationError]:
    """What the API server demands of lists that are merged item by item."""
    if not isinstance(items, list) or kind == "atomic":
        return
    keys = schema.get("x-kubernetes-list-map-keys", ())
    seen: set[str] = set()
    for item in items:
        own = {key: item.get(key) for key in keys} if kind == "map" and isinstance(item, dict) else item
        text = json.dumps(own, sort_keys=True)
        if text in seen:
            yield ValidationError(f"{text} is there twice")
        seen.add(text)


_Validator = validators.extend(Draft4Validator, {"x-kubernetes-list-type": _list_type})


def judge(schema: Schema) -> Any:
    """What judges values by a `strict` schema; made once for many values."""
    return _Validator(schema)


def mistakes(judge: Any, value: Any) -> list[str]:
    """What is wrong with `value` by what `judge` made of a `strict` schema, each with the path to it."""
    errors = sorted(judge.iter_errors(value), key=lambda error: [str(part) for part in error.absolute_path])
    return [f"{'.'.join(map(str, error.absolute_path)) or 'object'}: {error.message}" for error in errors]
