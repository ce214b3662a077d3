"""What a client sees of a database that asks for TLS."""

import socket
import ssl
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.e2e.live import Live
from tests.e2e.stacks import Observer

SSL_REQUEST = struct.pack("!II", 8, 80877103)
"""What a client asks for TLS with (postgresql.org/docs, «Message Formats», SSLRequest)."""


@dataclass(frozen=True)
class Encrypted:
    """A stack that is up, and a directory for the files of clients."""

    observer: Observer
    place: Path

    @property
    def live(self) -> Live:
        """What really is in its namespace."""
        return self.observer.live

    @property
    def authority(self) -> Path:
        """The file with the certificate that clients trust, as the ConfigMap for them has it."""
        file = self.place / "ca.crt"
        file.write_text(self.live.one("configmap", "postgres-ca")["data"]["ca.crt"])
        return file

    def connect(self, role: str = "app", **words: Any) -> psycopg.Connection[Any]:
        """A connection by verify-full as one role, by the Service's name; `words` override any of libpq's."""
        entries = self.live.secret(f"postgres-{role}")
        given = {
            "host": f"postgres.{self.live.namespace}",
            "hostaddr": self.live.address("postgres").partition(":")[0],
            "dbname": entries["database"],
            "user": entries["username"],
            "password": entries["password"],
            "sslmode": "verify-full",
            "sslrootcert": str(self.authority),
            "connect_timeout": "5",
            "autocommit": True,
        }
        return psycopg.connect(**{**given, **words})

    def certificate(self) -> bytes:
        """The certificate that the server shows to a new connection."""
        address, _, port = self.live.address("postgres").partition(":")
        anyone = ssl.create_default_context()
        anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection((address, int(port)), timeout=5) as plain:
            plain.sendall(SSL_REQUEST)
            assert plain.recv(1) == b"S", "the server must take TLS"
            with anyone.wrap_socket(plain) as wrapped:
                return wrapped.getpeercert(binary_form=True) or b""

    def server(self) -> tuple[str, int]:
        """Which pod this is, and how often its container was started again."""
        pod = self.live.one("pod", "postgres-0")
        return pod["metadata"]["uid"], pod["status"]["containerStatuses"][0]["restartCount"]
