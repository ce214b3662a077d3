"""Certificate requests and certificates. Source of what is in them: internal/provider/common_cert.go and
resource_*_cert.go of hashicorp/terraform-provider-tls, and Go's crypto/x509 beneath it."""

import datetime
import ipaddress
import secrets
from collections.abc import Iterable
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier

from devcluster.plugins.tls import keys

KEY_USES = (
    "digital_signature content_commitment key_encipherment data_encipherment key_agreement "
    "cert_signing crl_signing encipher_only decipher_only"
).split()
_FIELDS = {"cert_signing": "key_cert_sign", "crl_signing": "crl_sign"}
"""What x509.KeyUsage calls otherwise."""

EXTENDED_USES = {
    "any_extended": "2.5.29.37.0",
    "server_auth": "1.3.6.1.5.5.7.3.1",
    "client_auth": "1.3.6.1.5.5.7.3.2",
    "code_signing": "1.3.6.1.5.5.7.3.3",
    "email_protection": "1.3.6.1.5.5.7.3.4",
    "ipsec_end_system": "1.3.6.1.5.5.7.3.5",
    "ipsec_tunnel": "1.3.6.1.5.5.7.3.6",
    "ipsec_user": "1.3.6.1.5.5.7.3.7",
    "timestamping": "1.3.6.1.5.5.7.3.8",
    "ocsp_signing": "1.3.6.1.5.5.7.3.9",
    "microsoft_server_gated_crypto": "1.3.6.1.4.1.311.10.3.3",
    "netscape_server_gated_crypto": "2.16.840.1.113730.4.1",
    "microsoft_commercial_code_signing": "1.3.6.1.4.1.311.2.1.22",
    "microsoft_kernel_code_signing": "1.3.6.1.4.1.311.61.1.1",
}
_SUBJECT = {
    "country": NameOID.COUNTRY_NAME,
    "organization": NameOID.ORGANIZATION_NAME,
    "organizationalUnit": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "locality": NameOID.LOCALITY_NAME,
    "province": NameOID.STATE_OR_PROVINCE_NAME,
    "streetAddresses": NameOID.STREET_ADDRESS,
    "postalCode": NameOID.POSTAL_CODE,
    "commonName": NameOID.COMMON_NAME,
    "serialNumber": NameOID.SERIAL_NUMBER,
    "emailAddress": NameOID.EMAIL_ADDRESS,
}
"""In the order of Go's pkix.Name."""


def subject(inputs: dict[str, Any]) -> x509.Name:
    """The distinguished name that the input `subject` describes. Raises ValueError where X.509 allows no such name."""
    given = inputs.get("subject", {})
    texts = [
        (oid, text)
        for name, oid in _SUBJECT.items()
        for text in (given.get(name) or [] if name == "streetAddresses" else [given.get(name)])
    ]
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in texts if text])


def hosts(inputs: dict[str, Any]) -> list[x509.GeneralName]:
    """The alternative names that `dnsNames`, `ipAddresses` and `uris` list. Raises ValueError for what is none."""
    return [
        *(x509.DNSName(name) for name in inputs.get("dnsNames", ())),
        *(x509.IPAddress(ipaddress.ip_address(address)) for address in inputs.get("ipAddresses", ())),
        *(x509.UniformResourceIdentifier(uri) for uri in inputs.get("uris", ())),
    ]


def request(inputs: dict[str, Any]) -> x509.CertificateSigningRequest:
    """A request for what `inputs` of a CertRequest describe, signed by its key."""
    key = keys.load(inputs["privateKeyPem"])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject(inputs))
    if names := hosts(inputs):
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key, keys.digest(key))


def self_signed(inputs: dict[str, Any]) -> x509.Certificate:
    """The certificate that `inputs` of a SelfSignedCert describe."""
    key, name = keys.load(inputs["privateKeyPem"]), subject(inputs)
    known_by = x509.SubjectKeyIdentifier.from_public_key(key.public_key()) if inputs["setAuthorityKeyId"] else None
    return _signed(inputs, key.public_key(), name, hosts(inputs), key, name, known_by)


def locally_signed(inputs: dict[str, Any]) -> x509.Certificate:
    """The certificate that `inputs` of a LocallySignedCert describe: subject and hosts are those of the request."""
    wanted = x509.load_pem_x509_csr(inputs["certRequestPem"].encode())
    authority = x509.load_pem_x509_certificate(inputs["caCertPem"].encode())
    try:
        names = list(wanted.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        names = []
    known_by = None
    if authority.subject != wanted.subject:  # crypto/x509, CreateCertificate
        try:
            known_by = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        except x509.ExtensionNotFound:
            known_by = None
    signer = keys.load(inputs["caPrivateKeyPem"])
    return _signed(inputs, wanted.public_key(), wanted.subject, names, signer, authority.subject, known_by)


def pem(made: x509.Certificate | x509.CertificateSigningRequest) -> str:
    """`made` as PEM."""
    return made.public_bytes(Encoding.PEM).decode()


def _signed(
    inputs: dict[str, Any],
    public: Any,
    name: x509.Name,
    names: Iterable[x509.GeneralName],
    signer: keys.Key,
    issuer: x509.Name,
    known_by: x509.SubjectKeyIdentifier | None,
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    authority = inputs["isCaCertificate"]
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(secrets.randbits(128) or 1)
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(hours=inputs["validityPeriodHours"]))
        .add_extension(
            # A length of 0 counts as none there: MaxPathLenZero is not set.
            x509.BasicConstraints(ca=authority, path_length=inputs.get("maxPathLength") or None if authority else None),
            critical=True,
        )
    )
    for extension, critical in _uses(inputs["allowedUses"]):
        builder = builder.add_extension(extension, critical)
    if authority or inputs["setSubjectKeyId"]:
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    if known_by is not None:
        builder = builder.add_extension(x509.AuthorityKeyIdentifier(known_by.digest, None, None), critical=False)
    if names := list(names):
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=not list(name))
    return builder.sign(signer, keys.digest(signer))


def _uses(allowed: list[str]) -> Iterable[tuple[x509.ExtensionType, bool]]:
    """The extensions that say what a key may do, and whether each is critical."""
    if any(use in KEY_USES for use in allowed):
        yield x509.KeyUsage(**{_FIELDS.get(use, use): use in allowed for use in KEY_USES}), True
    extended = [ObjectIdentifier(EXTENDED_USES[use]) for use in allowed if use in EXTENDED_USES]
    if extended:
        yield x509.ExtendedKeyUsage(extended), False
