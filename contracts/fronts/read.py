"""YAML and JSON of any origin, as plain objects; whatever can't be read is said with file, line and column."""

import json
import re
import sys
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

LARGEST = 32 * 2**20
"""Bytes of one file. A whole cluster's `kubectl get -o yaml` stays below; what is larger is no set of manifests."""

_TEMPLATE = re.compile(r"\{\{-?\s*[.$\w\"(]")


_SPOKEN = re.compile(r"(?:NAME|NOTES|HOOKS|MANIFEST|LAST DEPLOYED|WARNING|Error):")
_BESIDE = (
    "what a tool says beside its manifests, not one of them: give the manifests alone, such as `helm template` prints"
)
_DEMANDED = ("apiVersion", "kind")


class Unusable(Exception):
    """Input that can't be judged: one sentence, with file, line and column where they are known."""


_FASTEST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_FASTEST):
    """PyYAML's own rules, but a key that stands twice is refused, and dates stay texts as the API server has them."""


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
    loader.flatten_mapping(node)
    found: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, Hashable):
            raise yaml.constructor.ConstructorError(None, None, "a key that is no text", key_node.start_mark)
        if key in found:
            raise yaml.constructor.ConstructorError(None, None, f"the key `{key}` stands twice", key_node.start_mark)
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: loader.construct_scalar(node))


@dataclass(frozen=True)
class Document:
    """One document and where it begins."""

    file: str
    line: int
    content: Any


def documents(file: str) -> list[Document]:
    """The documents of a file, or of standard input for `-`. Raises Unusable."""
    text = _text(file)
    begin = text.lstrip()
    if file.endswith(".json") or (begin[:1] in {"{", "["} and not _TEMPLATE.match(begin)):
        try:
            return [Document(file, 1, json.loads(text, object_pairs_hook=_once))]
        except RecursionError as error:
            raise Unusable(_too_deep(file)) from error
        except ValueError as error:
            if file.endswith(".json"):
                raise Unusable(f"{file}: no valid JSON: {error}") from error
    try:
        return list(_yaml_documents(file, text))
    except yaml.MarkedYAMLError as error:
        raise Unusable(_sentence(file, text, error)) from error
    except (yaml.YAMLError, ValueError) as error:
        raise Unusable(f"{file}: no valid YAML: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise Unusable(_too_deep(file)) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key in found if sum(other == key for other, _ in pairs) > 1)
        raise ValueError(f"the key `{twice}` stands twice")
    return found


def _too_deep(file: str) -> str:
    return f"{file}: nested too deeply to be Kubernetes objects"


def _yaml_documents(file: str, text: str) -> Iterator[Document]:
    loader = _Loader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is None:
                continue
            yield Document(file, node.start_mark.line + 1, loader.construct_document(node))
    finally:
        loader.dispose()


def _text(file: str) -> str:
    try:
        data = sys.stdin.buffer.read(LARGEST + 1) if file == "-" else _bounded(Path(file))
        if len(data) > LARGEST:
            raise Unusable(f"{file}: larger than {LARGEST // 2**20} MiB; give the manifests in several files")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unusable(f"{file}: no text in UTF-8 (byte {error.start})") from error
    except OSError as error:
        raise Unusable(f"{file}: {error.strerror or error}") from error


def _bounded(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(LARGEST + 1)


def _sentence(file: str, text: str, error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    lines = text.splitlines()
    near = lines[max(0, line - 2) : line + 1]
    if any(_TEMPLATE.search(candidate) for candidate in near) or _TEMPLATE.search(text):
        return f"{file}:{line}:{column}: a Helm template, not its output: run `helm template` and give what it prints"
    if _SPOKEN.match(text):
        return f"{file}:{line}:{column}: {_BESIDE}"
    # Never the line itself: it may hold a secret.
    return f"{file}:{line}:{column}: no valid YAML: {error.problem or error.context or 'it does not parse'}"


def objects(files: list[str]) -> list[Any]:
    """The Kubernetes objects of several files. Raises Unusable for a document that is none, or for nothing at all."""
    return [content for _, content in placed(files)]


def placed(files: list[str]) -> list[tuple[str, Any]]:
    """The same, each with its file."""
    found = [(file, content) for file in files for document in documents(file) for content in _objects(document)]
    if not found:
        raise Unusable(f"{', '.join(files)}: no Kubernetes object in there")
    return found


def _objects(document: Document) -> list[Any]:
    content = document.content
    if content is None:
        return []
    many = content if isinstance(content, list) else [content]
    place = f"{document.file}:{document.line}"
    for item in many:
        if isinstance(item, dict) and any(_SPOKEN.match(f"{key}:") for key in item):
            raise Unusable(f"{place}: {_BESIDE}")
        if not isinstance(item, dict) or not all(isinstance(item.get(f), str) and item[f] for f in _DEMANDED):
            raise Unusable(f"{place}: not a Kubernetes object: it has no apiVersion and kind")
    return [found for item in many for found in _inside(place, item)]


def _inside(place: str, item: dict[str, Any]) -> list[dict[str, Any]]:
    """The object, or none where it is an empty List. Raises Unusable for a List of something else."""
    items = item.get("items", item)
    if not item["kind"].endswith("List") or not isinstance(items, list | None):
        return [item]
    for number, one in enumerate(items or []):
        if not isinstance(one, dict):
            raise Unusable(f"{place}: item {number + 1} of the {item['kind']} is no Kubernetes object")
    return [item] if items else []
