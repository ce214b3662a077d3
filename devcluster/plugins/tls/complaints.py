"""What is wrong with inputs, before anything is made of them. A value that a preview can't know yet is passed over."""

from collections.abc import Callable, Iterator
from typing import Any

from cryptography import x509

from devcluster.plugins.protocol.made import Complaint, Properties
from devcluster.plugins.protocol.values import has_unknown
from devcluster.plugins.tls import certificates, keys

USES = sorted([*certificates.KEY_USES, *certificates.EXTENDED_USES])
_PEM: dict[str, tuple[Callable[[str], Any], str]] = {
    "privateKeyPem": (keys.load, "an unencrypted RSA, ECDSA or ED25519 key in PEM"),
    "caPrivateKeyPem": (keys.load, "an unencrypted RSA, ECDSA or ED25519 key in PEM"),
    "caCertPem": (lambda text: x509.load_pem_x509_certificate(text.encode()), "a certificate in PEM"),
    "certRequestPem": (lambda text: x509.load_pem_x509_csr(text.encode()), "a certificate request in PEM"),
}
"""How each PEM text is read. What was found is not repeated: it may be a key."""

_NAMES = {"subject": certificates.subject} | dict.fromkeys(("dnsNames", "ipAddresses", "uris"), certificates.hosts)
LONGEST_HOURS = 24 * 365 * 1000
"""A thousand years. A certificate can't tell a year beyond 9999 (RFC 5280, 4.1.2.5)."""


def of_key(inputs: Properties) -> Complaint | None:
    """For a PrivateKey."""
    chosen, curve, bits = inputs.get("algorithm"), inputs["ecdsaCurve"], inputs["rsaBits"]
    if not has_unknown(chosen) and chosen not in keys.ALGORITHMS:
        return "algorithm", f"algorithm is {chosen!r}; one of {', '.join(keys.ALGORITHMS)} is needed"
    if not has_unknown(curve) and curve not in keys.CURVES:
        return "ecdsaCurve", f"ecdsaCurve is {curve!r}; one of {', '.join(keys.CURVES)} is needed"
    if chosen == "RSA" and isinstance(bits, int) and bits < keys.SMALLEST_RSA:
        return "rsaBits", f"rsaBits is {bits}; {keys.SMALLEST_RSA} and more are safe enough to be made"
    return None


def of_request(inputs: Properties) -> Complaint | None:
    """For a CertRequest."""
    return next(_of_names(inputs, needed=("privateKeyPem",)), None)


def of_certificate(inputs: Properties) -> Complaint | None:
    """For a SelfSignedCert, and for a LocallySignedCert."""
    own = "setAuthorityKeyId" in inputs
    needed = ("privateKeyPem",) if own else ("caPrivateKeyPem", "caCertPem", "certRequestPem")
    return next(_of_names(inputs, needed), None) or next(_of_certificate(inputs), None)


def _of_names(inputs: Properties, needed: tuple[str, ...]) -> Iterator[Complaint]:
    for name in inputs:
        if name.endswith(("Wo", "WoVersion")):
            yield name, f"the stand-in for pulumi-resource-tls has no write-only {name}; give {needed[0]}"
    for name in needed:
        read, expected = _PEM[name]
        text = inputs.get(name)
        try:
            if not has_unknown(text):
                read(text if isinstance(text, str) else "")
        except ValueError:
            yield name, f"{name} is not what is needed: {expected}"
    for name, read in _NAMES.items():
        try:
            if not has_unknown(inputs.get(name)):
                read({name: inputs[name]} if name in inputs else {})
        except ValueError as error:
            yield name, f"{name} can't be in a certificate: {error}"


def _of_certificate(inputs: Properties) -> Iterator[Complaint]:
    for name in ("validityPeriodHours", "earlyRenewalHours"):
        hours = inputs.get(name)
        if not has_unknown(hours) and not (isinstance(hours, int) and 0 <= hours <= LONGEST_HOURS):
            yield name, f"{name} is {hours!r}; a whole number of hours from 0 to {LONGEST_HOURS} is needed"
    allowed = inputs.get("allowedUses")
    if has_unknown(allowed):
        return
    if not isinstance(allowed, list):
        yield "allowedUses", f"allowedUses is {allowed!r}; a list of {', '.join(USES)} is needed"
        return
    wrong = [use for use in allowed if use not in USES]
    if wrong:
        yield "allowedUses", f"allowedUses has {wrong[0]!r}; allowed are {', '.join(USES)}"
    if {"encipher_only", "decipher_only"} & set(allowed) and "key_agreement" not in allowed:
        yield "allowedUses", "encipher_only and decipher_only say nothing without key_agreement (RFC 5280, 4.2.1.3)"
    if inputs.get("setAuthorityKeyId") is True and not (inputs["isCaCertificate"] or inputs["setSubjectKeyId"]):
        yield "setAuthorityKeyId", "of a self-signed certificate, it needs setSubjectKeyId or isCaCertificate"
    if inputs["isCaCertificate"] is True and "setAuthorityKeyId" in inputs and not inputs.get("subject"):
        yield "subject", "an authority needs a subject (RFC 5280, 4.1.2.6)"
