"""The types of the package: what each one takes, gives out, keeps secret, and when it is made anew."""

import datetime
from collections.abc import Callable
from typing import Any

from cryptography import x509

from devcluster.plugins.protocol.made import Kind, Properties
from devcluster.plugins.protocol.values import Secret
from devcluster.plugins.tls import certificates, keys
from devcluster.plugins.tls.complaints import of_certificate, of_key, of_request

FLAG = "readyForRenewal"
_TIMES = ("certPem", "validityStartTime", "validityEndTime", FLAG)


def due(state: Properties, now: datetime.datetime | None = None) -> bool:
    """Whether a certificate is to be renewed: it is less than `earlyRenewalHours` to its end, or at it, or after it
    (common_cert.go, modifyPlanIfCertificateReadyForRenewal). `now` is the present unless given."""
    early = state.get("earlyRenewalHours", 0)
    if "validityEndTime" not in state or not isinstance(early, int):
        return False
    end = datetime.datetime.fromisoformat(state["validityEndTime"])
    return end - datetime.timedelta(hours=early) <= (now or datetime.datetime.now(datetime.UTC))


def _key(inputs: Properties) -> Properties:
    made = keys.generate(inputs["algorithm"], inputs["ecdsaCurve"], inputs["rsaBits"])
    return {name: Secret(text) for name, text in keys.private_forms(made).items()} | keys.public_forms(made)


def _request(inputs: Properties) -> Properties:
    pem = certificates.pem(certificates.request(inputs))
    return {"certRequestPem": pem, "keyAlgorithm": keys.algorithm(keys.load(inputs["privateKeyPem"]))}


def _certificate(
    make: Callable[[Properties], x509.Certificate], key: str, algorithm: str
) -> Callable[[Properties], Properties]:
    def made(inputs: Properties) -> Properties:
        certificate = make(inputs)
        return {
            "certPem": certificates.pem(certificate),
            "validityStartTime": certificate.not_valid_before_utc.isoformat(),
            "validityEndTime": certificate.not_valid_after_utc.isoformat(),
            FLAG: False,
            algorithm: keys.algorithm(keys.load(inputs[key])),
        }

    return made


def _serial(outputs: Properties) -> str:
    return str(x509.load_pem_x509_certificate(outputs["certPem"].encode()).serial_number)


def _request_id(outputs: Properties) -> str:
    made = x509.load_pem_x509_csr(outputs["certRequestPem"].encode())
    return keys.identifier(made.public_bytes(certificates.Encoding.DER))


_OF_BOTH: dict[str, Any] = {
    "complain": of_certificate,
    "id": _serial,
    "in_place": frozenset({"earlyRenewalHours"}),
    "stale": due,
    "flag": FLAG,
}
_DEFAULTS = {"earlyRenewalHours": 0, "isCaCertificate": False, "setSubjectKeyId": False}

KINDS = {
    "tls:index/privateKey:PrivateKey": Kind(
        _key,
        (
            *("privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh", "publicKeyPem", "publicKeyOpenssh"),
            *("publicKeyFingerprintMd5", "publicKeyFingerprintSha256"),
        ),
        lambda outputs: keys.identifier(keys.public_der(outputs)),
        {"ecdsaCurve": "P224", "rsaBits": 2048},
        of_key,
    ),
    "tls:index/certRequest:CertRequest": Kind(
        _request,
        ("certRequestPem", "keyAlgorithm"),
        _request_id,
        complain=of_request,
        secret=("privateKeyPem",),
    ),
    "tls:index/selfSignedCert:SelfSignedCert": Kind(
        _certificate(certificates.self_signed, "privateKeyPem", "keyAlgorithm"),
        (*_TIMES, "keyAlgorithm"),
        defaults={**_DEFAULTS, "setAuthorityKeyId": False},
        secret=("privateKeyPem",),
        **_OF_BOTH,
    ),
    "tls:index/locallySignedCert:LocallySignedCert": Kind(
        _certificate(certificates.locally_signed, "caPrivateKeyPem", "caKeyAlgorithm"),
        (*_TIMES, "caKeyAlgorithm"),
        defaults=_DEFAULTS,
        secret=("caPrivateKeyPem",),
        **_OF_BOTH,
    ),
}
