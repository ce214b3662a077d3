"""Secrets and ConfigMaps that other objects than pods name: the form of what is known of them, and the sources' stores.

Sources: external-secrets.io/v1 reference (SecretStore: every selector of a Secret below `provider` has name, key and
namespace); Infisical kubernetes-operator api/v1alpha1/infisicalsecret_types.go, api/v1beta1/infisicalauth_types.go.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from contracts.objects import Plain, at, mapping, text


class Name(NamedTuple):
    """One reference: the field, the name, the keys that will be read there, what for. `namespace` is "" for the
    object's own."""

    path: str
    name: str
    keys: tuple[str, ...]
    what: str
    namespace: str = ""
    kind: str = "Secret"


Named = Callable[[Plain], Iterator[Name]]


def keyed(selector: Any, where: str, what: str, kind: str = "Secret") -> Iterator[Name]:
    """The reference that a selector of name and key is; none where it names nothing."""
    if name := text(at(selector, "name")):
        key = text(at(selector, "key"))
        yield Name(f"{where}.name", name, (key,) if key else (), what, text(at(selector, "namespace")), kind)


def _below(value: Any, where: str) -> Iterator[tuple[str, Plain]]:
    """Every selector of a Secret below `value`: a mapping of name and key, and nothing else but a namespace."""
    found = mapping(value)
    if "name" in found and "key" in found and not set(found) - {"name", "key", "namespace"}:
        yield where, found
        return
    for field, item in found.items():
        yield from _below(item, f"{where}.{text(field)}")


def _store(body: Plain) -> Iterator[Name]:
    for where, selector in _below(at(body, "spec", "provider"), "spec.provider"):
        # A store of the whole cluster that names no namespace looks in that of each ExternalSecret.
        if body.get("kind") == "SecretStore" or text(selector.get("namespace")):
            yield from keyed(selector, where, "nothing is fetched from the store without it")


def _infisical(body: Plain) -> Iterator[Name]:
    methods = mapping(at(body, "spec", "authentication"))
    for method, field, keys in (
        ("universalAuth", "credentialsRef", ("clientId", "clientSecret")),
        ("ldapAuth", "credentialsRef", ()),
        ("serviceToken", "serviceTokenSecretReference", ("infisicalToken",)),
    ):
        reference = mapping(at(methods, method, field))
        if name := text(reference.get("secretName")):
            where = f"spec.authentication.{method}.{field}.secretName"
            what = "nothing is fetched from Infisical without it"
            yield Name(where, name, keys, what, text(reference.get("secretNamespace")))


def _infisical_auth(body: Plain) -> Iterator[Name]:
    for method in ("universal", "kubernetes", "awsIam", "azure", "gcpIdToken", "gcpIam", "ldap"):
        for where, selector in _below(at(body, "spec", method), f"spec.{method}"):
            yield from keyed(selector, where, "nothing is fetched from Infisical without it")


NAMED: dict[tuple[str, str], Named] = {
    ("external-secrets.io", "SecretStore"): _store,
    ("external-secrets.io", "ClusterSecretStore"): _store,
    ("secrets.infisical.com", "InfisicalSecret"): _infisical,
    ("secrets.infisical.com", "InfisicalAuth"): _infisical_auth,
}
"""(API group, kind) → the Secrets that an object names."""
