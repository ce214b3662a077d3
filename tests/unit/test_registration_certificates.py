"""From Issued to a chain that servers and clients verify as strictly as Python 3.13 does."""

import ipaddress
import shutil
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from engine import Recording
from test_registration_resources import manifest, registered

from components.certificates import LONGEST_DAYS, refuse_contradictions
from components.issuing import split
from components.manifest import Fingerprint, Issued, Manifest, markers_in, secrets_in, shown
from components.settings.mistakes import SettingsRefused

HOSTS = ("pg", "pg-0.pg-headless.db.svc.cluster.local", "10.1.2.3", "fd00::1")
PARTS = ("tls.crt", "tls.key", "ca.crt")


def issued(part: Any = "tls.crt", name="pg-tls", hosts=HOSTS, days=90, authority="pg-ca") -> Issued:
    return Issued(authority, name, hosts, days, part)


def secret(name="pg-tls", **said) -> Manifest:
    """A Secret with all parts of one certificate."""
    return manifest(name=name, stringData={part: issued(part, name, **said) for part in PARTS})


@pytest.fixture(scope="module")
def one() -> Recording:
    """A program that has one Secret with one certificate."""
    return registered(secret())


def files(recording: Recording, folder: Path, name="n/pg-tls") -> dict[str, str]:
    """The parts that a registered Secret holds, as files."""
    data = next(r for r in recording.of_type("Secret") if r.name == name).inputs["stringData"]
    for part in PARTS:
        (folder / part).write_text(data[part])
    return {part: str(folder / part) for part in PARTS}


def shake_hands(parts: dict[str, str], host: str) -> None:
    """Mutual TLS in memory, both ends with the same certificate, both as strict as OpenSSL can be."""
    ends = []
    for protocol in (ssl.PROTOCOL_TLS_SERVER, ssl.PROTOCOL_TLS_CLIENT):
        context = ssl.SSLContext(protocol)
        context.load_cert_chain(parts["tls.crt"], parts["tls.key"])
        context.load_verify_locations(parts["ca.crt"])
        context.verify_mode = ssl.CERT_REQUIRED
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        ends.append(context)
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = ends[0].wrap_bio(up, down, server_side=True)
    client = ends[1].wrap_bio(down, up, server_hostname=host)
    for _ in range(4):
        for end in (client, server):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert client.version() == server.version() == "TLSv1.3"


@pytest.mark.parametrize("host", HOSTS)
def test_server_and_client_verify_each_other_as_strictly_as_python_3_13(tmp_path, one, host):
    shake_hands(files(one, tmp_path), host)


def test_a_host_that_was_not_named_is_refused(tmp_path, one):
    with pytest.raises(ssl.SSLCertVerificationError, match="not valid for 'other'"):
        shake_hands(files(one, tmp_path), "other")


@pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl here; the handshake is as strict")
def test_openssl_itself_finds_nothing_to_complain_of(tmp_path, one):
    parts = files(one, tmp_path)
    words = ["openssl", "verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", parts["ca.crt"], parts["tls.crt"]]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_certificate_belongs_to_the_key_and_is_valid_for_the_days_that_were_asked_for(tmp_path, one):
    parts = files(one, tmp_path)
    leaf = x509.load_pem_x509_certificate(Path(parts["tls.crt"]).read_bytes())
    assert (leaf.not_valid_after_utc - leaf.not_valid_before_utc).days == 90
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == list(HOSTS[:2])
    assert names.get_values_for_type(x509.IPAddress) == [ipaddress.ip_address(host) for host in HOSTS[2:]]
    assert Path(parts["tls.key"]).read_text().startswith("-----BEGIN PRIVATE KEY-----"), "PKCS #8, which all can read"


def test_each_certificate_is_renewed_in_the_last_third_of_its_time(one):
    (leaf,), (authority,) = one.of_type("LocallySignedCert"), one.of_type("SelfSignedCert")
    for found in (leaf.inputs, authority.inputs):
        assert found["earlyRenewalHours"] * 3 == found["validityPeriodHours"], "an `up` must come in time"
    assert leaf.inputs["validityPeriodHours"] == 90 * 24


def test_authority_and_certificate_are_made_once_whoever_reads_them():
    ca = manifest("ConfigMap", "ca", data={"ca.crt": issued("ca.crt")})
    recording = registered(secret(), secret("etcd-tls", hosts=("etcd",)), ca)
    assert [r.name for r in recording.of_type("SelfSignedCert")] == ["pg-ca"]
    assert sorted(r.name for r in recording.of_type("LocallySignedCert")) == ["etcd-tls", "pg-tls"]
    assert sorted(r.name for r in recording.of_type("PrivateKey")) == ["etcd-tls", "pg-ca", "pg-tls"]
    texts = {r.inputs["stringData"]["ca.crt"] for r in recording.of_type("Secret")}
    assert texts == {recording.of_type("ConfigMap")[0].inputs["data"]["ca.crt"]}, "one authority for all"


def test_keys_are_secret_wherever_they_go_and_certificates_are_shown():
    ca = manifest("ConfigMap", "ca", data={"ca.crt": issued("ca.crt")})
    recording = registered(secret(), ca)
    assert not recording.of_type("ConfigMap")[0].secrets, "every client is shown it; a preview may show it too"
    found = [
        (resource, path)
        for resource in recording.resources
        for path, text in texts_of(resource.inputs)
        if "PRIVATE KEY" in text
    ]
    assert len(found) == 4, "authority, request, certificate, Secret"
    for resource, path in found:
        assert any(path[: len(secret)] == secret for secret in resource.secrets), f"{resource.name}: a key in clear"


def test_a_key_is_secret_even_where_no_secret_is_expected():
    careless = manifest("ConfigMap", "c", data={"key": issued("tls.key"), "crt": issued()})
    assert registered(careless).of_type("ConfigMap")[0].secrets == {("data", "key")}


def test_the_authority_names_its_own_key_for_verifiers_that_look_for_it(one):
    (authority,) = one.of_type("SelfSignedCert")
    assert authority.inputs["setSubjectKeyId"] and authority.inputs["setAuthorityKeyId"], "RFC 5280, 4.2.1.1"


def texts_of(value, path=()):
    """Each text in `value`, with its path."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from texts_of(item, (*path, key))
    elif isinstance(value, str):
        yield path, value


@pytest.mark.parametrize("keep", [True, False])
def test_keys_are_kept_like_passwords_and_certificates_can_be_replaced(keep):
    recording = registered(secret(), keep=keep)
    tls = [r for r in recording.resources if r.type.startswith("tls:")]
    assert len(tls) == 5, "two keys, an authority, a request, a certificate"
    for resource in tls:
        kept = keep and resource.type.endswith(":PrivateKey")
        assert (resource.protect, resource.retain) == (kept, kept), "the engine replaces nothing that is protected"
        assert "pulumi:providers:tls::tls" in resource.provider, "rule 9: default providers are disabled"
        assert "pulumi:pulumi:Stack" in resource.parent, "else it would be made anew when its reader moves"


def test_a_stack_without_certificates_starts_no_plugin_for_them():
    assert not [r for r in registered(manifest(stringData={})).resources if "tls" in r.type]


def test_a_renewed_certificate_changes_the_fingerprint_of_what_reads_it():
    marked = manifest("ConfigMap", "c", data={"f": Fingerprint((issued(),))})
    marks = [registered(marked).of_type("ConfigMap")[0] for _ in range(2)]
    assert marks[0].inputs["data"]["f"] != marks[1].inputs["data"]["f"], "two certificates of the same words differ"
    assert not marks[0].secrets


def test_what_is_frozen_is_ignored_in_every_later_run():
    frozen = Manifest(manifest("ConfigMap", "c", data={"a": "b"}).body, frozen=("data.a",))
    recording = registered(frozen, manifest("ConfigMap", "d", data={}))
    assert [r.ignored for r in recording.of_type("ConfigMap")] == [("data.a",), ()]


def test_a_certificate_is_shown_by_its_name_and_is_no_password():
    value = {"a": issued("tls.key"), "b": Fingerprint((issued(),))}
    assert shown(value) == {"a": "<certificate pg-tls: tls.key>", "b": "<fingerprint of the secrets>"}
    assert list(markers_in(value)) == [issued("tls.key"), issued()]
    assert list(secrets_in(value)) == [], "nobody chooses its length or looks for it in texts"


@pytest.mark.parametrize(
    ("manifests", "words"),
    [
        ([secret(), manifest("ConfigMap", "c", data={"x": issued("ca.crt", hosts=("pg",))})], "for pg"),
        ([secret(), manifest("ConfigMap", "c", data={"x": issued("ca.crt", days=30)})], "30 days"),
        ([secret(), manifest("ConfigMap", "c", data={"x": issued("ca.crt", authority="b")})], "signed by b"),
        ([secret(), secret("pg-ca")], "an authority of that name"),
        ([secret(days=0)], "1 to 1216 days"),
        ([secret(days=LONGEST_DAYS + 1)], "valid for 1217 days"),
        ([secret("x" * 65)], "65 characters"),
    ],
)
def test_certificates_that_contradict_each_other_or_can_not_be_made_are_refused(manifests, words):
    with pytest.raises(SettingsRefused, match=words) as refused:
        refuse_contradictions(manifests)
    assert len(refused.value.mistakes) == 1


def test_certificates_that_agree_are_not_refused():
    ca = manifest("ConfigMap", "c", data={"ca.crt": issued("ca.crt")})
    refuse_contradictions([secret(), ca, secret("etcd-tls", hosts=(), days=LONGEST_DAYS)])


def test_addresses_are_told_from_names():
    assert split(("a.b", "10.0.0.1", "10-0-0-1", "::1")) == (["a.b", "10-0-0-1"], ["10.0.0.1", "::1"])
