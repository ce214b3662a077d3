"""TLS of a replicated database: one authority of its own; a certificate for the members, one for etcd.

Made by the engine, or by cert-manager where the stack names an issuer. Nothing that reads these Secrets needs a
restart for a renewed one: etcd reads its files at each handshake (go.etcd.io/etcd, client/pkg/transport), the members
read theirs again when they are told to (scripts/settle.py).
"""

from typing import Any

from components import secrets
from components.manifest import Issued, Manifest
from components.names import Scope
from components.postgres.replicated.addresses import Addresses
from components.settings.certificates import Issuer

PARTS = ("tls.crt", "tls.key", "ca.crt")
_LOOPBACK = ("localhost", "127.0.0.1")


def members_secret(addresses: Addresses) -> str:
    return f"{addresses.database.service}-tls"


def etcd_secret(addresses: Addresses) -> str:
    return f"{addresses.database.etcd}-tls"


def authority_config_map(addresses: Addresses) -> str:
    """The ConfigMap with the authority's certificate, for whoever connects."""
    return f"{addresses.database.service}-ca"


def _hosts(addresses: Addresses) -> dict[str, tuple[str, ...]]:
    """Secret → the names that its certificate is good for."""
    database = addresses.database
    members = [
        *addresses.names_of_service(database.router),
        *(address for pod in addresses.members for address in (pod, addresses.member(pod))),
    ]
    etcd = [addresses.etcd_member(pod) for pod in addresses.etcd]
    return {
        members_secret(addresses): (*members, *_LOOPBACK),
        etcd_secret(addresses): (*etcd, *_LOOPBACK),
    }


def _issued(scope: Scope, addresses: Addresses, secret: str, hosts: tuple[str, ...]) -> Manifest:
    days = addresses.database.replicated.certificates.days
    entries = {part: Issued(addresses.database.service, secret, hosts, days, part) for part in PARTS}
    return secrets.opaque(scope, secret, entries, _labels(scope, addresses), "kubernetes.io/tls")


def _labels(scope: Scope, addresses: Addresses) -> dict[str, str]:
    return scope.labels(addresses.database.service, "certificate")


def _requested(scope: Scope, addresses: Addresses, secret: str, hosts: tuple[str, ...], issuer: Issuer) -> Manifest:
    """cert-manager's Certificate, which keeps the Secret of that name and renews it in the last third of its time."""
    days = addresses.database.replicated.certificates.days
    spec: dict[str, Any] = {
        "secretName": secret,
        "dnsNames": [host for host in hosts if host not in _LOOPBACK or host == "localhost"],
        "ipAddresses": ["127.0.0.1"],
        "duration": f"{days * 24}h",
        "renewBefore": f"{days * 8}h",
        "usages": ["digital signature", "key encipherment", "server auth", "client auth"],
        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
        "issuerRef": {"group": "cert-manager.io", **issuer.model_dump()},
    }
    labels = _labels(scope, addresses)
    return scope.manifest("cert-manager.io/v1", "Certificate", secret, {"spec": spec}, labels=labels)


def render(scope: Scope, addresses: Addresses) -> list[Manifest]:
    """The Secrets `<service>-tls` and `<service>-etcd-tls`, or the Certificates that make cert-manager keep them, and
    the authority for clients. A cert-manager issuer's authority is in `<service>-tls` alone: its text isn't known."""
    settings, wanted = addresses.database.replicated.certificates, _hosts(addresses)
    if settings.issuer is not None:
        return [_requested(scope, addresses, secret, hosts, settings.issuer) for secret, hosts in wanted.items()]
    made = [_issued(scope, addresses, secret, hosts) for secret, hosts in wanted.items()]
    data = {"ca.crt": made[0].body["stringData"]["ca.crt"]}
    name, labels = authority_config_map(addresses), _labels(scope, addresses)
    return [*made, scope.manifest("v1", "ConfigMap", name, {"data": data}, labels=labels)]
