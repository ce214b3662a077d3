"""Mutants: a set of objects with one place broken: a word or a part of a URL changed, gone, or renamed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.contracts.mutation.places import Body, Place, places, renamed, with_value, without

_URL = re.compile(
    r"(?:jdbc:)?postgres(?:ql)?://(?:(?P<user>[^:@/]+):[^@]*@)?(?P<host>[^:/]+):(?P<port>\d+)/(?P<db>\w+)"
)


@dataclass(frozen=True)
class Mutant:
    """`way` is changed, gone, renamed or the part of a URL; `body` stands for the object, None where it is gone."""

    place: Place
    way: str
    body: Body | None

    def of(self, objects: list[Body]) -> list[Body]:
        """The whole set with this mutant in it."""
        number = self.place.object
        return objects[:number] + ([] if self.body is None else [self.body]) + objects[number + 1 :]

    def __str__(self) -> str:
        return f"{self.way:<8} {self.place}"


def mutants(objects: list[Body]) -> Iterator[Mutant]:
    """Every mutant of a set: the objects are walked, nothing is listed."""
    for place in places(objects):
        if not place.steps:
            yield Mutant(place, "gone", None)
            continue
        yield Mutant(place, "gone", without(place))
        if place.in_free_map and "/" not in str(place.last):
            yield Mutant(place, "renamed", renamed(place, _other_word(str(place.last))))
        elif place.in_free_map:
            yield Mutant(place, "renamed", renamed(place, f"{place.last}-x"))
        yield from _changed(place)


def _changed(place: Place) -> Iterator[Mutant]:
    value = place.value
    if isinstance(value, str) and (match := _URL.match(value)):
        for part in ("user", "host", "port", "db"):
            if match[part] is not None:
                begin, end = match.span(part)
                other = value[:begin] + _other_word(match[part]) + value[end:]
                yield Mutant(place, f"url {part}", with_value(place, other))
    elif isinstance(value, str):
        yield Mutant(place, "changed", with_value(place, _other_word(value)))
    elif isinstance(value, bool):
        yield Mutant(place, "changed", with_value(place, not value))
    elif isinstance(value, int):
        yield Mutant(place, "changed", with_value(place, value + 7))


def _other_word(word: str) -> str:
    """A word that nothing in the set has, of the same sort: a number for a number, a name for a name."""
    if word.isdigit():
        return str(int(word) + 7)
    if ".svc" in word:  # The cluster's domain behind it only the cluster knows.
        service, _, rest = word.partition(".")
        return f"{_other_word(service)}.{rest}"
    return f"{word}_X" if word.isupper() or "_" in word else f"{word}x"
