"""HTTPS with the members' certificate: requests, and a look at the certificate that a server shows."""

import http.client
import socket
import ssl
import struct
from pathlib import Path
from urllib.parse import urlsplit

PATIENCE = 5.0
"""Seconds for an answer, where nothing says otherwise: Patroni and etcd answer within milliseconds or not at all."""
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
"""PostgreSQL's frontend/backend protocol, «SSLRequest»: its answer S means that a TLS handshake follows."""


class Refused(Exception):
    """The server's own answer is no; asking again will not change it."""


def context(certificates: Path, *, verify: bool = True) -> ssl.SSLContext:
    """TLS with the certificate in a folder of tls.crt, tls.key, ca.crt. Without `verify` any server will do."""
    made = ssl.create_default_context(cafile=str(certificates / "ca.crt"))
    made.load_cert_chain(certificates / "tls.crt", certificates / "tls.key")
    if not verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made


def request(
    tls: ssl.SSLContext,
    method: str,
    url: str,
    body: str | None = None,
    *,
    headers: dict[str, str] | None = None,
    seconds: float = PATIENCE,
) -> tuple[int, str]:
    """Status and text of the answer. Raises OSError where none comes within `seconds`."""
    parts = urlsplit(url)
    connection = http.client.HTTPSConnection(parts.netloc, timeout=seconds, context=tls)
    try:
        connection.request(method, parts.path, body, headers or {})
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace").strip()
    except http.client.HTTPException as error:
        raise ConnectionError(f"{type(error).__name__} {error}") from error
    finally:
        connection.close()


def in_file(certificate: Path) -> bytes:
    """The first certificate of a PEM file, as DER."""
    end = "-----END CERTIFICATE-----"
    return ssl.PEM_cert_to_DER_cert(certificate.read_text().partition(end)[0] + end)


def shown(tls: ssl.SSLContext, host: str, port: int, *, postgresql: bool = False) -> bytes:
    """The certificate that a server shows, as DER. Raises OSError."""
    with socket.create_connection((host, port), PATIENCE) as plain:
        if postgresql:
            plain.sendall(_SSL_REQUEST)
            if plain.recv(1) != b"S":
                raise ConnectionError("no TLS")
        with tls.wrap_socket(plain, server_hostname=host) as encrypted:
            return encrypted.getpeercert(binary_form=True) or b""


def common_name(certificate: Path) -> str:
    """The common name in a PEM file's subject, or "". Patroni decodes by the same function of the standard library."""
    subject = getattr(ssl, "_ssl")._test_decode_cert(str(certificate)).get("subject", ())  # noqa: B009 (no stub has it)
    return next((value for part in subject for name, value in part if name == "commonName"), "")
