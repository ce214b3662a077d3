"""Runs the edits that change nothing that matters, and says which were found all the same."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from contracts import verify
from tests.contracts.mutation import stacks
from tests.contracts.mutation.harmless import EDITS


@dataclass
class Kept:
    """How often a harmless edit was left alone, and each time that it was not."""

    tried: Counter[str] = field(default_factory=Counter)
    alarms: list[str] = field(default_factory=list)

    def __add__(self, other: "Kept") -> "Kept":
        return Kept(self.tried + other.tried, self.alarms + other.alarms)

    def told(self) -> str:
        """The score as a table, then every false alarm."""
        total = sum(self.tried.values())
        lines = [f"{total - len(self.alarms)} of {total} edits that change nothing that matters left alone"]
        lines += [f"  {name.replace('_', ' '):<32}{count:>5}" for name, count in self.tried.items()]
        return "\n".join([*lines, *(f"FALSE ALARM {one}" for one in self.alarms[:40])])


def edited(names: Iterable[str] = (), every: int = 1) -> Kept:
    """Edit the stacks of these names, or all; `every` takes each so-manieth edit."""
    result, number = Kept(), 0
    for stack, objects in stacks.every().items():
        for edit in EDITS if not names or stack in names else ():
            for what, copy in edit(objects):
                number += 1
                if number % every == 0:
                    result.tried[edit.__name__] += 1
                    if found := verify(copy):
                        first = f"{found[0].contract} {found[0].object} {found[0].path}: {found[0].found}"
                        result.alarms.append(f"{stack}: {edit.__name__} {what}: {first}")
    return result
