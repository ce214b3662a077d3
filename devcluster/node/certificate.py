"""X.509 certificates: an authority of its own, and leaves that serve and authenticate."""

import datetime
import ipaddress
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SKEW = datetime.timedelta(hours=1)
"""How far the clock may have been wrong when the certificate was made."""

Key = ec.EllipticCurvePrivateKey


def elliptic() -> Key:
    """A new private key on the curve P-256, which every client and Kubernetes' token signer (ES256) know."""
    return ec.generate_private_key(ec.SECP256R1())


def public_pem(key: Key) -> bytes:
    """The public half of `key` as PEM."""
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def pem(key: Key) -> bytes:
    """`key` as unencrypted PEM, in the form that Go's libraries read."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=not authority,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _builder(key: Key, subject: x509.Name, issuer: x509.Name, valid: datetime.timedelta) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(now + valid)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def authority(key: Key, valid: datetime.timedelta) -> bytes:
    """A self-signed authority for `key`, as PEM."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "devcluster-ca")])
    built = (
        _builder(key, name, name, valid)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    return built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def signed(
    key: Key,
    name: str,
    groups: Sequence[str],
    dns: Sequence[str],
    addresses: Sequence[str],
    ca: Path,
    ca_key: Path,
    valid: datetime.timedelta,
) -> bytes:
    """A certificate for `key` as PEM: a client as `name` in `groups`, and a server where it has names or addresses."""
    issuer = x509.load_pem_x509_certificate(ca.read_bytes())
    signer = serialization.load_pem_private_key(ca_key.read_bytes(), None)
    if not isinstance(signer, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{ca_key} holds no elliptic curve key")
    subject = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
    subject.append(x509.NameAttribute(NameOID.COMMON_NAME, name))
    usages = [ExtendedKeyUsageOID.SERVER_AUTH] if dns or addresses else [ExtendedKeyUsageOID.CLIENT_AUTH]
    built = (
        _builder(key, x509.Name(subject), issuer.subject, valid)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if dns or addresses:
        names: list[x509.GeneralName] = [x509.DNSName(one) for one in dns]
        names += [x509.IPAddress(ipaddress.ip_address(one)) for one in addresses]
        built = built.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return built.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
