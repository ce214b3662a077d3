"""Runs in a member's pod: what can be seen from there, and Patroni's REST API with the member's own certificate.

Standard library only, Python ≥ 3.10: it is handed to `python3 -c` in whatever image the member runs. One argument,
JSON; one line of JSON as the answer. No password is in either: psql's is in the pod's environment.
"""

import http.client
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

ANSWER = 8
"""Seconds for one answer: Patroni itself may try etcd for retry_timeout (5 by default) before it says no."""

EVERY = 0.1
"""Seconds between two questions to one member who is primary; each costs it a TLS handshake and a query."""

_METRICS = {
    "is_leader": "etcd_server_is_leader",
    "has_leader": "etcd_server_has_leader",
    "size": "etcd_mvcc_db_total_size_in_bytes",
    "quota": "etcd_server_quota_backend_bytes",
}

_SLOTS = """
SELECT json_build_object(
  'oldest_wal', (SELECT min((('x' || substr(name, 9, 8))::bit(32)::bigint << 32)
                            + ('x' || substr(name, 17, 8))::bit(32)::bigint
                              * pg_size_bytes(current_setting('wal_segment_size')))
                 FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$'),
  'slots', (SELECT coalesce(json_agg(json_build_object(
      'name', slot_name, 'active', active, 'status', coalesce(wal_status, ''),
      'held', coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint)), '[]'::json)
    FROM pg_replication_slots WHERE slot_type = 'physical'))
WHERE NOT pg_is_in_recovery()
"""


def context(folder):
    """TLS as a member: its certificate, its authority."""
    made = ssl.create_default_context(cafile=f"{folder}/ca.crt")
    made.load_cert_chain(f"{folder}/tls.crt", f"{folder}/tls.key")
    return made


def fetch(url, tls=None, method="GET", body=None, within=ANSWER):
    """(status, text) of one request; no proxy: every address is the cluster's own. Raises OSError."""
    handlers = [urllib.request.ProxyHandler({})] + ([urllib.request.HTTPSHandler(context=tls)] if tls else [])
    data = None if body is None else json.dumps(body).encode()
    try:
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310 (the caller's own addresses)
        with urllib.request.build_opener(*handlers).open(request, timeout=within) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except http.client.HTTPException as error:
        raise OSError(repr(error)) from error


def page(url, tls=None):
    """The JSON at `url`, whatever the status; {"missing": why} where there is none."""
    try:
        status, text = fetch(url, tls)
    except OSError as error:
        return {"missing": str(getattr(error, "reason", error))}
    try:
        return json.loads(text)
    except ValueError:
        return {"missing": f"HTTP {status}"}


def etcd(urls, tls):
    """Health and figures of one etcd member, and whether it asks for a password: with authentication on, only a user
    may see whether it is (etcdserver, apply_auth.go)."""
    health = page(f"{urls['health']}/health")
    if "missing" in health:
        return health
    try:
        text = fetch(f"{urls['health']}/metrics")[1]
        status, answer = fetch(f"{urls['client']}/v3/auth/status", tls, "POST", {})
    except OSError as error:
        return {"missing": str(error)}
    found = {"healthy": health.get("health") == "true", "reason": health.get("reason", "")}
    for key, name in _METRICS.items():
        value = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
        found[key] = float(value.group(1)) if value else 0
    version = re.search(r'^etcd_server_version\{server_version="([^"]+)"\} 1$', text, re.MULTILINE)
    is_open = status == 200 and not json.loads(answer).get("enabled")
    return {**found, "version": version.group(1) if version else "", "is_open": is_open}


def wal(words, user):
    """The primary's slots and its oldest WAL; nothing where psql could not ask."""
    environment = {
        **os.environ,
        "PGPASSWORD": os.environ.get("PATRONI_SUPERUSER_PASSWORD", ""),
        "PGCONNECT_TIMEOUT": "3",
    }
    command = [*words, "-XAtq", "-U", user, "-d", "postgres", "-c", _SLOTS]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=ANSWER, check=False)
        return json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return {}


def look(spec):
    """Everything that this member sees."""
    tls = context(spec["certificates"])
    with ThreadPoolExecutor(16) as pool:
        pages = {name: pool.submit(page, f"{spec['api']}/{name}", tls) for name in ("patroni", "cluster", "config")}
        members = {name: pool.submit(etcd, urls, tls) for name, urls in spec["etcd"].items()}
        slots = pool.submit(wal, spec["psql"], spec["superuser"])
        usage = shutil.disk_usage(spec["data"])
        return {
            "now": time.time(),
            "disk": {"total": usage.total, "free": usage.free},
            "etcd": {name: future.result() for name, future in members.items()},
            **slots.result(),
            **{name: future.result() for name, future in pages.items()},
        }


def ask(spec):
    """One request to Patroni's REST API: its status and text."""
    status, text = fetch(spec["url"], context(spec["certificates"]), spec["method"], spec.get("body"), spec["within"])
    return {"status": status, "text": text}


def follow(name, url, tls, seen, over):
    """Note in seen[name] when this member first and last said that it is primary, until `over`."""
    host, connection = urlsplit(url), None
    while not over.wait(EVERY):
        began = time.monotonic()
        try:
            connection = connection or http.client.HTTPSConnection(host.hostname, host.port, timeout=1, context=tls)
            connection.request("GET", "/primary")
            answer = connection.getresponse()
            answer.read()
            if answer.status == 200:
                seen[name] = (seen.get(name, (began,))[0], began)
        except (OSError, http.client.HTTPException):
            connection = None


def watch(spec):
    """`ask`, and meanwhile who says that it is primary, until another than `from` does or `settled` seconds are over.

    `gap`: seconds between the last yes of `from` and the first of `primary`; None where one of them was not seen.
    """
    tls, seen, over, former = context(spec["certificates"]), {}, threading.Event(), spec["from"]
    for name, url in spec["members"].items():
        threading.Thread(target=follow, args=(name, url, tls, seen, over), daemon=True).start()
    time.sleep(5 * EVERY)
    answer = ask(spec)
    until = time.monotonic() + spec["settled"]
    while time.monotonic() < until and not set(seen) - {former}:
        time.sleep(EVERY)
    over.set()
    first, name = min(((times[0], name) for name, times in seen.items() if name != former), default=(None, None))
    gap = first - seen[former][1] if name and former in seen else None
    return {**answer, "gap": gap, "primary": name}


if __name__ == "__main__":
    order = json.loads(sys.argv[1])
    try:
        print(json.dumps({"look": look, "ask": ask, "watch": watch}[order["do"]](order)))
    except Exception as error:
        print(json.dumps({"missing": f"{type(error).__name__}: {error}"}))
