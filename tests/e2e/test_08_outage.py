"""The database's pod goes, in order or not: no row is lost, and the app is ready again within 30 seconds."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.live import Live, get, wait_for
from tests.e2e.stacks import Observer
from tests.e2e.traffic import Traffic

READY_WITHIN = 30.0
"""Seconds from the pod's deletion, or its death, until the app says again that it is ready."""

NOTICED_WITHIN = 10.0
KEEPS_CONNECTED = "import psycopg2, time; c = psycopg2.connect(''); c.cursor().execute('SELECT pg_sleep(300)')"
"""A client in the middle of a query that takes longer than anybody would wait for."""


@contextmanager
def a_busy_client(live: Live) -> Iterator[None]:
    """A connection of the app's role that does not go by itself."""
    words = [*live.kubectl_words, "-n", live.namespace, "exec", "deployment/observer", "--", "python3", "-c"]
    client = subprocess.Popen([*words, KEEPS_CONNECTED], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        sleeping = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND usename = 'observer_app'"
        wait_for("the busy client", lambda: live.rows(sleeping) == "1", NOTICED_WITHIN)
        yield
    finally:
        client.kill()
        client.wait()


def outage(traffic: Traffic) -> float:
    """Seconds from the first failed request to the next one that succeeded for good."""
    failed = traffic.failed
    assert failed, "nobody noticed that the database was gone: the test did not do what it says"
    return next(request.at for request in traffic.requests if request.at > failed[-1].at) - failed[0].at


def postmaster(live: Live) -> int:
    """The process id, on this machine, of the server in the pod."""
    uid = live.one("pod", "postgres-0")["metadata"]["uid"]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            inside = {uid, uid.replace("-", "_")}
            words = (process / "cmdline").read_text().split("\0")
            if words[0] == "postgres" and "-c" in words and any(u in (process / "cgroup").read_text() for u in inside):
                return int(process.name)
        except OSError:
            continue
    raise AssertionError("no postgres runs on this machine for the pod postgres-0")


def test_a_deleted_database_pod_keeps_its_data_and_the_app_is_ready_again_in_time(observer: Observer) -> None:
    live = observer.live
    rows = live.rows("SELECT count(*) FROM observation")
    before = live.one("pod", "postgres-0")["metadata"]["uid"]
    with a_busy_client(live), Traffic(f"{observer.url}/ready") as traffic:
        live.kubectl("delete", "pod", "postgres-0", "--wait=false")
        wait_for("an outage", lambda: traffic.failed, READY_WITHIN)
        wait_for("readiness", lambda: all(r.ok for r in traffic.requests[-20:]), READY_WITHIN)
    assert live.one("pod", "postgres-0")["metadata"]["uid"] != before, "the StatefulSet must have made another pod"
    assert outage(traffic) < READY_WITHIN, f"the app must be ready again within 30 s: {traffic.says()}"
    assert live.rows("SELECT count(*) FROM observation") == rows, "a pod's end must not cost a row"
    said = live.kubectl("logs", "postgres-0")
    assert "was not properly shut down" not in said, f"a deleted pod must shut down in order, clients or not:\n{said}"


def test_a_killed_server_recovers_and_the_app_is_ready_again_in_time(observer: Observer) -> None:
    live = observer.live
    rows = live.rows("SELECT count(*) FROM observation")
    with a_busy_client(live), Traffic(f"{observer.url}/ready") as traffic:
        os.kill(postmaster(live), signal.SIGKILL)
        wait_for("an outage", lambda: traffic.failed, READY_WITHIN)
        wait_for("readiness", lambda: all(r.ok for r in traffic.requests[-20:]), READY_WITHIN)
    assert outage(traffic) < READY_WITHIN, f"the app must be ready again within 30 s: {traffic.says()}"
    assert live.rows("SELECT count(*) FROM observation") == rows, "a crash must not cost a committed row"
    (status,) = live.one("pod", "postgres-0")["status"]["containerStatuses"]
    assert status["restartCount"] == 1, f"the kubelet must have started the container again, once: {status}"
    assert get(f"{observer.url}/ready").ok, "the app must be ready"
