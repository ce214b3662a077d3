"""A verdict for a person: everything at once, what goes back to one cause told together."""

from contracts.report import Report
from contracts.violation import Violation

_FIELDS = ("found", "expected", "because", "nearest", "fix")


def told(report: Report) -> str:
    """The verdict as text; one line where everything holds."""
    parts = [together(group) for group in report.groups]
    parts += [
        f"waived  {violation.contract} {violation.object} · {violation.path}\n    reason    {waiver.reason}"
        for violation, waiver in report.waived
    ]
    parts += [
        f"stale waiver  {waiver.contract} {waiver.object}: it matches nothing any more; take its line away"
        for waiver in report.stale
    ]
    return "\n\n".join([*parts, _summary(report)])


def together(group: list[Violation]) -> str:
    """Violations of one cause as text: the first in full, the others as its consequences."""
    first, others = group[0], group[1:]
    lines = [f"{_head(first)}", *_body(first)]
    if others:
        noun = "consequence" if len(others) == 1 else "consequences"
        lines.append(f"    and {len(others)} more {noun} of it:")
        lines += [f"      {other.contract} {other.object} · {other.path}: {other.found}" for other in others]
    return "\n".join(lines)


def _head(violation: Violation) -> str:
    mark = " (can't be decided from these objects)" if violation.undecided else ""
    cause = f"{violation.cause}\n  " if violation.cause else ""
    return f"{violation.contract}  {cause}{violation.object} · {violation.path}{mark}"


def _body(violation: Violation) -> list[str]:
    values = ((field, getattr(violation, field)) for field in _FIELDS)
    return [f"    {field:<9} {value}" for field, value in values if value]


def _summary(report: Report) -> str:
    if report.holds and not (report.broken or report.undecided):
        return "every contract holds" + (f", {len(report.waived)} waived" if report.waived else "")
    counts = [f"{len(report.broken)} broken"]
    if report.undecided:
        counts.append(f"{len(report.undecided)} undecided" + (" (the set is open)" if report.open_set else ""))
    if report.stale:
        counts.append(f"{len(report.stale)} stale waivers")
    causes = len(report.groups)
    return f"{', '.join(counts)}; {causes} cause{'' if causes == 1 else 's'}"
