"""What a contract finds: where, what was found, what was expected and why, the nearest match, the fix."""

from dataclasses import dataclass
from typing import NamedTuple


class Ref(NamedTuple):
    """An object of the set. `namespace` is "" for an object that has none."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Violation:
    """One broken contract. `cause` is the same for all that go back to one thing, so that they can be told together.

    `found` and `expected` name names, never a secret's value. `because` says where the expectation comes from.
    `undecided` means that the given objects do not tell: an error at the gate, unless the set is declared open.
    """

    contract: str
    object: Ref
    path: str
    found: str
    expected: str
    because: str = ""
    nearest: str = ""
    fix: str = ""
    cause: str = ""
    undecided: bool = False

    @property
    def group(self) -> str:
        """What this violation is told under."""
        return self.cause or f"{self.contract} {self.object} {self.path}"
