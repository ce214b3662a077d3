"""`logs`, `psql`, `shell`: into the pods of the local stack, with kubectl."""

import base64
import json
import os
import sys
from argparse import Namespace

from devcluster import engine
from devcluster.cli.places import NotThere
from devcluster.command import run
from devcluster.engine import Engine

LOG_LINES = 200
"""Lines of each container that `logs` begins with."""


def _stack() -> tuple[Engine, dict, list[str]]:
    """The stack, its outputs, and a kubectl in its namespace. Raises NotThere."""
    stack = engine.local()
    outputs = stack.outputs()
    if "namespace" not in outputs:
        raise NotThere("the local stack is not up: run `make up`")
    return stack, outputs, [*stack.cluster.kubectl(), "--namespace", outputs["namespace"]]


def logs(options: Namespace) -> int:
    """Logs of the apps and the database: on a terminal they go on until Ctrl-C."""
    _, outputs, kubectl = _stack()
    known = [*outputs["apps"], outputs["database"]["host"]]
    if options.app and options.app not in known:
        raise NotThere(f"there is no {options.app!r} in the local stack; there are {', '.join(known)}")
    wanted = options.app or ",".join(known)
    words = ["logs", "--selector", f"app.kubernetes.io/name in ({wanted})", "--all-containers", "--prefix"]
    follow = ["--follow", "--max-log-requests", "20"] if sys.stdout.isatty() else []
    _become([*kubectl, *words, f"--tail={LOG_LINES}", *follow])
    return 0


def psql(options: Namespace) -> int:
    """psql in the database's pod, logged in as a role; interactive on a terminal, else it reads SQL from stdin."""
    _, outputs, kubectl = _stack()
    pod = f"{outputs['database']['host']}-0"
    name = outputs["database"]["name"]
    execute = [*kubectl, "exec", "--stdin", *(["--tty"] if sys.stdin.isatty() else []), pod, "--"]
    stop = "" if sys.stdin.isatty() else "-v ON_ERROR_STOP=1 "
    if options.role == "superuser":
        _become([*execute, "sh", "-c", f'PGPASSWORD=$POSTGRES_PASSWORD exec psql {stop}-U "$POSTGRES_USER" -d {name}'])
    secret = outputs["credentials"][options.role]
    data = json.loads(run([*kubectl, "get", "secret", secret, "-o", "json"], timeout=30))["data"]
    user, password = (base64.b64decode(data[key]).decode() for key in ("username", "password"))
    # A password must not be a word of a command, which ps lists here and in the pod. The shell removes the file.
    file = f"/tmp/.pgpass-{os.getpid()}"  # noqa: S108 (in the pod, where /tmp is an emptyDir of its own)
    put = [*kubectl, "exec", "--stdin", pod, "--", "sh", "-c", f"umask 077; cat > {file}"]
    run(put, stdin=f"*:*:*:*:{password}\n", timeout=30)
    keep = f"trap 'rm -f {file}' EXIT; trap '' INT"  # Ctrl-C is psql's: it ends a query, not the session
    _become([*execute, "sh", "-c", f"{keep}; PGPASSFILE={file} psql {stop}-U {user} -d {name}"])
    return 0


def shell(options: Namespace) -> int:
    """A shell in the app's pod; without a terminal it reads commands from stdin."""
    _, outputs, kubectl = _stack()
    if options.app not in outputs["apps"]:
        known = ", ".join(outputs["apps"])
        raise NotThere(f"there is no app {options.app!r} in the local stack; there are {known}")
    tty = ["--tty"] if sys.stdin.isatty() else []
    _become([*kubectl, "exec", "--stdin", *tty, f"deployment/{options.app}", "--", "sh"])
    return 0


def _become(words: list[str]) -> None:
    """Let kubectl take this process's place, terminal and exit code."""
    sys.stdout.flush()
    os.execvp(words[0], words)  # noqa: S606 (without a shell, on purpose)
