"""Which of the names that are there one that is not there may mean.

`difflib` compares two words letter by letter. With thousands of names on both sides that is millions of comparisons,
so of many names only those are compared that have the most groups of three letters in common with the word.
"""

import difflib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from heapq import nlargest

_NEAR = 0.6
_VERY_NEAR = 0.8
"""Shares of letters in common (difflib.SequenceMatcher.ratio); `app-db` and `app-s3` are near, but no slip."""

_FEW = 32
"""So many names are compared one by one."""
_COMPARED = 8
"""Of more names than that, so many are compared."""
_LOOKED_UP = 1_000
"""So many names are looked up by their letters, those with the rarest ones in common first."""

_TOLD = 12
"""So many names are told in a sentence."""

Compare = Callable[[str, list[str], int, float], list[str]]


class Names:
    """Names that are there. A word is compared with a bounded number of them, however many there are."""

    def __init__(self, names: Iterable[str] = (), compare: Compare = difflib.get_close_matches) -> None:
        self._there = dict.fromkeys(names)
        self._names = list(self._there)
        self._compare = compare
        self._having: dict[str, list[int]] = {}
        self._known: dict[tuple[str, float], str] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __bool__(self) -> bool:
        return bool(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._there

    def __str__(self) -> str:
        """The names for a sentence, of very many the first ones."""
        told = ", ".join(self._names[:_TOLD])
        return told + (f" and {len(self._names) - _TOLD} more" if len(self._names) > _TOLD else "")

    @property
    def only(self) -> str:
        """The name where there is one, else ""."""
        return self._names[0] if len(self._names) == 1 else ""

    def nearest(self, word: str) -> str:
        """The name nearest to `word`, or "" where none is near."""
        return self._closest(word, _NEAR)

    def very_near(self, word: str) -> str:
        """The name that `word` is a slip of, or "": near enough to say so."""
        return self._closest(word, _VERY_NEAR)

    def _closest(self, word: str, cutoff: float) -> str:
        if (word, cutoff) not in self._known:
            found = self._compare(word, self._candidates(word), 1, cutoff)
            self._known[word, cutoff] = found[0] if found else ""
        return self._known[word, cutoff]

    def _candidates(self, word: str) -> list[str]:
        if len(self._names) <= _FEW:
            return self._names
        if not self._having:
            self._having = defaultdict(list)
            for number, name in enumerate(self._names):
                for group in _groups(name):
                    self._having[group].append(number)
        common: Counter[int] = Counter()
        looked_up = 0
        for numbers in sorted((self._having.get(group, []) for group in _groups(word)), key=len):
            if common and looked_up + len(numbers) > _LOOKED_UP:
                break
            looked_up += len(numbers)
            common.update(numbers[:_LOOKED_UP])
        most = nlargest(_COMPARED, ((count / (len(self._names[n]) + len(word)), n) for n, count in common.items()))
        return [self._names[number] for _, number in most]


def _groups(name: str) -> set[str]:
    """The groups of three letters of a name, its begin and end counting as letters."""
    word = f"^{name}$"
    return {word[place : place + 3] for place in range(len(word) - 2)}


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word nearest to `word`, or "" where none is near. For a few words; who asks often, makes Names."""
    return Names(known).nearest(word)


def very_near(word: str, known: Iterable[str]) -> str:
    """The known word that `word` is a slip of, or "": near enough to say so, which `app-db` and `app-s3` are not."""
    return Names(known).very_near(word)


def one_letter_off(word: str, known: Iterable[str]) -> str:
    """The known word that is one letter more, less or other than `word`, or "": a slip, and no name beside another."""
    return next((other for other in known if other != word and _one_edit(word, other)), "")


def _one_edit(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    begin = next((place for place, letter in enumerate(short) if letter != long[place]), len(short))
    rest = short[begin:] if len(long) > len(short) else short[begin + 1 :]
    return rest == long[begin + 1 :]
