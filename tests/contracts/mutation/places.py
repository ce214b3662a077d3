"""Every place of a set of objects, by walking them: fields, items and keys; and a copy of the set with one changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Body = dict[str, Any]
Step = str | int

_NAMED = ("name", "mountPath", "containerPort", "port", "key", "host", "path")
FREE = frozenset("data stringData labels matchLabels annotations".split())
"""Maps whose keys are words of the writer, not fields of Kubernetes."""


@dataclass(frozen=True)
class Place:
    """One node of one object. `steps` lead to it; `value` is what stands there."""

    object: int
    body: Body
    steps: tuple[Step, ...]
    value: Any

    @property
    def kind(self) -> str:
        return self.body["kind"]

    @property
    def name(self) -> str:
        return self.body["metadata"]["name"]

    @property
    def shape(self) -> str:
        """The path without numbers: `spec.template.spec.containers[].name`."""
        shape = ""
        for step in self.steps:
            shape += "[]" if isinstance(step, int) else f".{step}"
        return shape.lstrip(".")

    @property
    def parent(self) -> Any:
        return at(self.body, self.steps[:-1])

    @property
    def last(self) -> Step:
        return self.steps[-1] if self.steps else ""

    @property
    def in_free_map(self) -> bool:
        """Whether the last step is a word of the writer."""
        above = self.steps[-2] if len(self.steps) > 1 else ""
        plain = above == "selector" and self.kind == "Service"
        return isinstance(self.parent, dict) and (above in FREE or plain)

    def __str__(self) -> str:
        words = ""
        for number, step in enumerate(self.steps):
            if isinstance(step, int):
                item = at(self.body, self.steps[: number + 1])
                label = next((item[field] for field in _NAMED if isinstance(item, dict) and field in item), step)
                words += f"[{label}]"
            else:
                words += f".{step}"
        return f"{self.kind} {self.name} {words.lstrip('.')}"


def at(value: Any, steps: tuple[Step, ...]) -> Any:
    """What stands at `steps` below `value`."""
    for step in steps:
        value = value[step]
    return value


def places(objects: list[Body]) -> Iterator[Place]:
    """Every place: each object as a whole, then each of its nodes."""
    for number, body in enumerate(objects):
        yield from _below(number, body, (), body)


def _below(number: int, body: Body, steps: tuple[Step, ...], value: Any) -> Iterator[Place]:
    yield Place(number, body, steps, value)
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _below(number, body, (*steps, key), item)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _below(number, body, (*steps, position), item)


def with_value(place: Place, value: Any) -> Body:
    """The object of `place` with another value there."""
    return _replaced(place.body, place.steps, lambda parent, step: _put(parent, step, value))


def without(place: Place) -> Body:
    """The object of `place` without what stands there."""
    return _replaced(place.body, place.steps, _take)


def renamed(place: Place, key: str) -> Body:
    """The object of `place` with the same value under another key."""

    def change(parent: Any, step: Step) -> Any:
        return {key if name == step else name: value for name, value in parent.items()}

    return _replaced(place.body, place.steps, change)


def _put(parent: Any, step: Step, value: Any) -> Any:
    copy = parent.copy()
    copy[step] = value
    return copy


def _take(parent: Any, step: Step) -> Any:
    copy = parent.copy()
    del copy[step]
    return copy


def _replaced(value: Any, steps: tuple[Step, ...], change: Any) -> Any:
    """A copy of `value` along `steps` only: what is not on the way is shared."""
    if len(steps) == 1:
        return change(value, steps[0])
    copy = value.copy()
    copy[steps[0]] = _replaced(value[steps[0]], steps[1:], change)
    return copy
