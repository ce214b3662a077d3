"""The node's certificates, verified as strictly as any client does."""

import datetime

import pytest
from cryptography import x509
from cryptography.x509 import oid, verification

from devcluster.node import certificate

DAY = datetime.timedelta(days=1)


@pytest.fixture
def authority(tmp_path):
    """The files of an authority and its key."""
    key = certificate.elliptic()
    files = tmp_path / "ca.crt", tmp_path / "ca.key"
    files[0].write_bytes(certificate.authority(key, DAY))
    files[1].write_bytes(certificate.pem(key))
    return files


def test_the_authority_says_what_its_key_may_do(authority):
    usage = x509.load_pem_x509_certificate(authority[0].read_bytes()).extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical and usage.value.key_cert_sign, "Python 3.13 refuses an authority without it; curl does not"


def test_a_server_is_trusted_by_its_address_and_name_and_by_no_other(authority):
    made = certificate.signed(
        certificate.elliptic(), "kube-apiserver", (), ["kubernetes"], ["10.244.0.1"], authority[0], authority[1], DAY
    )
    leaf = x509.load_pem_x509_certificate(made)
    ca = x509.load_pem_x509_certificate(authority[0].read_bytes())
    builder = verification.PolicyBuilder().store(verification.Store([ca]))
    builder.build_server_verifier(x509.DNSName("kubernetes")).verify(leaf, [])
    with pytest.raises(verification.VerificationError):
        builder.build_server_verifier(x509.DNSName("elsewhere")).verify(leaf, [])


def test_a_client_carries_its_name_and_groups_and_can_not_serve(authority):
    made = certificate.signed(
        certificate.elliptic(), "system:node:a", ["system:nodes"], [], [], authority[0], authority[1], DAY
    )
    leaf = x509.load_pem_x509_certificate(made)
    assert leaf.subject.rfc4514_string() == "CN=system:node:a,O=system:nodes", "Kubernetes reads user and groups there"
    usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [oid.ExtendedKeyUsageOID.CLIENT_AUTH], "a client's key must not pass for a server's"
