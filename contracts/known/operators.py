"""Secrets that operators make, with the keys that the spec of their maker states; CloudNativePG has its own package.

Sources: sealed-secrets README, «template»; external-secrets.io/v1 reference («creationPolicy», «template»); Infisical
kubernetes-operator v1alpha1 and v1beta1 types; cert-manager docs, «Certificate resource».
"""

from collections.abc import Callable, Iterator

from contracts.known.cloudnativepg import secrets as cloudnativepg
from contracts.known.controllers import RULES as CONTROLLERS
from contracts.known.controllers import maps_made_by as maps_of_controllers
from contracts.objects import Plain, at, mapping, mappings, text
from contracts.violation import Ref

Made = tuple[str, str, frozenset[str], bool]
"""(namespace, name, keys, complete): `complete` is False where more keys may come."""


def made_by(maker: Ref, body: Plain) -> Iterator[Made]:
    """The Secrets that the operator of `maker`'s kind makes of it; none for a kind that is not known."""
    rule = _RULES.get((text(body.get("apiVersion")).partition("/")[0], maker.kind))
    if rule is not None:
        yield from rule(maker, body)


def _sealed_secret(maker: Ref, body: Plain) -> Iterator[Made]:
    template = mapping(at(body, "spec", "template"))
    keys = {*mapping(at(body, "spec", "encryptedData")), *mapping(template.get("data"))}
    name = text(at(template, "metadata", "name")) or maker.name
    # The unsealed Secret takes the name of its template only where the scope allows; strict ones are equal anyway.
    yield maker.namespace, name, frozenset(map(text, keys)), True


def _external_secret(maker: Ref, body: Plain) -> Iterator[Made]:
    # `Merge` waits for a Secret that somebody else makes, and adds to it; `None` makes nothing.
    if text(at(body, "spec", "target", "creationPolicy")) not in {"Merge", "None"}:
        yield _fetched(maker, body)


def _fetched(maker: Ref, body: Plain) -> Made:
    target = mapping(at(body, "spec", "target"))
    keys = {text(entry.get("secretKey")) for entry in mappings(at(body, "spec", "data"))}
    template = mapping(target.get("template"))
    templated = {text(key) for key in mapping(template.get("data"))}
    complete = not mappings(at(body, "spec", "dataFrom")) and not mappings(template.get("templateFrom"))
    if templated:
        # A template replaces what was fetched, unless it says that it merges.
        merges = text(template.get("mergePolicy")) == "Merge"
        keys = keys | templated if merges else templated
        complete = complete or not (merges or mappings(template.get("templateFrom")))
    return maker.namespace, text(target.get("name")) or maker.name, frozenset(keys), complete


def merged_by(maker: Ref, body: Plain) -> Iterator[Made]:
    """What the object adds to Secrets that others make."""
    group = text(body.get("apiVersion")).partition("/")[0]
    merges = text(at(body, "spec", "target", "creationPolicy")) == "Merge"
    if merges and (group, maker.kind) == ("external-secrets.io", "ExternalSecret"):
        yield _fetched(maker, body)


def _infisical_secret(maker: Ref, body: Plain) -> Iterator[Made]:
    several = mappings(at(body, "spec", "managedKubeSecretReferences"))
    for managed in (*several, mapping(at(body, "spec", "managedSecretReference"))):
        if name := text(managed.get("secretName")):
            template = mapping(managed.get("template"))
            keys = frozenset(map(text, mapping(template.get("data"))))
            complete = bool(keys) and not template.get("includeAllSecrets")
            yield text(managed.get("secretNamespace")) or maker.namespace, name, keys, complete


def _infisical_static_secret(maker: Ref, body: Plain) -> Iterator[Made]:
    yield from infisical_targets(maker, body, "Secret")


def infisical_targets(maker: Ref, body: Plain, kind: str) -> Iterator[Made]:
    """The Secrets, or the ConfigMaps, that an InfisicalStaticSecret fills (v1beta1)."""
    for target in mappings(at(body, "spec", "targets")):
        if text(target.get("kind")) == kind and (name := text(target.get("name"))):
            # A text in place of the map is a template of all keys at once.
            keys = frozenset(map(text, mapping(at(target, "template", "data"))))
            yield text(target.get("namespace")) or maker.namespace, name, keys, bool(keys)


def _certificate(maker: Ref, body: Plain) -> Iterator[Made]:
    if name := text(at(body, "spec", "secretName")):
        more = any(mapping(body.get("spec")).get(field) for field in ("keystores", "additionalOutputFormats"))
        yield maker.namespace, name, frozenset({"tls.crt", "tls.key", "ca.crt"}), not more


def _zalando(maker: Ref, body: Plain) -> Iterator[Made]:
    for user in ("postgres", "standby", *mapping(at(body, "spec", "users"))):
        name = f"{text(user).replace('_', '-')}.{maker.name}.credentials.postgresql.acid.zalan.do"
        yield maker.namespace, name, frozenset({"username", "password"}), True


def _crunchy(maker: Ref, body: Plain) -> Iterator[Made]:
    users = [text(user.get("name")) for user in mappings(at(body, "spec", "users"))] or [maker.name]
    keys = "user password verifier host port dbname uri jdbc-uri"
    if at(body, "spec", "proxy", "pgBouncer") is not None:
        keys += " pgbouncer-host pgbouncer-port pgbouncer-uri pgbouncer-jdbc-uri"
    for user in users:
        yield maker.namespace, f"{maker.name}-pguser-{user}", frozenset(keys.split()), False
    yield maker.namespace, f"{maker.name}-cluster-cert", frozenset({"tls.crt", "tls.key", "ca.crt"}), True


_RULES: dict[tuple[str, str], Callable[[Ref, Plain], Iterator[Made]]] = {
    **CONTROLLERS,
    ("bitnami.com", "SealedSecret"): _sealed_secret,
    ("external-secrets.io", "ExternalSecret"): _external_secret,
    ("secrets.infisical.com", "InfisicalSecret"): _infisical_secret,
    ("secrets.infisical.com", "InfisicalStaticSecret"): _infisical_static_secret,
    ("postgresql.cnpg.io", "Cluster"): cloudnativepg.of_cluster,
    ("postgresql.cnpg.io", "DatabaseRole"): cloudnativepg.of_role,
    ("postgresql.cnpg.io", "Pooler"): cloudnativepg.of_pooler,
    ("cert-manager.io", "Certificate"): _certificate,
    ("acid.zalan.do", "postgresql"): _zalando,
    ("postgres-operator.crunchydata.com", "PostgresCluster"): _crunchy,
}


def makes(maker: Ref, body: Plain) -> bool:
    """Whether anything here is about the kind of `maker`: hardly any object of a set is of such a kind."""
    group = text(body.get("apiVersion")).partition("/")[0]
    return (group, maker.kind) in _RULES or group == "secrets.infisical.com"


def maps_made_by(maker: Ref, body: Plain) -> Iterator[Made]:
    """The ConfigMaps that the operator of `maker` makes of it."""
    yield from maps_of_controllers(maker, body)
    group = text(body.get("apiVersion")).partition("/")[0]
    if (group, maker.kind) == ("postgresql.cnpg.io", "Cluster"):
        yield from cloudnativepg.maps_of_cluster(maker, body)
    elif group == "secrets.infisical.com":
        yield from infisical_targets(maker, body, "ConfigMap")
        for managed in mappings(at(body, "spec", "managedKubeConfigMapReferences")):
            if name := text(managed.get("configMapName")):
                keys = frozenset(map(text, mapping(at(managed, "template", "data"))))
                yield text(managed.get("configMapNamespace")) or maker.namespace, name, keys, bool(keys)
