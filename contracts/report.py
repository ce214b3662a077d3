"""The verdict: violations grouped by cause, waivers applied and checked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from contracts.violation import Violation


@dataclass(frozen=True)
class Waiver:
    """One contract that may be broken by one object, with the reason. `object` is `Kind name` or `Kind ns/name`."""

    contract: str
    object: str
    reason: str

    def covers(self, violation: Violation) -> bool:
        """Whether this waiver is for `violation`."""
        ref = violation.object
        return self.contract == violation.contract and self.object in {str(ref), f"{ref.kind} {ref.name}"}


@dataclass(frozen=True)
class Report:
    """`broken` and `undecided` end a run; `waived` is told with its reason; a stale waiver is an error too."""

    broken: list[Violation]
    undecided: list[Violation]
    waived: list[tuple[Violation, Waiver]] = field(default_factory=list)
    stale: list[Waiver] = field(default_factory=list)
    open_set: bool = False

    @property
    def holds(self) -> bool:
        """Whether the set may go on."""
        return not (self.broken or self.stale or (self.undecided and not self.open_set))

    @property
    def groups(self) -> list[list[Violation]]:
        """The violations that count, those of one cause together, in the order of their first."""
        return grouped([*self.broken, *self.undecided])


def grouped(violations: Iterable[Violation]) -> list[list[Violation]]:
    """Violations of one cause together, the one that says it best first: the one whose fix is not empty."""
    groups: dict[str, list[Violation]] = {}
    for violation in violations:
        groups.setdefault(violation.group, []).append(violation)
    return [sorted(group, key=lambda violation: not violation.fix) for group in groups.values()]


def judged(violations: Sequence[Violation], waivers: Sequence[Waiver], *, open_set: bool) -> Report:
    """Sort `violations` by what `waivers` say of them."""
    broken: list[Violation] = []
    undecided: list[Violation] = []
    waived: list[tuple[Violation, Waiver]] = []
    for violation in violations:
        waiver = next((waiver for waiver in waivers if waiver.covers(violation)), None)
        if waiver is not None:
            waived.append((violation, waiver))
        else:
            (undecided if violation.undecided else broken).append(violation)
    used = {waiver for _, waiver in waived}
    return Report(broken, undecided, waived, [waiver for waiver in waivers if waiver not in used], open_set)
