"""Whatever stands in somebody's YAML, the contracts give a verdict: they judge objects that no API server has seen."""

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest

from components.compose import compose
from components.manifest import shown
from components.settings import load
from contracts import verify

STACKS = ("dev", "databases-staging", "pg-ha", "docspell-dev")
ODD: tuple[Any, ...] = (None, [], {}, 0, "", "x", True, [None], [1], {"a": None}, {"": ""}, -1, 1.5, ["x"], {"a": [{}]})
PLACES = 4
"""Places of each object, by chance: some thousand sets in all, and a seed that makes them the same each time."""


def bodies(stack: str) -> list[dict[str, Any]]:
    found = load.decode(load.from_file(stack))
    return [shown(manifest.body) for manifest in compose(found.system, found.provider).manifests]


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    for key, item in value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ()):
        yield from paths(item, (*path, key))


def put(value: dict[str, Any], path: tuple[Any, ...], new: Any) -> dict[str, Any]:
    whole: Any = copy.deepcopy(value)
    where = whole
    for step in path[:-1]:
        where = where[step]
    where[path[-1]] = new
    return whole


@pytest.mark.parametrize("stack", STACKS)
def test_no_shape_of_an_object_ends_the_run(stack: str) -> None:
    chance = random.Random(stack)  # noqa: S311 (the same each time, on purpose)
    objects = bodies(stack)
    for number, body in enumerate(objects):
        every = list(paths(body))
        for path in chance.sample(every, min(PLACES, len(every))):
            new = chance.choice(ODD)
            odd = [*objects[:number], put(body, path, new), *objects[number + 1 :]]
            try:
                verify(odd)
            except Exception as error:
                where = ".".join(map(str, path))
                pytest.fail(f"{body['kind']} {where} = {new!r}: {type(error).__name__}: {error}")
