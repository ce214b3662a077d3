"""Requests to the API server: JSON over connections that stay open, one for each thread."""

import contextlib
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from devcluster.plugins.kubernetes.kubeconfig import Access

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 60.0
"""The API server itself gives up after 60 s (--request-timeout)."""

CLOSED = (
    http.client.RemoteDisconnected,
    http.client.CannotSendRequest,
    ConnectionResetError,
    BrokenPipeError,
    ssl.SSLEOFError,
)
"""What a connection raises that the other side has closed."""

APPLY = "application/apply-patch+yaml"


class Unreachable(Exception):
    """No answer from the API server; the text names it and says what happened."""


class ApiError(Exception):
    """The API server refused. `code` is the HTTP status; `reason` and `details` are those of its Status object."""

    def __init__(self, code: int, status: dict[str, Any]) -> None:
        super().__init__(status.get("message") or f"the API server answered with {code}")
        self.code = code
        self.reason = status.get("reason", "")
        self.details = status.get("details") or {}

    @property
    def causes(self) -> list[dict[str, str]]:
        """The single complaints, each with `field`, `reason` and `message`."""
        return self.details.get("causes") or []


class Client:
    """Speaks to the API server behind `access`. Safe for many threads. `warn` gets each Warning header's text."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self._url = urlsplit(access.server)
        self._mine = threading.local()

    def get(self, path: str, **query: Any) -> Any:
        """The object or list at `path`. Raises ApiError and Unreachable, as all of these do."""
        return self.request("GET", path, query=query)

    def text(self, path: str, **query: Any) -> str:
        """What lies at `path` where that is no JSON, as the log of a container."""
        return self.request("GET", path, query=query, plain=True)

    def request(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: dict[str, Any] | None = None,
        content: str = "application/json",
        plain: bool = False,
        warn: Callable[[str], None] | None = None,
    ) -> Any:
        """Send one request and return its answer, decoded. All that are sent here may safely be sent twice."""
        target = self._url.path + path + (f"?{urlencode(query)}" if query else "")
        headers = {"Accept": "*/*" if plain else "application/json", "User-Agent": "pulumi-kubernetes"}
        headers |= self.access.headers()
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = content
        response, answer = self._exchange(method, target, data, headers)
        if warn is not None:
            for header in response.headers.get_all("Warning") or []:
                warn(_warning(header))
        if response.status >= 400:
            raise ApiError(response.status, _status(response, answer))
        return answer.decode(errors="replace") if plain else json.loads(answer)

    def _exchange(self, method: str, target: str, data: bytes | None, headers: dict[str, str]) -> Any:
        for attempt in (1, 2):
            connection = self._connection()
            try:
                connection.request(method, target, body=data, headers=headers)
                response = connection.getresponse()
                return response, response.read()
            except CLOSED:
                # A connection that was idle for too long is closed by the other side; the second one is new.
                self._drop()
                if attempt == 2:
                    raise self._unreachable("it closed the connection") from None
            except (OSError, http.client.HTTPException) as error:
                self._drop()
                raise self._unreachable(_in_words(error)) from error
        raise AssertionError

    def _connection(self) -> http.client.HTTPConnection:
        connection = getattr(self._mine, "connection", None)
        if connection is None:
            host, port = self._url.hostname or "", self._url.port
            if self.access.tls is not None:
                connection = http.client.HTTPSConnection(host, port, context=self.access.tls, timeout=CONNECT_SECONDS)
            else:
                connection = http.client.HTTPConnection(host, port, timeout=CONNECT_SECONDS)
            try:
                connection.connect()
            except (OSError, http.client.HTTPException) as error:
                raise self._unreachable(_in_words(error)) from error
            connection.sock.settimeout(ANSWER_SECONDS)
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._mine.connection = connection
        return connection

    def _drop(self) -> None:
        with contextlib.suppress(OSError):
            self._mine.connection.close()
        self._mine.connection = None

    def _unreachable(self, why: str) -> Unreachable:
        return Unreachable(f"the Kubernetes API server {self.access.server} can't be reached: {why}")


def _in_words(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message})"
    if isinstance(error, socket.gaierror):
        return "its name is not known here"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there (connection refused)"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return str(error) or type(error).__name__


def _status(response: http.client.HTTPResponse, answer: bytes) -> dict[str, Any]:
    with contextlib.suppress(ValueError):
        decoded = json.loads(answer)
        if isinstance(decoded, dict) and decoded.get("kind") == "Status":
            return decoded
    return {"message": f"{response.status} {response.reason}: {answer[:200].decode(errors='replace').strip()}"}


def _warning(header: str) -> str:
    """The text of `299 - "text"` (RFC 7234, 5.5)."""
    _, _, text = header.partition('"')
    return text.rstrip('"').replace('\\"', '"') or header
