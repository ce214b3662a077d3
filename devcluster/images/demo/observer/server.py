"""The HTTP endpoints: /health, /ready and /observations."""

import json
import logging
import time
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from observer import files
from observer.database import Database, Unreachable
from observer.observation import BadObservation, observation
from observer.settings import Settings

MOST_BYTES = 64 * 1024
LAST_ROWS = 20
SLOWEST = 1.0
"""Seconds that a round trip to the database may take while the app counts as ready."""

_log = logging.getLogger("observer.server")


class Server(ThreadingHTTPServer):
    """The app's HTTP server; each request has a thread of its own, and none holds up the end of the process."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, settings: Settings, database: Database) -> None:
        super().__init__(("", settings.port), Handler)
        self.settings = settings
        self.database = database
        self.began = time.monotonic()

    def health(self) -> dict[str, Any]:
        """Whether the process lives: always, with its uptime in seconds."""
        now = datetime.now().astimezone().isoformat()
        return {"status": "healthy", "timestamp": now, "uptime_seconds": round(time.monotonic() - self.began, 2)}

    def readiness(self) -> dict[str, Any]:
        """Whether it can do its work: a row written and counted within a second, and every directory writable."""
        problems = files.problems(self.settings.directories, self.settings.pod)
        began = time.monotonic()
        answer: dict[str, Any] = {}
        try:
            answer["pods_heard"] = self.database.beat(self.settings.pod)
        except Unreachable as error:
            problems.append(f"database: {error}")
        took = time.monotonic() - began
        if not problems and took > SLOWEST:
            problems.append(f"database: a round trip took {took:.1f} s")
        answer |= {"status": "not ready" if problems else "ready", "round_trip_ms": round(took * 1000, 1)}
        return answer | ({"problems": problems} if problems else {})


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server  # pyright: ignore[reportIncompatibleVariableOverride]
    protocol_version = "HTTP/1.1"
    timeout = 10  # seconds without a byte

    def do_GET(self) -> None:
        """Answer /, /health, /ready and /observations."""
        path = self.path.partition("?")[0]
        if path == "/health":
            self._answer(HTTPStatus.OK, self.server.health())
        elif path == "/ready":
            found = self.server.readiness()
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE if "problems" in found else HTTPStatus.OK, found)
        elif path == "/observations":
            self._with_database(self._list)
        elif path == "/":
            self._answer(HTTPStatus.OK, {"observer": "demo", "paths": ["/health", "/ready", "/observations"]})
        else:
            self._answer(HTTPStatus.NOT_FOUND, {"error": "there are /health, /ready and /observations"})

    def do_POST(self) -> None:
        """Keep an observation."""
        length = self.headers.get("Content-Length", "")
        if self.path != "/observations" or not length.isdigit() or int(length) > MOST_BYTES:
            self.close_connection = True  # the body stays unread
            error = f"POST /observations takes a body of known length up to {MOST_BYTES} bytes"
            self._answer(HTTPStatus.BAD_REQUEST, {"error": error})
            return
        body = self.rfile.read(int(length))
        try:
            symbol, price = observation(body)
        except BadObservation as error:
            self._answer(HTTPStatus.BAD_REQUEST, {"error": str(error)})
            return
        self._with_database(lambda: self._keep(symbol, price))

    def _list(self) -> None:
        count, rows = self.server.database.last(LAST_ROWS)
        self._answer(HTTPStatus.OK, {"count": count, "last": rows})

    def _keep(self, symbol: str, price: str) -> None:
        pod = self.server.settings.pod
        number = self.server.database.add(symbol, price, pod)
        row = {"id": number, "symbol": symbol, "price": price, "pod": pod}
        files.append(self.server.settings.directories, pod, {"at": datetime.now().astimezone(), **row})
        self._answer(HTTPStatus.CREATED, row)

    def _with_database(self, work: Any) -> None:
        try:
            work()
        except Unreachable as error:
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, {"error": f"database: {error}"})

    def _answer(self, status: HTTPStatus, content: dict[str, Any]) -> None:
        body = json.dumps(content, ensure_ascii=False, default=str).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *words: object) -> None:
        """Each request, at level DEBUG: probes alone are several a second."""
        _log.debug(format, *words)
