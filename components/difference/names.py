"""What two stacks call the same thing: values that only say the name of a namespace, objects that carry a stack's."""

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True)
class Names:
    """The words of two stacks that mean the same: `namespaces`, and `stacks` with their environments."""

    namespaces: tuple[str, str]
    stacks: tuple[tuple[str, ...], tuple[str, ...]]

    def same_but_for_namespace(self, before: object, after: object) -> bool:
        """Whether two texts differ by the name of the namespace alone, wherever it stands in them as a whole word."""
        if not (isinstance(before, str) and isinstance(after, str)):
            return False
        one, other = self.namespaces
        parts = re.split(_word(one), before)
        either = f"(?:{re.escape(one)}|{re.escape(other)})"
        return len(parts) > 1 and re.fullmatch(either.join(map(re.escape, parts)), after) is not None

    def paired(
        self, before: Iterable[tuple[str, str]], after: Iterable[tuple[str, str]]
    ) -> dict[tuple[str, str], tuple[str, str]]:
        """Objects, as (kind, name), that are for the same: of one name; else of one but for a stack's name in it."""
        one, other = list(before), list(after)
        pairs = {key: key for key in one if key in set(other)}
        rest = {self._neutral(key, 1): key for key in other if key not in pairs}
        for key in one:
            if key not in pairs and (match := rest.pop(self._neutral(key, 0), None)):
                pairs[key] = match
        return pairs

    def _neutral(self, key: tuple[str, str], side: int) -> tuple[str, str]:
        kind, name = key
        for number, word in enumerate((self.namespaces[side], *self.stacks[side])):
            name = re.sub(_word(word, inside="a-z0-9"), "<namespace>" if number == 0 else "<stack>", name)
        return kind, name


def _word(name: str, inside: str = r"\w-") -> str:
    """A pattern for `name` that is no part of a longer word; `inside` are the characters of words."""
    return rf"(?<![{inside}]){re.escape(name)}(?![{inside}])"
