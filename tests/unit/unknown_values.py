"""One value of a set made unknown at a time, as Pulumi hands it over in a preview."""

import copy
from collections.abc import Iterator
from typing import Any

from contracts import verify
from policy.objects import UNKNOWN, Cluster, Resource, clusters
from policy.unknown import certain

Body = dict[str, Any]
Steps = tuple[Any, ...]


def cluster_of(objects: list[Body]) -> Cluster:
    (found,) = clusters(
        Resource(f"urn:{number}", f"kubernetes:x:{body['kind']}", f"r{number}", body)
        for number, body in enumerate(objects)
    )
    return found


def places(value: Any, path: Steps = ()) -> Iterator[Steps]:
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in pairs:
        yield from places(item, (*path, key))


def unknown_at(objects: list[Body], number: int, path: Steps) -> list[Body]:
    changed = copy.deepcopy(objects[number])
    value: Any = changed
    for step in path[:-1]:
        value = value[step]
    value[path[-1]] = UNKNOWN
    return [*objects[:number], changed, *objects[number + 1 :]]


def wrongly_certain(objects: list[Body], every: int) -> tuple[int, list[str]]:
    """How many unknown values were tried, each `every`th, and what was told as broken though the set holds."""
    tried = [
        (number, path)
        for number, body in enumerate(objects)
        for path in places(body)
        if path[0] not in {"apiVersion", "kind"}
    ][::every]
    found = []
    for number, path in tried:
        cluster = cluster_of(unknown_at(objects, number, path))
        where = f"{objects[number]['kind']} {'.'.join(map(str, path))}"
        found += [f"{where}: {each}" for each in certain(cluster, verify(cluster.objects)) if not each.undecided]
    return len(tried), found
