"""Certificates become Pulumi resources: a key and a certificate for each authority, and for each name that it signs.

Keys are kept like passwords: nothing makes them anew. A certificate is made anew whenever its hosts or its time say
so, by a replacement; so it can't be protected, and needs no protection: its key makes another one.
"""

import ipaddress
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_tls as tls

from components.certificates import AUTHORITY_DAYS, early_renewal_hours
from components.manifest import Issued

AUTHORITY_USES = ["cert_signing", "crl_signing"]
LEAF_USES = ["digital_signature", "server_auth", "client_auth"]
"""No key_encipherment: a key on an elliptic curve may not have it (RFC 8813, section 3)."""

Options = Callable[..., pulumi.ResourceOptions]
"""From a provider, and `kept` or not, to the options of a resource that belongs to no object."""


def split(hosts: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """The DNS names and the IP addresses among `hosts`."""
    names: list[str] = []
    addresses: list[str] = []
    for host in hosts:
        try:
            addresses.append(str(ipaddress.ip_address(host)))
        except ValueError:
            names.append(host)
    return names, addresses


class _Authority:
    """One authority. An `up` in its last third renews its certificate, with the same key and name: what it signed
    before is valid under the new one, and what it signs then is valid under the old one, until that ends."""

    def __init__(self, name: str, provider: tls.Provider, options: Options) -> None:
        self.key = _key(name, options(provider, kept=True))
        self.certificate = tls.SelfSignedCert(
            name,
            private_key_pem=self.key.private_key_pem,
            subject={"common_name": name},
            is_ca_certificate=True,
            allowed_uses=AUTHORITY_USES,
            set_subject_key_id=True,
            set_authority_key_id=True,
            **_valid(AUTHORITY_DAYS),
            opts=options(provider, kept=False),
        )


class _Leaf:
    """One certificate for servers and clients, and its key."""

    def __init__(self, issued: Issued, authority: _Authority, provider: tls.Provider, options: Options) -> None:
        names, addresses = split(issued.hosts)
        self.key = _key(issued.name, options(provider, kept=True))
        request = tls.CertRequest(
            issued.name,
            private_key_pem=self.key.private_key_pem,
            # No common name: it is no host's, and etcd refuses a client with one (etcd, embed/serve.go: «CommonName of
            # client sending a request against gateway will be ignored»).
            subject={"organization": issued.name},
            dns_names=names or None,
            ip_addresses=addresses or None,
            opts=options(provider, kept=False),
        )
        self.certificate = tls.LocallySignedCert(
            issued.name,
            cert_request_pem=request.cert_request_pem,
            ca_private_key_pem=authority.key.private_key_pem,
            ca_cert_pem=authority.certificate.cert_pem,
            allowed_uses=LEAF_USES,
            set_subject_key_id=True,
            **_valid(issued.days),
            opts=options(provider, kept=False),
        )


class Issuing:
    """One run of the program: the authorities and certificates that were registered so far, by name."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._provider: tls.Provider | None = None
        self._authorities: dict[str, _Authority] = {}
        self._leaves: dict[str, _Leaf] = {}

    def text(self, issued: Issued) -> pulumi.Output[str]:
        """The PEM text that `issued` stands for. Keys are secret; certificates are shown to every peer anyway."""
        if self._provider is None:
            # Made only here: a stack without certificates starts no plugin for them.
            self._provider = tls.Provider("tls")
        authority = self._authorities.get(issued.authority)
        if authority is None:
            authority = self._authorities[issued.authority] = _Authority(
                issued.authority, self._provider, self._options
            )
        if issued.part == "ca.crt":
            return authority.certificate.cert_pem
        leaf = self._leaves.get(issued.name)
        if leaf is None:
            leaf = self._leaves[issued.name] = _Leaf(issued, authority, self._provider, self._options)
        if issued.part == "tls.crt":
            return leaf.certificate.cert_pem
        return pulumi.Output.secret(leaf.key.private_key_pem_pkcs8)


def _key(name: str, options: pulumi.ResourceOptions) -> tls.PrivateKey:
    return tls.PrivateKey(name, algorithm="ECDSA", ecdsa_curve="P256", opts=options)


def _valid(days: int) -> dict[str, Any]:
    return {"validity_period_hours": days * 24, "early_renewal_hours": early_renewal_hours(days)}
