"""The JSON schemas of Kubernetes, as kubernetes-validate ships them, strict: an unknown field is an error.

kubernetes-validate reads 2 MB of definitions for each object and version. Here each schema is reduced to what it
refers to, so that versions in which a kind is the same share one validator, and an object is validated once for it.
"""

import functools
import importlib.resources
import json
import re
from typing import Any

import jsonschema
import kubernetes_validate

VERSIONS = tuple(f"1.{minor}" for minor in range(30, 38))
"""The versions of Kubernetes that issue 3 asks for."""

_REFERENCE = re.compile(r'"\$ref": "[^"#]*#/\$defs/([^"]+)"')


def _read(version: str, name: str) -> str:
    place = importlib.resources.files(kubernetes_validate) / "kubernetes-json-schema" / f"v{version}.0-local-strict"
    return (place / name).read_text()


@functools.cache
def _definitions(version: str) -> dict[str, str]:
    """Name → schema as text, without the descriptions, which differ between versions where nothing else does."""
    found = json.loads(_read(version, "_definitions.json"))["$defs"]
    return {name: json.dumps(_bare(schema), sort_keys=True) for name, schema in found.items()}


def _bare(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {k: _bare(v) for k, v in schema.items() if k != "description" or not isinstance(v, str)}
    return [_bare(item) for item in schema] if isinstance(schema, list) else schema


@functools.cache
def schema(version: str, api_version: str, kind: str) -> str:
    """The schema of one kind with all it refers to, as text; the same text where nothing differs."""
    group_version = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", api_version)
    own = json.dumps(_bare(json.loads(_read(version, f"{kind.lower()}-{group_version}.json"))), sort_keys=True)
    definitions, used = _definitions(version), {}
    rest = _REFERENCE.findall(own)
    while rest:
        name = rest.pop()
        if name not in used:
            used[name] = definitions[name]
            rest += _REFERENCE.findall(definitions[name])
    parts = ", ".join(f"{json.dumps(name)}: {text}" for name, text in sorted(used.items()))
    return re.sub(r'("\$ref": ")[^"#]*#', r"\1#", own[:-1] + f', "$defs": {{{parts}}}}}')


@functools.cache
def _validator(text: str) -> Any:
    return jsonschema.Draft202012Validator(json.loads(text))


_validated: set[tuple[str, str]] = set()


def errors(body: dict[str, Any], version: str) -> list[str]:
    """Why Kubernetes `version` would not take `body`; empty where it would."""
    text, plain = schema(version, body["apiVersion"], body["kind"]), json.dumps(body, sort_keys=True)
    if (text, plain) in _validated:
        return []
    found = [f"{'.'.join(map(str, e.absolute_path))}: {e.message}" for e in _validator(text).iter_errors(body)]
    if not found:
        _validated.add((text, plain))
    return found
