"""The Kubernetes API by the standard library alone: the node waits, applies and looks, and starts in a blink.

(Importing the `kubernetes` client takes about a second; a healthy start takes less than that in all.)
"""

import http.client
import json
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from devcluster.node import layout, pki
from devcluster.node.pki import Leaf

Object = dict[str, Any]
MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"


class ApiFailed(Exception):
    """The API server refused, or did not answer: `status` is the HTTP code, 0 for no answer."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Api:
    """The node's API server, asked as `leaf`. `timeout` is in seconds, for each request."""

    def __init__(self, leaf: Leaf = pki.ADMIN, timeout: float = 10.0) -> None:
        self.leaf = leaf
        self.timeout = timeout

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(pki.CA))
        context.load_cert_chain(self.leaf.certificate, self.leaf.key)
        return context

    def _open(self, method: str, path: str, body: object, content: str, timeout: float) -> http.client.HTTPResponse:
        connection = http.client.HTTPSConnection(
            layout.NODE_ADDRESS, layout.API_PORT, timeout=timeout, context=self._tls
        )
        headers = {"Accept": "application/json", "Content-Type": content}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            raise ApiFailed(0, f"the API server at {layout.API_SERVER} does not answer: {error}") from error
        if answer.status >= 300:
            raise ApiFailed(answer.status, f"{method} {path}: {_message(answer.read())}")
        return answer

    def text(self, path: str, timeout: float | None = None) -> str:
        """What GET `path` answers, as text. Raises ApiFailed."""
        return self._read(self._open("GET", path, None, "application/json", timeout or self.timeout)).decode()

    def request(self, method: str, path: str, body: object = None, content: str = "application/json") -> Object:
        """The object that the API server answers. Raises ApiFailed."""
        answer = self._open(method, path, body, content, self.timeout)
        return json.loads(self._read(answer) or b"{}")

    @staticmethod
    def _read(answer: http.client.HTTPResponse) -> bytes:
        try:
            with answer:
                return answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise ApiFailed(0, f"the API server broke off its answer: {error}") from error

    def get(self, path: str) -> Object:
        """The object or list at `path`. Raises ApiFailed."""
        return self.request("GET", path)

    def items(self, path: str) -> list[Object]:
        """The objects of the list at `path`. Raises ApiFailed."""
        return self.get(path)["items"]

    def merge(self, path: str, patch: Mapping[str, object]) -> Object:
        """Merge `patch` (RFC 7386) into the object at `path`. Raises ApiFailed."""
        return self.request("PATCH", path, patch, MERGE)

    def apply(self, path: str, wanted: Mapping[str, Any]) -> Object:
        """Make the object at `path` as `wanted`, by server-side apply. Raises ApiFailed."""
        return self.request("PATCH", f"{path}?fieldManager=devcluster&force=true", wanted, APPLY)

    def watch(self, path: str, seconds: int) -> Iterator[Object]:
        """Events of the list at `path`, from now on and for at most `seconds`. Raises ApiFailed."""
        with self._open(
            "GET", f"{path}?watch=true&timeoutSeconds={seconds}", None, "application/json", seconds + 5
        ) as answer:
            try:
                for line in answer:
                    yield json.loads(line)
            except (OSError, http.client.HTTPException, ValueError) as error:
                raise ApiFailed(0, f"the watch of {path} broke off: {error}") from error


def _message(body: bytes) -> str:
    try:
        return json.loads(body)["message"]
    except (ValueError, KeyError, TypeError):
        return body.decode(errors="replace")[:300]


def until(done: Callable[[], str], say: Callable[[str], None], seconds: float, still_alive: Callable[[], None]) -> None:
    """Wait until `done` returns nothing; what it returns is what is still waited for.

    `still_alive` raises when waiting became pointless. Raises TimeoutError with the last reason after `seconds`.
    """
    deadline = time.monotonic() + seconds
    while waits_for := done():
        still_alive()
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {seconds:.0f} s it still waits for {waits_for}")
        say(waits_for)
        time.sleep(0.1)
