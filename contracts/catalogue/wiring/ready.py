"""W19: the readiness probe asks what the code says that it answers while it can serve."""

from collections.abc import Iterator

from contracts.declared import READY, where, words
from contracts.index import Index
from contracts.objects import at, text
from contracts.violation import Violation


def probes(index: Index) -> Iterator[Violation]:
    """W19, where the pods declare the path. Without a declaration any path may be the right one."""
    for workload in index.workloads:
        wanted = words(workload, READY)
        for container in workload.containers if wanted else ():
            probe = at(container.body, "readinessProbe", "httpGet")
            if probe is not None and (asked := text(at(probe, "path")) or "/") not in wanted:
                yield Violation(
                    "W19",
                    workload.ref,
                    f"{container.where}.readinessProbe.httpGet.path",
                    found=asked,
                    expected=wanted[0],
                    because=f"{where(workload, READY)} says that the code answers {wanted[0]} while it can serve; "
                    "another path may answer while it can't, and requests are sent all the same",
                    nearest=wanted[0],
                    fix=f"write path: {wanted[0]}",
                )
