"""Certificates of a database: made by the engine, or by cert-manager where the stack names an issuer."""

from collections.abc import Mapping
from typing import Any

from components import secrets
from components.connection import Authority
from components.manifest import Issued, Manifest
from components.names import Scope
from components.settings.certificates import Certificates, Issuer

PARTS = ("tls.crt", "tls.key", "ca.crt")
LOOPBACK = ("localhost", "127.0.0.1")


def secret_of(service: str) -> str:
    """The Secret with the certificate of the servers of a database."""
    return f"{service}-tls"


def authority_of(service: str, settings: Certificates) -> Authority:
    """Where clients find who signed. A cert-manager issuer's authority is beside the certificate alone: its text isn't
    known here."""
    if settings.issuer is not None:
        return Authority("Secret", secret_of(service))
    return Authority("ConfigMap", f"{service}-ca")


def certified(
    scope: Scope,
    settings: Certificates,
    authority: str,
    secret: str,
    hosts: tuple[str, ...],
    labels: Mapping[str, str],
) -> Manifest:
    """The Secret called `secret`, or what makes cert-manager keep it, with a certificate for `hosts`, which the
    engine's `authority` signs where there is no issuer."""
    if settings.issuer is not None:
        return _requested(scope, settings.days, secret, hosts, settings.issuer, labels)
    entries = {part: Issued(authority, secret, hosts, settings.days, part) for part in PARTS}
    return secrets.opaque(scope, secret, entries, labels, "kubernetes.io/tls")


def _requested(
    scope: Scope, days: int, secret: str, hosts: tuple[str, ...], issuer: Issuer, labels: Mapping[str, str]
) -> Manifest:
    """cert-manager's Certificate, which keeps the Secret of that name and renews it in the last third of its time."""
    spec: dict[str, Any] = {
        "secretName": secret,
        "dnsNames": [host for host in hosts if host not in LOOPBACK or host == "localhost"],
        "ipAddresses": ["127.0.0.1"],
        "duration": f"{days * 24}h",
        "renewBefore": f"{days * 8}h",
        "usages": ["digital signature", "key encipherment", "server auth", "client auth"],
        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
        "issuerRef": {"group": "cert-manager.io", **issuer.model_dump()},
    }
    return scope.manifest("cert-manager.io/v1", "Certificate", secret, {"spec": spec}, labels=labels)


def for_clients(
    scope: Scope, service: str, settings: Certificates, made: Manifest, labels: Mapping[str, str]
) -> list[Manifest]:
    """The authority's certificate for whoever connects, in a ConfigMap; `made` is what `certified` gave. Empty where an
    issuer's authority stands in the Secret alone."""
    found = authority_of(service, settings)
    if found.kind != "ConfigMap":
        return []
    data = {"ca.crt": made.body["stringData"]["ca.crt"]}
    return [scope.manifest("v1", "ConfigMap", found.name, {"data": data}, labels=labels)]
