"""Texts of YAML as plain objects: read once, by libyaml where PyYAML was built with it, as its wheels are."""

from copy import deepcopy
from functools import cache
from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def documents(text: str) -> list[Any]:
    """The documents of `text`, fresh: whoever gets them may change them."""
    return deepcopy(_read(text))


@cache
def _read(text: str) -> list[Any]:
    return list(yaml.load_all(text, _LOADER))
