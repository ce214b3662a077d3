"""S05: `$(NAME)` in a value finds its variable."""

import re
from collections.abc import Iterator

from contracts.index import Index
from contracts.near import Names
from contracts.objects import text
from contracts.taken import more_may_come
from contracts.violation import Violation
from contracts.workload import Container, Workload

_REFERENCE = re.compile(r"\$\$|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")
_SERVICE_LINK = re.compile(r"[A-Z0-9_]+_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_\d+_(TCP|UDP)(_\w+)?)?)$")


def variables(index: Index) -> Iterator[Violation]:
    """S05. In order: all of envFrom, then env from top to bottom; what is not set yet stays in the value as it is."""
    for workload in index.workloads:
        for container in workload.containers:
            if any("$(" in text(entry.get("value")) for entry in container.env):
                yield from _of(index, workload, container)


def _of(index: Index, workload: Workload, container: Container) -> Iterator[Violation]:
    if more_may_come(index, workload, container):
        return  # What it brings is not known here; S01 tells of a source that is missing.
    before = {v.name for v in index.variables(workload, container) if ".envFrom[" in v.where}
    entries = container.env
    everything = Names([*before, *(text(entry.get("name")) for entry in entries)])
    for entry in entries:
        for name in dict.fromkeys(filter(None, _REFERENCE.findall(text(entry.get("value"))))):
            linked = _SERVICE_LINK.match(name) and workload.pod.get("enableServiceLinks") is not False
            if name not in before and not linked and not name.startswith("KUBERNETES_"):
                variable = text(entry.get("name"))
                near = everything.nearest(name)
                where = f"{container.where}.env[{variable}].value"
                later = name != variable and name in everything
                yield _unknown(workload, where, variable, name, near if near in before else "", later=later)
        before.add(text(entry.get("name")))


def _unknown(workload: Workload, where: str, variable: str, name: str, near: str, *, later: bool) -> Violation:
    return Violation(
        "S05",
        workload.ref,
        where,
        found=f"$({name}), which is set further down" if later else f"$({name}), which no variable of the container is",
        expected="a variable that is set above it, or by envFrom",
        because="Kubernetes replaces $(NAME) from top to bottom, and leaves what it does not know in the value",
        nearest=near,
        fix=f"write $({near})" if near else f"{'move' if later else 'set'} {name} above {variable}",
    )
