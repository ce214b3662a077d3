"""Contracts: every reference between Kubernetes objects holds, or is told. Pure: no Pulumi, no cluster, no network.

from contracts import verify
for violation in verify(objects): ...
"""

import gc
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

from contracts.catalogue import CONTRACTS
from contracts.index import Index
from contracts.inventory import Inventory
from contracts.report import Report, Waiver, judged
from contracts.violation import Ref, Violation

__all__ = ["Ref", "Report", "Violation", "Waiver", "judge", "verify"]


def verify(
    objects: Iterable[object],
    *,
    beside: Iterable[object] = (),
    default_namespace: str = "default",
    committed: Collection[Ref] = (),
) -> list[Violation]:
    """Every broken contract of `objects` (plain Kubernetes objects), in the order of catalogue and objects.

    `beside` are objects of others that are there too: what is broken among them alone is not told, what `objects`
    break of them is. `committed` are the Secrets that were read from files under version control, which no object
    tells. What the set can't tell is among them, marked `undecided`. Nothing is raised for odd shapes: what is no
    object is left out, what is malformed is the API server's business.
    """
    with _no_collection():
        others = list(beside)
        if not others:
            return _found(Index(objects, default_namespace, committed))
        return _among(list(objects), others, default_namespace, committed)


def _among(own: list[object], others: list[object], namespace: str, committed: Collection[Ref]) -> list[Violation]:
    ours = Inventory(own, namespace).objects
    theirs = [body for key, body in Inventory(others, namespace).objects.items() if key not in ours]
    before = {_place(violation) for violation in _found(Index(others, namespace))}
    found = _found(Index([*theirs, *own], namespace, committed))
    return [violation for violation in found if violation.object in ours or _place(violation) not in before]


def _place(violation: Violation) -> tuple[str, Ref, str, str]:
    return violation.contract, violation.object, violation.path, violation.cause


def _found(index: Index) -> list[Violation]:
    return list(dict.fromkeys(violation for contract in CONTRACTS for violation in contract.check(index)))


@contextmanager
def _no_collection() -> Iterator[None]:
    """Python's search for cyclic garbage, off for as long as a set is judged, and then as it was.

    Judging makes a million small objects that refer to each other in one direction: what is done with is freed without
    the search, which would go through all of them and the caller's again and again (a fifth of the time for 10,000
    objects). Nothing is frozen or collected for the caller: what is garbage before is so afterwards.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def judge(
    objects: Iterable[object],
    *,
    waivers: Sequence[Waiver] = (),
    beside: Iterable[object] = (),
    open_set: bool = False,
    default_namespace: str = "default",
    committed: Collection[Ref] = (),
) -> Report:
    """The verdict on a set: what is broken, what was waived, and waivers that match nothing any more.

    `open_set` says that objects outside the set are expected, so what can't be decided is told but is no error.
    `beside` is what verify() knows of others.
    """
    found = verify(objects, beside=beside, default_namespace=default_namespace, committed=committed)
    return judged(found, waivers, open_set=open_set)
