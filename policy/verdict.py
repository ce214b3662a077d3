"""What the contracts say of a stack's resources, as texts for the resources that they are about. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from contracts import Waiver, verify
from contracts.fronts.text import together
from contracts.report import grouped, judged
from contracts.violation import Violation
from policy.objects import Cluster, Resource, clusters
from policy.unknown import certain, unjudged

Findings = list[tuple[Cluster, list[Violation]]]
"""Cluster by cluster, what was found."""


@dataclass(frozen=True)
class Told:
    """One cause with its consequences, as text; `urn` is of the resource that it is about, "" for the whole stack."""

    urn: str
    text: str


@dataclass(frozen=True)
class Verdict:
    """`broken` can't work; `undecided` may; `waived` is allowed, with the reason."""

    broken: list[Told]
    undecided: list[Told]
    waived: list[str]


def findings(resources: Iterable[Resource]) -> Findings:
    """Everything that is found in `resources`, nothing waived; what unknown values may undo is marked undecided."""
    return [
        (cluster, [*certain(cluster, verify(cluster.objects)), *unjudged(cluster)]) for cluster in clusters(resources)
    ]


def verdict(found: Findings, contracts: Collection[str], waivers: Sequence[Waiver] = ()) -> Verdict:
    """The verdict by the contracts of these numbers only.

    Waivers that match nothing are undecided: one file of them may serve several stacks, and the pack sees one.
    """
    said = Verdict([], [], [])
    stale = list(waivers)
    for cluster, violations in found:
        report = judged([each for each in violations if each.contract in contracts], waivers, open_set=True)
        said.broken.extend(_told(cluster, report.broken))
        said.undecided.extend(_told(cluster, report.undecided))
        said.waived.extend(f"waived: {each.contract} {each.object}: {why.reason}" for each, why in report.waived)
        stale = [waiver for waiver in stale if waiver in report.stale]
    said.undecided.extend(Told("", _stale(waiver)) for waiver in stale)
    return said


def _told(cluster: Cluster, violations: Iterable[Violation]) -> list[Told]:
    return [Told(cluster.urns.get(group[0].object, ""), together(group)) for group in grouped(violations)]


def _stale(waiver: Waiver) -> str:
    return f"stale waiver: {waiver.contract} {waiver.object}: it matches nothing in this stack; take it away if in none"
