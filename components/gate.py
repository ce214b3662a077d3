"""The gate: contracts on a plan, before the first registration. No flag turns it off; a waiver is a line of data."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from components.compose import Plan
from components.manifest import Existing, Manifest, markers_in, shown
from components.settings.system import System
from contracts import Report, Waiver, judge
from contracts.fronts.text import told


class ContractsBroken(Exception):
    """A plan whose wiring can't work. The text tells everything that is broken; nothing was registered."""


def judged(system: System, plan: Plan) -> Report:
    """The verdict on `plan`; secrets stand in it as markers, so nothing that is told can hold one's value. What others
    have made counts, and is not judged."""
    waivers = [Waiver(waiver.contract, waiver.object, waiver.reason) for waiver in system.waivers]
    bodies = [shown(manifest.body) for manifest in plan.manifests]
    beside = [shown(manifest.body) for manifest in plan.context]
    return judge([*bodies, *existing(plan.manifests)], waivers=waivers, beside=beside)


def existing(manifests: Iterable[Manifest]) -> list[dict[str, Any]]:
    """The Secrets that somebody else keeps, as the settings have it, with the keys that are read: as if planned."""
    found: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for manifest in manifests:
        for marker in markers_in(manifest.body):
            if isinstance(marker, Existing) and marker.maker is None and marker.key is not None:
                found[marker.namespace, marker.name][marker.key] = shown(marker)
    return [
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": namespace, "name": name}, "stringData": keys}
        for (namespace, name), keys in found.items()
    ]


def passed(system: System, plan: Plan) -> list[str]:
    """What was waived, as sentences to print. Raises ContractsBroken where the verdict is not that all holds."""
    report = judged(system, plan)
    if not report.holds:
        raise ContractsBroken(f"contracts are broken; nothing was touched\n\n{told(report)}")
    return [f"waived: {violation.contract} {violation.object}: {waiver.reason}" for violation, waiver in report.waived]
