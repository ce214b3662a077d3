"""Where objects go that name no namespace: `kubectl apply -n`, `helm -n` and kustomize put them somewhere."""

from collections.abc import Iterable, Iterator
from typing import Any

from contracts.objects import CLUSTER_SCOPED, Plain, at, flattened, mappings, text


def placed(documents: Iterable[Any]) -> tuple[str, str]:
    """(namespace of the objects that name none, a sentence about it that the reader must know; "" for nothing to say).

    Where no object names one, and all that they refer to by namespace is in the same one, they are meant for that: Argo
    CD's manifests bind accounts of `argocd`. Where some name one and others don't, one that was forgotten can't be told
    from one that `-n` fills in: they are judged in `default`, where they go without it.
    """
    bodies = list(flattened(documents))
    homes = [text(at(b, "metadata", "namespace")) for b in bodies if text(b.get("kind")) not in CLUSTER_SCOPED]
    stated, silent = {home for home in homes if home}, homes.count("")
    if not silent:
        return "default", ""
    if stated - {"default"}:
        some = ", ".join(sorted(stated)[:3]) + (", …" if len(stated) > 3 else "")
        told = f"{_count(silent)} no namespace: judged in `default`, beside others in {some}"
        return "default", f"{told}; --namespace says where they are applied to"
    if stated:
        return "default", ""
    meant = {name for body in bodies for name in _named(body) if name}
    if len(meant) != 1:
        return "default", ""
    (only,) = meant
    return only, f"{_count(silent)} no namespace: judged in `{only}`, the only one that the set speaks of"


def _count(silent: int) -> str:
    return "1 object names" if silent == 1 else f"{silent} objects name"


def _named(body: Plain) -> Iterator[str]:
    """The namespaces in which an object of the cluster looks for others, and the ones that the set makes."""
    if body.get("kind") == "Namespace":
        yield text(at(body, "metadata", "name"))
    for subject in mappings(body.get("subjects")):
        yield text(subject.get("namespace"))
    for webhook in mappings(body.get("webhooks")):
        yield text(at(webhook, "clientConfig", "service", "namespace"))
    if body.get("kind") == "APIService":
        yield text(at(body, "spec", "service", "namespace"))
    yield text(at(body, "spec", "conversion", "webhook", "clientConfig", "service", "namespace"))
