"""What the stand-in for the tls provider makes, and when it makes it anew, without an engine."""

import datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509 import oid, verification
from hypothesis import given
from hypothesis import strategies as st

from devcluster.plugins.protocol.made import Change, Kind, Properties, changes
from devcluster.plugins.protocol.values import UNKNOWN, Secret, bare
from devcluster.plugins.tls import keys
from devcluster.plugins.tls.certificates import EXTENDED_USES, KEY_USES
from devcluster.plugins.tls.kinds import KINDS, due

KEY, REQUEST, OWN, LEAF = (
    KINDS[f"tls:index/{name[0].lower()}{name[1:]}:{name}"]
    for name in ("PrivateKey", "CertRequest", "SelfSignedCert", "LocallySignedCert")
)
NOW = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)


def state(kind: Kind, **inputs: Any) -> Properties:
    """What state keeps of one resource, in clear."""
    filled = kind.filled(inputs)
    assert kind.complain(filled) is None, "the test itself asks for what can't be made"
    return bare(kind.outputs(filled, kind.make(filled)))


def key(algorithm: str = "ECDSA", **inputs: Any) -> str:
    return state(KEY, algorithm=algorithm, ecdsaCurve="P256", **inputs)["privateKeyPem"]


def authority(**inputs: Any) -> Properties:
    said = {"subject": {"commonName": "ca"}, "isCaCertificate": True, "setAuthorityKeyId": True}
    uses = {"allowedUses": ["cert_signing", "crl_signing"], "validityPeriodHours": 87600}
    return state(OWN, **{"privateKeyPem": key(), **said, **uses, **inputs})


def leaf(ca: Properties, *, own: str = "", wanted: Properties | None = None, **inputs: Any) -> Properties:
    request = state(
        REQUEST,
        privateKeyPem=own or key(),
        **(wanted or {"subject": {"commonName": "pg"}, "dnsNames": ["pg"], "ipAddresses": ["10.0.0.1"]}),
    )
    signer = {"caPrivateKeyPem": ca["privateKeyPem"], "caCertPem": ca["certPem"]}
    asked = {"allowedUses": ["server_auth", "digital_signature"], "validityPeriodHours": 24, "setSubjectKeyId": True}
    return state(LEAF, certRequestPem=request["certRequestPem"], **{**signer, **asked, **inputs})


def parsed(made: Properties) -> x509.Certificate:
    return x509.load_pem_x509_certificate(made["certPem"].encode())


@pytest.mark.parametrize(
    ("algorithm", "curve", "opens_with", "openssh"),
    [
        ("ECDSA", "P224", "-----BEGIN EC PRIVATE KEY-----", ""),
        ("ECDSA", "P256", "-----BEGIN EC PRIVATE KEY-----", "ecdsa-sha2-nistp256 "),
        ("ECDSA", "P521", "-----BEGIN EC PRIVATE KEY-----", "ecdsa-sha2-nistp521 "),
        ("RSA", "P224", "-----BEGIN RSA PRIVATE KEY-----", "ssh-rsa "),
        ("ED25519", "P224", "-----BEGIN PRIVATE KEY-----", "ssh-ed25519 "),
    ],
)
def test_a_key_comes_in_the_forms_of_the_official_provider(algorithm, curve, opens_with, openssh):
    made = state(KEY, algorithm=algorithm, ecdsaCurve=curve, rsaBits=1024)
    assert made["privateKeyPem"].startswith(opens_with)
    assert made["privateKeyPemPkcs8"].startswith("-----BEGIN PRIVATE KEY-----")
    assert keys.algorithm(keys.load(made["privateKeyPem"])) == algorithm
    assert made["publicKeyOpenssh"].startswith(openssh) and bool(made["publicKeyOpenssh"]) == bool(openssh)
    assert bool(made["privateKeyOpenssh"]) == bool(made["publicKeyFingerprintSha256"]) == bool(openssh)
    assert len(KEY.id(made)) == 40, "a SHA-1 in hexadecimal"


def test_every_form_of_a_private_key_is_secret_and_nothing_else_is():
    outputs = KEY.make(KEY.filled({"algorithm": "ECDSA"}))
    secret = {name for name, value in outputs.items() if isinstance(value, Secret)}
    assert secret == {"privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"}, "additionalSecretOutputs of the SDK"
    given = REQUEST.outputs({"privateKeyPem": "x", "dnsNames": []}, {})
    assert given == {"privateKeyPem": Secret("x"), "dnsNames": []}, "also where the program did not mark it"


@pytest.mark.parametrize("algorithm", keys.ALGORITHMS)
def test_a_chain_verifies(algorithm):
    ca = authority(privateKeyPem=key(algorithm))
    made = leaf(ca, own=key(algorithm))
    # After both: a verifier asks whether they were valid when it was built.
    store = verification.Store([parsed(ca)])
    verifier = verification.PolicyBuilder().store(store).build_server_verifier(x509.DNSName("pg"))
    if algorithm != "ED25519":  # not among the algorithms that CAs of the web may use, which this verifier asks for
        verifier.verify(parsed(made), [])
    parsed(made).verify_directly_issued_by(parsed(ca))
    assert (ca["keyAlgorithm"], made["caKeyAlgorithm"]) == (algorithm, algorithm)
    assert LEAF.id(made) == str(parsed(made).serial_number)


def test_an_authority_says_what_its_key_may_do_and_whose_key_it_is():
    extensions = parsed(authority()).extensions
    usage = extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical and usage.value.key_cert_sign and usage.value.crl_sign and not usage.value.digital_signature
    assert extensions.get_extension_for_class(x509.BasicConstraints).value == x509.BasicConstraints(True, None)
    own = extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    assert extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier == own


def test_a_certificate_has_the_hosts_and_the_subject_of_its_request():
    ca = authority()
    wanted = {
        "subject": {"commonName": "pg", "organization": "o", "country": "DE", "streetAddresses": ["one", "two"]},
        "dnsNames": ["pg", "*.pg"],
        "ipAddresses": ["10.0.0.1", "fd00::1"],
        "uris": ["spiffe://pg/one"],
    }
    made = parsed(leaf(ca, wanted=wanted))
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert [str(name.value) for name in names.value] == ["pg", "*.pg", "10.0.0.1", "fd00::1", "spiffe://pg/one"]
    assert made.subject.rfc4514_string() == "CN=pg,STREET=two,STREET=one,O=o,C=DE"
    assert not names.critical
    known_by = made.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    issuer = parsed(ca).extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    assert known_by == issuer, "crypto/x509 writes it without being asked"
    nameless = parsed(leaf(ca, wanted={"dnsNames": ["pg"]}))
    assert nameless.extensions.get_extension_for_class(x509.SubjectAlternativeName).critical, "RFC 5280, 4.2.1.6"


def test_every_use_that_the_official_provider_knows_can_be_asked_for():
    uses = [*KEY_USES, *EXTENDED_USES]
    made = parsed(leaf(authority(), allowedUses=uses)).extensions
    assert len(list(made.get_extension_for_class(x509.ExtendedKeyUsage).value)) == 14
    usage = made.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature and usage.key_cert_sign and usage.crl_sign and usage.decipher_only
    server = parsed(leaf(authority(), allowedUses=["server_auth"])).extensions
    assert list(server.get_extension_for_class(x509.ExtendedKeyUsage).value) == [oid.ExtendedKeyUsageOID.SERVER_AUTH]
    with pytest.raises(x509.ExtensionNotFound):
        server.get_extension_for_class(x509.KeyUsage)


@given(valid=st.integers(0, 10**6), early=st.integers(0, 10**6), passed=st.integers(-60, 10**6 * 60))
def test_a_certificate_is_due_from_its_early_renewal_on_and_no_minute_before(valid, early, passed):
    end = NOW + datetime.timedelta(hours=valid)
    now = NOW + datetime.timedelta(minutes=passed)
    found = due({"validityEndTime": end.isoformat(), "earlyRenewalHours": early}, now)
    assert found == (passed >= (valid - early) * 60)


@given(hours=st.integers(1, 10**5), early=st.integers(0, 10**5))
def test_a_new_certificate_is_due_only_where_its_early_renewal_is_its_whole_time(hours, early):
    fresh = {"validityEndTime": (NOW + datetime.timedelta(hours=hours)).isoformat(), "earlyRenewalHours": early}
    assert due(fresh, NOW) == (early >= hours), "else each run would renew it"


@pytest.mark.parametrize(
    "written", ["2026-06-01T02:00:00.123456789+02:00", "2026-06-01T00:00:00Z", "2026-06-01T00:00:00+00:00"]
)
def test_times_are_read_as_the_official_provider_writes_them(written):
    assert due({"validityEndTime": written}, NOW + datetime.timedelta(seconds=1))
    assert not due({"validityEndTime": written}, NOW - datetime.timedelta(seconds=1))


def test_a_preview_that_does_not_know_the_time_renews_nothing():
    assert not due({"validityEndTime": "2026-06-01T00:00:00Z", "earlyRenewalHours": UNKNOWN}, NOW)
    assert not due({}, NOW)


def test_the_last_third_replaces_and_only_its_length_changes_in_place():
    ca = authority()
    made = leaf(ca, validityPeriodHours=90, earlyRenewalHours=30)
    inputs = LEAF.inputs_in(made)
    assert changes(LEAF, made, inputs, []) == {}, "the same inputs within the first two thirds"
    assert changes(LEAF, made, {**inputs, "earlyRenewalHours": 31}, []) == {"earlyRenewalHours": Change.UPDATE}
    assert changes(LEAF, made, {**inputs, "earlyRenewalHours": 90}, []) == {
        "earlyRenewalHours": Change.UPDATE,
        "readyForRenewal": Change.UPDATE_REPLACE,
    }, "with the new length its time has come"
    ended = {**made, "validityEndTime": "2020-01-01T00:00:00Z"}
    assert changes(LEAF, ended, inputs, []) == {"readyForRenewal": Change.UPDATE_REPLACE}


def test_each_other_input_replaces_and_what_official_state_notes_beside_does_not():
    made = authority()
    inputs = OWN.inputs_in(made)
    assert changes(OWN, {**made, "__meta": '{"schema_version":"0"}', "id": "1"}, inputs, []) == {}
    replaced = changes(OWN, made, {**inputs, "subject": {"commonName": "other"}, "dnsNames": ["pg"]}, [])
    assert replaced == {"subject.commonName": Change.UPDATE_REPLACE, "dnsNames": Change.ADD_REPLACE}
    assert changes(OWN, made, {**inputs, "privateKeyPem": UNKNOWN}, []) == {"privateKeyPem": Change.UPDATE_REPLACE}


GOOD = {"subject": {"commonName": "ca"}, "allowedUses": ["cert_signing"], "validityPeriodHours": 1}


@pytest.mark.parametrize(
    ("kind", "inputs", "at", "words"),
    [
        (KEY, {"algorithm": "DSA"}, "algorithm", "one of RSA, ECDSA, ED25519"),
        (KEY, {"algorithm": "ECDSA", "ecdsaCurve": "P192"}, "ecdsaCurve", "P224, P256"),
        (KEY, {"algorithm": "RSA", "rsaBits": 512}, "rsaBits", "1024"),
        (REQUEST, {}, "privateKeyPem", "key in PEM"),
        (REQUEST, {"privateKeyPem": "word"}, "privateKeyPem", "key in PEM"),
        (REQUEST, {"privateKeyPem": UNKNOWN, "privateKeyPemWo": "x"}, "privateKeyPemWo", "give privateKeyPem"),
        (REQUEST, {"privateKeyPem": UNKNOWN, "ipAddresses": ["pg"]}, "ipAddresses", "'pg'"),
        (REQUEST, {"privateKeyPem": UNKNOWN, "subject": {"commonName": "x" * 65}}, "subject", "64"),
        (OWN, {**GOOD, "privateKeyPem": UNKNOWN, "validityPeriodHours": -1}, "validityPeriodHours", "from 0"),
        (OWN, {**GOOD, "privateKeyPem": UNKNOWN, "allowedUses": ["signing"]}, "allowedUses", "cert_signing"),
        (OWN, {**GOOD, "privateKeyPem": UNKNOWN, "allowedUses": ["encipher_only"]}, "allowedUses", "key_agreement"),
        (OWN, {**GOOD, "privateKeyPem": UNKNOWN, "setAuthorityKeyId": True}, "setAuthorityKeyId", "setSubjectKeyId"),
        (OWN, {**GOOD, "privateKeyPem": UNKNOWN, "subject": {}, "isCaCertificate": True}, "subject", "authority"),
        (LEAF, {**GOOD, "caPrivateKeyPem": UNKNOWN, "certRequestPem": UNKNOWN}, "caCertPem", "certificate in PEM"),
    ],
)
def test_what_can_not_be_made_is_refused_in_the_preview_already(kind, inputs, at, words):
    property_name, sentence = kind.complain(kind.filled(inputs)) or ("", "")
    assert (property_name, words in sentence) == (at, True), sentence


def test_a_refused_key_is_not_repeated():
    _, sentence = REQUEST.complain(REQUEST.filled({"privateKeyPem": "correct-horse"})) or ("", "")
    assert sentence and "correct-horse" not in sentence
