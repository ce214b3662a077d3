"""P01: the path that the code takes for granted = the variable. P02 has the third of them, the mount."""

from collections.abc import Iterator

from contracts.declared import PATHS, pairs
from contracts.environment import Variable
from contracts.index import Index
from contracts.violation import Violation
from contracts.workload import Container, Workload


def main_containers(workload: Workload) -> list[Container]:
    """The containers that run the code: no init containers, but sidecars."""
    return [container for container in workload.containers if not container.init or container.sidecar]


def said(variable: Variable) -> str:
    """A variable with its value and where that comes from; for one that is no secret."""
    return f"{variable.name}={variable.value}" + (f", from {variable.source}" if variable.source else "")


def clean(path: str) -> str:
    """A path without a slash at its end."""
    return path.rstrip("/") or "/"


def declared(index: Index) -> Iterator[Violation]:
    """P01. The annotation of the pod says VARIABLE=/path; a variable that is not set leaves the code its own path."""
    for workload in index.workloads:
        for name, path in pairs(workload, PATHS).items():
            for container in main_containers(workload):
                variable = index.environment(workload, container).get(name)
                if variable is not None and variable.value is not None and clean(variable.value) != clean(path):
                    yield _other(workload, variable, path)
                    break


def _other(workload: Workload, variable: Variable, path: str) -> Violation:
    place = f"in {variable.source}" if variable.source else f"at {variable.where}"
    return Violation(
        "P01",
        workload.ref,
        variable.where,
        found=said(variable),
        expected=path,
        because=f"the code takes this path for granted, says the annotation {PATHS}",
        nearest=path,
        fix=f"set {variable.name} to {path} {place}; or, where the code has moved, change the annotation and the mount",
        cause=f"{variable.name} of {variable.source or workload.ref} is not the path of the code",
    )
