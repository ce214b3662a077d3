"""Requests through a Service, all along, and what became of each."""

import threading
import time
from dataclasses import dataclass, field
from typing import Self

from tests.e2e.live import get

EVERY = 0.05
"""Seconds between two requests."""


@dataclass(frozen=True)
class Request:
    """One request: seconds since the traffic began, whether it was answered with 200, and the answer."""

    at: float
    ok: bool
    text: str


@dataclass
class Traffic:
    """GET `url` every 50 ms, each on a new connection, while the `with` block runs."""

    url: str
    requests: list[Request] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(EVERY):
            at = time.monotonic() - self._began
            answer = get(self.url)
            self.requests.append(Request(at, answer.ok, answer.text))

    @property
    def failed(self) -> list[Request]:
        """The requests that were not answered with 200."""
        return [request for request in self.requests if not request.ok]

    def says(self) -> str:
        """The traffic in a few words, with the first failures."""
        lines = [f"{request.at:.2f} s: {request.text[:160]}" for request in self.failed[:8]]
        return "\n".join([f"{len(self.failed)} of {len(self.requests)} requests failed", *lines])
