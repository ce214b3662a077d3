"""A plan as a Mermaid flowchart, component by component; what the contracts find in it is red."""

from components.compose import Plan
from components.gate import judged
from components.manifest import shown
from components.settings.system import System
from contracts.fronts.mermaid import flowchart
from contracts.index import Index
from contracts.objects import ref


def diagram(system: System, plan: Plan) -> str:
    """The text of the flowchart, of a plan that the gate refuses too. What is waived is not red."""
    report = judged(system, plan)
    groups = {f"{part.kind} {part.name}": [ref(shown(m.body)) for m in part.manifests] for part in plan.parts}
    index = Index([shown(manifest.body) for manifest in plan.manifests])
    return flowchart(index, [*report.broken, *report.undecided], groups)
