"""YAML files, read so that the engine and this program see the same values in them."""

import re
from pathlib import Path
from typing import Any

import yaml

from components.settings.mistakes import Mistake, SettingsRefused, nearest

# libyaml's parser where PyYAML was built with it, as its wheels are: eight times as fast, the same result.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):
    """The YAML that the engine reads (Go's yaml.v3): a key twice is an error, and `on`, `no`, `12:30` are texts."""


_BOOLEAN, _INTEGER, _FLOAT = (f"tag:yaml.org,2002:{name}" for name in ("bool", "int", "float"))
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag not in {_BOOLEAN, _INTEGER, _FLOAT}]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, _pattern, _first in (
    (_BOOLEAN, r"true|True|TRUE|false|False|FALSE", "tTfF"),
    (_INTEGER, r"[-+]?(0|[1-9][0-9_]*|0[0-7_]+|0x[0-9a-fA-F_]+)", "-+0123456789"),
    (_FLOAT, r"[-+]?([0-9][0-9_]*\.[0-9_]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?", "-+0123456789."),
):
    _Loader.add_implicit_resolver(_tag, re.compile(rf"(?:{_pattern})\Z"), list(_first))


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        if key_node.tag == "tag:yaml.org,2002:merge":
            continue
        key = loader.construct_object(key_node) if isinstance(key_node, yaml.ScalarNode) else None
        if key is None or key in seen:
            text = "a key is no text" if key is None else f"the key `{key}` stands twice"
            raise yaml.constructor.ConstructorError(None, None, text, key_node.start_mark)
        seen.add(key)
    loader.flatten_mapping(node)
    return dict(loader.construct_pairs(node, deep=True))


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def _where(error: yaml.YAMLError) -> str:
    """What is wrong and where, without the line itself: there may be a secret in it."""
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it does not parse"
    return f"{problem} (line {mark.line + 1}, column {mark.column + 1})" if mark else str(problem)


def read_yaml(path: Path, shown: str) -> Any:
    """The content of one YAML file, which messages call `shown`. Raises SettingsRefused when it can't be read."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 (a SafeLoader)
    except FileNotFoundError as error:
        siblings = sorted(p.name for p in path.parent.glob("*.yaml"))
        mistake = Mistake(shown, "", "no such file", ", ".join(siblings), nearest(path.name, siblings))
        raise SettingsRefused([mistake]) from error
    except UnicodeDecodeError as error:
        raise SettingsRefused([Mistake(shown, "", "bytes that are no text", "UTF-8")]) from error
    except yaml.YAMLError as error:
        raise SettingsRefused([Mistake(shown, "", "no valid YAML", "", why=_where(error))]) from None
