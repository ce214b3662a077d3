"""What edits share: copies of a set in which one object may be changed, and ways to its parts."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from tests.contracts.mutation.places import Body
from tests.contracts.mutation.through import PODS

Edited = Iterator[tuple[str, list[Body]]]
"""Every edited copy of a set, each with what was edited."""


def each(objects: list[Body], *kinds: str) -> Iterator[tuple[Body, list[Body]]]:
    """Each object of these kinds in a fresh copy of the whole set, which may be changed."""
    for number, body in enumerate(objects):
        if not kinds or body["kind"] in kinds:
            copy = deepcopy(objects)
            yield copy[number], copy


def pod_of(body: Body) -> Body | None:
    """The spec of a workload's pods."""
    return body["spec"].get("template", {}).get("spec") if body["kind"] in PODS else None


def containers(body: Body) -> list[Body]:
    """All containers of a workload, init containers included."""
    pod = pod_of(body) or {}
    return [*pod.get("initContainers", []), *pod.get("containers", [])]


def maps(value: Any) -> Iterator[Body]:
    """Every mapping in a value of any depth, itself included."""
    if isinstance(value, dict):
        yield value
        for item in list(value.values()):
            yield from maps(item)
    elif isinstance(value, list):
        for item in value:
            yield from maps(item)


def home(objects: list[Body]) -> str:
    """The namespace that a set is for; others may hold what it gives to others."""
    return next(body["metadata"]["namespace"] for body in objects if body["kind"] in {"Service", "Cluster"})


def a_service(objects: list[Body]) -> Body:
    """Some Service of the set, or one that leads nowhere where an operator makes all of them."""
    there = (body for body in objects if body["kind"] == "Service")
    metadata = {"name": "nowhere", "namespace": home(objects)}
    nowhere = {"type": "ExternalName", "externalName": "nowhere.example.org"}
    return next(there, {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": nowhere})


def named(body: Body, name: str) -> Body:
    """A copy of an object under another name."""
    copy = deepcopy(body)
    copy["metadata"]["name"] = name
    return copy
