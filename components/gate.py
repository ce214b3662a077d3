"""The gate: contracts on a plan, before the first registration. No flag turns it off; a waiver is a line of data."""

from components.compose import Plan
from components.manifest import shown
from components.settings.system import System
from contracts import Report, Waiver, judge
from contracts.fronts.text import told


class ContractsBroken(Exception):
    """A plan whose wiring can't work. The text tells everything that is broken; nothing was registered."""


def judged(system: System, plan: Plan) -> Report:
    """The verdict on `plan`; secrets stand in it as markers, so nothing that is told can hold one's value."""
    waivers = [Waiver(waiver.contract, waiver.object, waiver.reason) for waiver in system.waivers]
    return judge([shown(manifest.body) for manifest in plan.manifests], waivers=waivers)


def passed(system: System, plan: Plan) -> list[str]:
    """What was waived, as sentences to print. Raises ContractsBroken where the verdict is not that all holds."""
    report = judged(system, plan)
    if not report.holds:
        raise ContractsBroken(f"contracts are broken; nothing was touched\n\n{told(report)}")
    return [f"waived: {violation.contract} {violation.object}: {waiver.reason}" for violation, waiver in report.waived]
