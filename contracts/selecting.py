"""Labels and selectors, thousands against thousands: looked up by a pair that both have, not each with each."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Generic, TypeVar

from contracts.near import Names
from contracts.objects import Plain, mapping, selects, text

T = TypeVar("T")
Pair = tuple[str, str]
_FEW = 8


def demanded(selector: Plain) -> list[Pair]:
    """The labels that a LabelSelector demands with their values; none for one of expressions only."""
    return [(text(key), text(value)) for key, value in mapping(selector.get("matchLabels")).items()]


class Labelled(Generic[T]):
    """Things with labels, of which a LabelSelector selects some."""

    def __init__(self, things: Iterable[tuple[T, Plain]]) -> None:
        self._things = list(things)
        self._by_pair: dict[Pair, list[tuple[T, Plain]]] = defaultdict(list)
        for entry in self._things:
            for key, value in entry[1].items():
                self._by_pair[text(key), text(value)].append(entry)

    def selected(self, selector: Plain) -> list[T]:
        """The things that `selector` selects, in the order in which they were given."""
        pairs = demanded(selector)
        # Those with the rarest of its labels: no thing without that one can be selected.
        entries = min((self._by_pair.get(pair, []) for pair in pairs), key=len) if pairs else self._things
        if len(pairs) == 1 and len(selector) == 1:
            return [thing for thing, _ in entries]
        return [thing for thing, labels in entries if selects(selector, labels)]

    def values(self, key: str) -> Names:
        """The values that things have for the label `key`."""
        return self._values.get(key) or Names()

    def keys(self, value: str) -> Names:
        """The labels that some thing has with `value`."""
        return self._keys.get(value) or Names()

    @cached_property
    def _values(self) -> dict[str, Names]:
        return _gathered(self._by_pair)

    @cached_property
    def _keys(self) -> dict[str, Names]:
        return _gathered((value, key) for key, value in self._by_pair)


def _gathered(pairs: Iterable[Pair]) -> dict[str, Names]:
    found: dict[str, list[str]] = defaultdict(list)
    for one, other in pairs:
        found[one].append(other)
    return {one: Names(others) for one, others in found.items()}


class Selectors(Generic[T]):
    """Things with a LabelSelector, of which some select given labels."""

    def __init__(self, things: Iterable[tuple[T, Plain]]) -> None:
        entries = list(things)
        # Looking at each of a few is faster than any index.
        self._few: list[tuple[T, Plain]] | None = entries if len(entries) <= _FEW else None
        self._by_pair: dict[Pair | None, list[tuple[int, T, Plain]]] = defaultdict(list)
        if self._few is None:
            often = Counter(pair for _, selector in entries for pair in demanded(selector))
            for number, (thing, selector) in enumerate(entries):
                rarest = min(demanded(selector), key=lambda pair: often[pair], default=None)
                self._by_pair[rarest].append((number, thing, selector))

    def selecting(self, labels: Plain) -> list[T]:
        """The things whose selector selects `labels`, in the order in which they were given."""
        if self._few is not None:
            return [thing for thing, selector in self._few if selects(selector, labels)]
        pairs: Sequence[Pair | None] = [None, *((text(key), text(value)) for key, value in labels.items())]
        entries = [entry for pair in pairs for entry in self._by_pair.get(pair, ())]
        found = sorted(
            (number, place) for place, (number, _, selector) in enumerate(entries) if selects(selector, labels)
        )
        return [entries[place][1] for _, place in found]
