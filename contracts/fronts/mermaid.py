"""A set as a Mermaid flowchart: keys to containers, Services to pods, claims to paths; what is broken is red."""

import re
from collections.abc import Iterable, Mapping

from contracts.fronts.edges import Edge, End, edges
from contracts.index import Index
from contracts.report import grouped
from contracts.violation import Ref, Violation
from contracts.workload import Workload

_SHAPES = {
    "Service": ('(["', '"])'),
    "PersistentVolumeClaim": ('[("', '")]'),
    "Secret": ('{{"', '"}}'),
    "ConfigMap": ('>"', '"]'),
    "Cluster": ('[("', '")]'),
    "Pooler": ('["', '"]'),
}
"""Kind → how Mermaid draws it, whatever it is wired to. Other kinds are rectangles, and drawn if an edge needs them."""

_LONGEST = 160
"""Characters of a finding; `make check` tells it in full."""

_STYLES = (
    "  classDef broken fill:#fde8e8,stroke:#c81e1e,stroke-width:2px,color:#771d1d",
    "  classDef absent stroke-dasharray:4 4",
)
_RED = "stroke:#c81e1e,stroke-width:3px,color:#c81e1e"


def _escaped(text: str) -> str:
    """`text` for a quoted label: whatever Mermaid, Markdown or HTML may take for their own as a numbered entity
    (mermaid.js.org, «Entity codes to escape characters»)."""
    return re.sub(r"[^\w .,/=+→✗…()-]", lambda found: f"#{ord(found[0])};", text)


def _title(ref: Ref) -> str:
    return f"{_escaped(ref.kind)}<br/>{_escaped(ref.name)}"


class _Chart:
    """One flowchart while it is written: lines, and a short name for each end."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._workloads = {workload.ref: workload for workload in index.workloads}
        self._names: dict[End, str] = {}
        self.lines = ["flowchart LR", *_STYLES]
        self.absent: list[str] = []
        self._count = 0

    def name(self, end: End) -> str:
        """The short name of an end; what no group had is drawn now."""
        self.draw(end.object)
        return self._names.get(end) or self._names[End(end.object)]

    def draw(self, ref: Ref, indent: str = "  ") -> None:
        """An object, if it is not there yet; a workload with its containers."""
        if End(ref) in self._names:
            return
        if ref in self._workloads:
            self._workload(self._workloads[ref], indent)
            return
        left, right = _SHAPES.get(ref.kind, ('["', '"]'))
        self.lines.append(f"{indent}{self._new(End(ref))}{left}{_title(ref)}{right}")
        if ref not in self._index.objects:
            self.absent.append(self._names[End(ref)])

    def _workload(self, workload: Workload, indent: str) -> None:
        self.lines.append(f'{indent}subgraph {self._new(End(workload.ref))}["{_title(workload.ref)}"]')
        for container in workload.containers:
            kind = "init container" if container.init else "container"
            name = self._new(End(workload.ref, container.name))
            self.lines.append(f'{indent}  {name}["{kind}<br/>{_escaped(container.name)}"]')
        self.lines.append(f"{indent}end")

    def _new(self, end: End) -> str:
        self._names[end] = f"n{self._count}"
        self._count += 1
        return self._names[end]

    def group(self, title: str, refs: Iterable[Ref]) -> None:
        """Objects that belong together; of kinds that are drawn only for an edge, none."""
        drawn = [ref for ref in refs if ref.kind in _SHAPES or ref in self._workloads]
        if drawn:
            self.lines.append(f'  subgraph g{self._count}["{_escaped(title)}"]')
            for ref in drawn:
                self.draw(ref, "    ")
            self.lines.append("  end")


def flowchart(
    index: Index, violations: Iterable[Violation] = (), groups: Mapping[str, Iterable[Ref]] | None = None
) -> str:
    """The text of the flowchart; paste it into Markdown as a `mermaid` block.

    `groups`: title → objects that are drawn together; by default, each namespace. A finding makes the edges red that
    it is about, and stands in a red box beside its object where it is about none. Dashed is what the set does not have.
    """
    chart = _Chart(index)
    for title, refs in (groups or _by_namespace(index)).items():
        chart.group(title, refs)
    found = edges(index)
    about = {violation: [edge for edge in found if edge.broken_by(violation)] for violation in violations}
    lines: list[str] = []
    red: list[int] = []
    for number, edge in enumerate(found):
        reasons = [violation for violation, broken in about.items() if edge in broken]
        lines.append(_arrow(chart, edge, reasons))
        red += [number] if reasons else []
    # What goes back to one cause is told once: where an edge is red for it, its consequences need no box.
    beside = [group[0] for group in grouped(about) if not any(about[violation] for violation in group)]
    lines += [line for number, violation in enumerate(beside) for line in _note(chart, number, violation)]
    red += range(len(found), len(found) + len(beside))
    lines += [f"  linkStyle {','.join(map(str, red))} {_RED}"] if red else []
    lines += [f"  class {','.join(chart.absent)} absent"] if chart.absent else []
    return "\n".join([*chart.lines, *lines])


def _by_namespace(index: Index) -> dict[str, list[Ref]]:
    found: dict[str, list[Ref]] = {}
    for ref in index.objects:
        found.setdefault(f"Namespace {ref.namespace}" if ref.namespace else "the cluster", []).append(ref)
    return found


def _arrow(chart: _Chart, edge: Edge, reasons: list[Violation]) -> str:
    label = [f"✗ {' '.join(sorted({violation.contract for violation in reasons}))}"] if reasons else []
    for line in filter(None, edge.label):
        # Of twenty variables that go one way, the one that a finding names.
        meant = any(violation.found.startswith(f"{line.rpartition(' ')[2]}=") for violation in reasons)
        label.append(_escaped(f"✗ {line}" if meant else line))
    text = f'-- "{"<br/>".join(label)}" -->' if label else "-->"
    return f"  {chart.name(edge.source)} {text} {chart.name(edge.target)}"


def _note(chart: _Chart, number: int, violation: Violation) -> list[str]:
    named = re.match(r".*[cC]ontainers\[([^\]]*)\]", violation.path)
    text = f"{violation.path}: {violation.found}"
    text = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return [
        f'  f{number}["✗ {violation.contract} {_escaped(text)}"]:::broken',
        f"  {chart.name(End(violation.object, named[1] if named else ''))} -.- f{number}",
    ]
