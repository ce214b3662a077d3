"""The stores and accounts that objects name which fetch secrets.

Sources: external-secrets.io/v1 reference (secretStoreRef: kind SecretStore where it says none); Infisical
kubernetes-operator api/v1beta1/{infisicalstaticsecret,infisicalauth}_types.go.
"""

from collections.abc import Iterator

from contracts.known.named import Name, Named
from contracts.objects import Plain, at, mappings, text

_BECAUSE = "nothing is fetched, and the Secret is never made"


def _external(body: Plain) -> Iterator[Name]:
    yield from _store(at(body, "spec", "secretStoreRef"), "spec.secretStoreRef")
    for field in ("data", "dataFrom"):
        for number, entry in enumerate(mappings(at(body, "spec", field))):
            where = f"spec.{field}[{number}].sourceRef.storeRef"
            yield from _store(at(entry, "sourceRef", "storeRef"), where)


def _store(reference: object, where: str) -> Iterator[Name]:
    if name := text(at(reference, "name")):
        kind = text(at(reference, "kind")) or "SecretStore"
        yield Name(f"{where}.name", name, (), _BECAUSE, kind=kind)


def _static(body: Plain) -> Iterator[Name]:
    yield from _account(body, "infisicalAuthRef", "InfisicalAuth")


def _auth(body: Plain) -> Iterator[Name]:
    yield from _account(body, "infisicalConnectionRef", "InfisicalConnection")


def _account(body: Plain, field: str, kind: str) -> Iterator[Name]:
    if name := text(at(body, "spec", field, "name")):
        yield Name(f"spec.{field}.name", name, (), _BECAUSE, text(at(body, "spec", field, "namespace")), kind)


NAMED: dict[tuple[str, str], Named] = {
    ("external-secrets.io", "ExternalSecret"): _external,
    ("secrets.infisical.com", "InfisicalStaticSecret"): _static,
    ("secrets.infisical.com", "InfisicalAuth"): _auth,
}
"""(API group, kind) → what an object names."""
