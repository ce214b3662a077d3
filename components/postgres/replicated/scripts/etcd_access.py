"""Has etcd ask for passwords: user `root`, and user `patroni`, which may touch the keys of its cluster and no others.

Runs before the members start, and again whenever its definition changes; what is as wanted is left alone, so it may be
killed and started anew at any moment. It speaks etcd's JSON gateway, as Patroni does: a run that ends well also shows
that Patroni will get in. Prints one line a step; exits with 1 and the reason otherwise, and never says a password.

Reads from the environment
    ETCD_HOSTS          host:port of every etcd member, separated by commas; any of them that answers will do
    ETCD_ROOT_PASSWORD  password of etcd's user root
    ETCD_PASSWORD       password of etcd's user patroni
    ETCD_PREFIX         what the keys of the cluster start with: /service/pg-ha/
    CERTIFICATES        folder with tls.crt, tls.key and ca.crt; the certificate must have no common name
    DEADLINE            seconds to wait for a majority of the etcd members
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import https
from .grants import PATRONI, ROOT, Found, steps
from .https import Refused

Call = Callable[..., dict[str, Any]]
"""`call(path below /v3/auth/, token, **fields)` is etcd's answer; raises Refused, or OSError where none came."""

LATER = {4, 14, 16}
"""gRPC's DeadlineExceeded, Unavailable (no leader, no majority), Unauthenticated (a token from before a change)."""
CHANGED_MEANWHILE = ("revision of auth store is old", "user name is empty")
"""Refusals that come from another run of this program at the same time: the next pass sees what that one did."""


def answer(status: int, text: str) -> dict[str, Any]:
    """The document in etcd's answer. Raises Refused, or ConnectionError where a later answer may be another one."""
    try:
        document = json.loads(text)
    except ValueError:
        document = {"message": text}
    if status == 200:
        return document
    message = str(document.get("message") or f"HTTP {status}")
    if status >= 500 or document.get("code") in LATER or any(part in message for part in CHANGED_MEANWHILE):
        raise ConnectionError(message)
    raise Refused(message)


def gateway(hosts: list[str], certificates: Path) -> Call:
    """`call` over HTTPS, to the first member that answers."""
    tls = https.context(certificates)

    def call(path: str, token: str, **fields: Any) -> dict[str, Any]:
        failures: list[str] = []
        for host in hosts:
            headers = {"Authorization": token} if token else {}
            try:
                return answer(
                    *https.request(tls, "POST", f"https://{host}/v3/auth/{path}", json.dumps(fields), headers=headers)
                )
            except OSError as error:
                failures.append(f"{host}: {error}")
        raise ConnectionError("; ".join(failures))

    return call


def token_of(call: Call, name: str, password: str) -> str | None:
    """A token for this user; "" while etcd asks for no passwords, None if it knows another one."""
    try:
        return call("authenticate", "", name=name, password=password)["token"]
    except Refused as refusal:
        if "authentication is not enabled" in str(refusal):
            return ""
        if "authentication failed" in str(refusal):
            return None
        raise


def read(call: Call, token: str, passwords: dict[str, str]) -> Found:
    """What etcd has of the users in `passwords` and of their roles."""
    users = [name for name in call("user/list", token).get("users", []) if name in passwords]
    roles = [name for name in call("role/list", token).get("roles", []) if name in passwords]
    return Found(
        {name: call("user/get", token, name=name).get("roles", []) for name in users},
        {name: call("role/get", token, role=name).get("perm", []) for name in roles},
        bool(token),
        frozenset(name for name in users if token_of(call, name, passwords[name]) is None),
    )


def settle(call: Call, passwords: dict[str, str], prefix: str, say: Callable[[str], None]) -> None:
    """One pass, from whatever is found to what is wanted. Raises Refused, and OSError from `call`."""
    token = token_of(call, ROOT, passwords[ROOT])
    if token is None:
        raise Refused(
            "etcd knows another password of root than ETCD_ROOT_PASSWORD: put the former one back into the Secret,"
            " or change it in etcd first (`etcdctl user passwd root`)"
        )
    for step in steps(read(call, token, passwords), passwords, prefix):
        try:
            call(step.path, token, **step.fields)
        except Refused as refusal:
            # Another run was here a moment ago: what should be so is so.
            if "already exists" not in str(refusal) and "is not granted to" not in str(refusal):
                raise
        say(step.text)
    if not token_of(call, PATRONI, passwords[PATRONI]):
        raise ConnectionError(f"user {PATRONI} did not get in")
    say(f"etcd asks for passwords; {PATRONI} reads and writes {prefix} and nothing else")


def main() -> None:
    """Passes until one of them ends, at most DEADLINE seconds."""
    passwords = {ROOT: os.environ["ETCD_ROOT_PASSWORD"], PATRONI: os.environ["ETCD_PASSWORD"]}
    certificates, prefix, seconds = Path(os.environ["CERTIFICATES"]), os.environ["ETCD_PREFIX"], os.environ["DEADLINE"]
    if name := https.common_name(certificates / "tls.crt"):
        sys.exit(
            f"{certificates}/tls.crt has the common name {name!r}: once etcd asks for passwords, its JSON gateway, the"
            " only way that Patroni speaks, refuses a client that has one. Issue it with alternative names alone"
        )
    call, end, told = gateway(os.environ["ETCD_HOSTS"].split(","), certificates), time.monotonic() + float(seconds), ""
    while True:
        try:
            return settle(call, passwords, prefix, lambda text: print(text, flush=True))
        except Refused as refusal:
            sys.exit(f"etcd refuses: {refusal}")
        except OSError as error:
            if time.monotonic() > end:
                sys.exit(f"no majority of etcd within {seconds} s: {error}")
            if str(error) != told:
                told = str(error)
                print(f"waiting for etcd: {told}", flush=True)
        time.sleep(1)


if __name__ == "__main__":
    main()
