"""X09: a token for the API server, only where something asks it."""

from collections.abc import Iterator

from contracts.catalogue.security.level import cause, level
from contracts.index import Index
from contracts.known.databases import engine_of
from contracts.objects import mapping, text
from contracts.violation import Violation
from contracts.workload import Workload


def needless(index: Index) -> Iterator[Violation]:
    """X09. Judged only where every container is a known database: whether another image needs it, nobody here knows."""
    for workload in index.workloads:
        if level(index, workload) != "restricted" or not workload.containers:
            continue
        if all(engine_of(container.image) for container in workload.containers) and _mounted(index, workload):
            yield Violation(
                "X09",
                workload.ref,
                f"{workload.where}.automountServiceAccountToken",
                found=f"a token of ServiceAccount {_account(workload)}, mounted into every container",
                expected="automountServiceAccountToken: false",
                because="a database never asks the API server; who gets in finds a credential of the cluster",
                fix="set automountServiceAccountToken: false",
                cause=cause(workload),
            )


def _account(workload: Workload) -> str:
    return text(workload.pod.get("serviceAccountName") or workload.pod.get("serviceAccount")) or "default"


def _mounted(index: Index, workload: Workload) -> bool:
    """Whether the pod gets a token: its own word counts, then that of its ServiceAccount; both say yes by default."""
    own = workload.pod.get("automountServiceAccountToken")
    if own is not None:
        return own is True
    account = index.get("ServiceAccount", workload.ref.namespace, _account(workload))
    if account is None:
        return _account(workload) == "default"  # Another one may say no, where it is.
    return mapping(account).get("automountServiceAccountToken") is not False
