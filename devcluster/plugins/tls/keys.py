"""Private keys, and the forms in which they are given out. Source of the forms and ids: internal/provider/common_key.go
and resource_private_key.go of hashicorp/terraform-provider-tls, which the official plugin wraps."""

import base64
import hashlib
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

CURVES: dict[str, ec.EllipticCurve] = {
    "P224": ec.SECP224R1(),
    "P256": ec.SECP256R1(),
    "P384": ec.SECP384R1(),
    "P521": ec.SECP521R1(),
}
ALGORITHMS = ("RSA", "ECDSA", "ED25519")
SMALLEST_RSA = 1024
"""The library makes no smaller ones."""

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def generate(algorithm: str, curve: str, bits: int) -> Key:
    """A new key. `curve` counts for ECDSA only, `bits` for RSA only."""
    if algorithm == "ECDSA":
        return ec.generate_private_key(CURVES[curve])
    if algorithm == "RSA":
        return rsa.generate_private_key(public_exponent=65537, key_size=bits)
    return ed25519.Ed25519PrivateKey.generate()


def load(pem: str) -> Key:
    """The key in a PEM text of any form. Raises ValueError for anything else."""
    try:
        key = serialization.load_pem_private_key(pem.encode(), None)
    except TypeError as error:
        raise ValueError("an encrypted key") from error
    if isinstance(key, Key):
        return key
    raise ValueError("a key of another algorithm")


def algorithm(key: Key) -> str:
    """One of ALGORITHMS."""
    if isinstance(key, rsa.RSAPrivateKey):
        return "RSA"
    return "ECDSA" if isinstance(key, ec.EllipticCurvePrivateKey) else "ED25519"


def digest(key: Key) -> hashes.SHA256 | hashes.SHA384 | hashes.SHA512 | None:
    """The hash of what `key` signs: of its own strength, as Go's crypto/x509 chooses; Ed25519 has one of its own."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return {384: hashes.SHA384(), 521: hashes.SHA512()}.get(key.curve.key_size, hashes.SHA256())
    return hashes.SHA256() if isinstance(key, rsa.RSAPrivateKey) else None


def private_forms(key: Key) -> dict[str, str]:
    """The outputs that hold the private key itself."""

    def form(name: serialization.PrivateFormat) -> str:
        return key.private_bytes(serialization.Encoding.PEM, name, serialization.NoEncryption()).decode()

    pkcs8 = form(serialization.PrivateFormat.PKCS8)
    return {
        "privateKeyPem": pkcs8 if algorithm(key) == "ED25519" else form(serialization.PrivateFormat.TraditionalOpenSSL),
        "privateKeyPemPkcs8": pkcs8,
        "privateKeyOpenssh": form(serialization.PrivateFormat.OpenSSH) if _has_openssh(key) else "",
    }


def public_forms(key: Key) -> dict[str, str]:
    """The outputs about the public key."""
    public = key.public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    found = dict.fromkeys(("publicKeyOpenssh", "publicKeyFingerprintMd5", "publicKeyFingerprintSha256"), "")
    if _has_openssh(key):
        line = public.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()
        blob = base64.b64decode(line.split()[1])
        found["publicKeyOpenssh"] = line + "\n"
        found["publicKeyFingerprintMd5"] = hashlib.md5(blob, usedforsecurity=False).digest().hex(":")
        sha256 = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
        found["publicKeyFingerprintSha256"] = f"SHA256:{sha256}"
    return {"publicKeyPem": pem, **found}


def identifier(der: bytes) -> str:
    """The id of a resource that is `der`: util.go, hashForState."""
    return hashlib.sha1(der.strip(), usedforsecurity=False).hexdigest()


def public_der(outputs: dict[str, Any]) -> bytes:
    """The public key of a PrivateKey's outputs as DER."""
    public = serialization.load_pem_public_key(outputs["publicKeyPem"].encode())
    return public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _has_openssh(key: Key) -> bool:
    """OpenSSH has no curve P-224."""
    return not (isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.key_size == 224)
