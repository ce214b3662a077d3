"""Secrets that operators make, with the keys that the spec of their maker states.

Sources: cloudnative-pg pkg/specs/secrets.go; sealed-secrets README, «template»; external-secrets.io/v1 reference;
Infisical kubernetes-operator v1alpha1 types; cert-manager docs, «Certificate resource».
"""

from collections.abc import Callable, Iterator

from contracts.known.controllers import RULES as CONTROLLERS
from contracts.objects import Plain, at, mapping, mappings, text
from contracts.violation import Ref

Made = tuple[str, str, frozenset[str], bool]
"""(namespace, name, keys, complete): `complete` is False where more keys may come."""

CLOUDNATIVEPG_APP = frozenset(
    "username user password dbname host port pgpass uri jdbc-uri fqdn-uri fqdn-jdbc-uri".split()
)


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
    target = mapping(at(body, "spec", "target"))
    keys = {text(entry.get("secretKey")) for entry in mappings(at(body, "spec", "data"))}
    template = mapping(target.get("template"))
    templated = {text(key) for key in mapping(template.get("data"))}
    complete = not mappings(at(body, "spec", "dataFrom")) and not mappings(template.get("templateFrom"))
    if templated:
        # A template replaces what was fetched, unless it says that it merges.
        keys = keys | templated if text(template.get("mergePolicy")) == "Merge" else templated
        complete = complete or text(template.get("mergePolicy")) != "Merge"
    yield maker.namespace, text(target.get("name")) or maker.name, frozenset(keys), complete


def _infisical_secret(maker: Ref, body: Plain) -> Iterator[Made]:
    several = mappings(at(body, "spec", "managedKubeSecretReferences"))
    for managed in (*several, mapping(at(body, "spec", "managedSecretReference"))):
        if name := text(managed.get("secretName")):
            template = mapping(managed.get("template"))
            keys = frozenset(map(text, mapping(template.get("data"))))
            complete = bool(keys) and not template.get("includeAllSecrets")
            yield text(managed.get("secretNamespace")) or maker.namespace, name, keys, complete


def _cloudnativepg_cluster(maker: Ref, body: Plain) -> Iterator[Made]:
    initdb = mapping(at(body, "spec", "bootstrap", "initdb"))
    if not text(at(initdb, "secret", "name")):  # cloudnative-pg#6650: with a secret of one's own, no -app is made
        yield maker.namespace, f"{maker.name}-app", CLOUDNATIVEPG_APP, True
    if at(body, "spec", "enableSuperuserAccess") and not text(at(body, "spec", "superuserSecret", "name")):
        yield maker.namespace, f"{maker.name}-superuser", CLOUDNATIVEPG_APP, True
    certificates = mapping(at(body, "spec", "certificates"))
    if not certificates.get("serverCASecret"):
        yield maker.namespace, f"{maker.name}-ca", frozenset({"ca.crt", "ca.key"}), True
    for field, suffix in (("serverTLSSecret", "server"), ("replicationTLSSecret", "replication")):
        if not certificates.get(field):
            yield maker.namespace, f"{maker.name}-{suffix}", frozenset({"tls.crt", "tls.key"}), True


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
    ("postgresql.cnpg.io", "Cluster"): _cloudnativepg_cluster,
    ("cert-manager.io", "Certificate"): _certificate,
    ("acid.zalan.do", "postgresql"): _zalando,
    ("postgres-operator.crunchydata.com", "PostgresCluster"): _crunchy,
}
