"""What runs in a member's pod, with servers of this process in place of Patroni and etcd."""

import ast
import json
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from operations import inside

METRICS = """\
# TYPE etcd_server_is_leader gauge
etcd_server_is_leader 1
etcd_server_has_leader 1
etcd_mvcc_db_total_size_in_bytes 45056
etcd_server_quota_backend_bytes 5.36870912e+08
etcd_server_version{server_version="3.6.5"} 1
"""
PAGES = {
    "/health": (200, '{"health":"true","reason":""}'),
    "/metrics": (200, METRICS),
    "/v3/auth/status": (400, '{"code":3, "message":"etcdserver: user name is empty"}'),
    "/patroni": (503, '{"state": "stopped"}'),
    "/broken": (500, "<html>"),
}


class _Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, text = self.server.pages[self.path]  # type: ignore[attr-defined]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def served() -> Iterator[tuple[str, dict[str, tuple[int, str]]]]:
    """The address of a server, and its pages."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    server.pages = dict(PAGES)  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", server.pages  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()


def test_it_needs_nothing_but_python():
    tree = ast.parse(Path(inside.__file__).read_text())
    names = {
        alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    names |= {node.module.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    assert names <= sys.stdlib_module_names, "whatever image brings Patroni, it runs there"


def test_a_page_is_read_whatever_its_status(served):
    url, _ = served
    assert inside.page(f"{url}/patroni") == {"state": "stopped"}, "Patroni says 503 of a standby, and says why"
    assert inside.page(f"{url}/broken") == {"missing": "HTTP 500"}
    assert "refused" in inside.page("http://127.0.0.1:1/")["missing"]


def test_etcd_is_read_from_its_health_page_and_its_metrics(served):
    url, _ = served
    assert inside.etcd({"health": url, "client": url}, None) == {
        "healthy": True,
        "reason": "",
        "is_leader": 1.0,
        "has_leader": 1.0,
        "size": 45056.0,
        "quota": 536870912.0,
        "version": "3.6.5",
        "is_open": False,
    }


def test_etcd_that_tells_anybody_that_it_asks_for_no_password_is_open(served):
    url, pages = served
    pages["/v3/auth/status"] = (200, '{"header":{}, "authRevision":"1"}')
    assert inside.etcd({"health": url, "client": url}, None)["is_open"], "false is left out of etcd's JSON"


def _watched(monkeypatch, seen):
    monkeypatch.setattr(inside, "EVERY", 0.001)
    monkeypatch.setattr(inside, "context", lambda folder: None)
    monkeypatch.setattr(inside, "ask", lambda spec: {"status": 200, "text": "done"})
    monkeypatch.setattr(
        inside, "follow", lambda name, url, tls, found, over: found.update({name: seen[name]} if name in seen else {})
    )
    order = {
        "certificates": "",
        "from": "pg-2",
        "members": dict.fromkeys(("pg-0", "pg-1", "pg-2"), ""),
        "settled": 0.01,
    }
    return inside.watch(order)


def test_the_gap_is_from_the_last_yes_of_the_old_primary_to_the_first_of_the_new(monkeypatch):
    found = _watched(monkeypatch, {"pg-2": (1.0, 5.0), "pg-1": (6.5, 9.0)})
    assert found == {"status": 200, "text": "done", "gap": 1.5, "primary": "pg-1"}


def test_a_gap_that_was_not_seen_is_none(monkeypatch):
    assert _watched(monkeypatch, {"pg-2": (1.0, 5.0)})["gap"] is None, "nobody else became primary in time"
    assert _watched(monkeypatch, {"pg-1": (6.5, 9.0)})["gap"] is None, "the old one was never seen"


def test_the_primary_is_noted_from_its_own_answers(served):
    url, pages = served
    pages["/primary"] = (200, "{}")
    seen, over = {}, threading.Event()

    class Plain(inside.http.client.HTTPConnection):
        def __init__(self, host, port, timeout, context):
            super().__init__(host, port, timeout=timeout)

    secure, inside.http.client.HTTPSConnection = inside.http.client.HTTPSConnection, Plain
    every, inside.EVERY = inside.EVERY, 0.002
    try:
        thread = threading.Thread(target=inside.follow, args=("pg-1", url, None, seen, over))
        thread.start()
        until = time.monotonic() + 5
        while "pg-1" not in seen and time.monotonic() < until:
            time.sleep(0.001)
        over.set()
        thread.join(2)
    finally:
        inside.http.client.HTTPSConnection, inside.EVERY = secure, every
    first, last = seen["pg-1"]
    assert first <= last


def test_what_goes_wrong_inside_is_an_answer_too(capsys, monkeypatch):
    order = {"do": "ask", "certificates": "/nowhere", "url": "", "method": "GET", "within": 1}
    monkeypatch.setattr(sys, "argv", ["inside", json.dumps(order)])
    exec(compile(Path(inside.__file__).read_text(), "inside", "exec"), {"__name__": "__main__"})  # noqa: S102
    assert "FileNotFoundError" in json.loads(capsys.readouterr().out)["missing"]
