"""What really is in a namespace: its objects by kubectl, its rows by psql, its answers over HTTP."""

import base64
import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KUBECTL_WITHIN = 60.0
"""Seconds that one kubectl command may take."""

LOOK_EVERY = 0.2
"""Seconds between two looks at something that is waited for."""

ANSWER_WITHIN = 5.0
"""Seconds that one HTTP request may take; the app gives up on its database after three."""

_LOG_IN = 'IFS= read -r PGPASSWORD; export PGPASSWORD; exec psql -X -q -A -t -h 127.0.0.1 -U "$1" -d "$2" -c "$3"'
"""The password comes by stdin: a word of a command would be seen by everybody who lists processes."""


class NotThere(AssertionError):
    """Something that was waited for did not come."""


@dataclass(frozen=True)
class Answer:
    """What a command or a request answered: `ok`, and its text."""

    ok: bool
    text: str


@dataclass(frozen=True)
class Live:
    """One namespace of the cluster that `kubectl_words` speak to."""

    namespace: str
    kubectl_words: tuple[str, ...]

    def ask(self, *words: str, stdin: str | None = None, within: float = KUBECTL_WITHIN) -> Answer:
        """One kubectl command in the namespace, whether it succeeds or not; one that takes longer does not."""
        try:
            done = subprocess.run(
                [*self.kubectl_words, "--namespace", self.namespace, *words],
                input=stdin,
                stdin=subprocess.DEVNULL if stdin is None else None,
                capture_output=True,
                text=True,
                timeout=within,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Answer(False, f"no end within {within:.0f} s")
        # Warnings of the API server are no part of an answer.
        text = done.stdout if done.returncode == 0 else done.stdout + done.stderr
        return Answer(done.returncode == 0, text.strip())

    def kubectl(self, *words: str, stdin: str | None = None) -> str:
        """One kubectl command in the namespace that must succeed; what it printed."""
        answer = self.ask(*words, stdin=stdin)
        assert answer.ok, f"`kubectl {' '.join(words)}` failed: {answer.text}"
        return answer.text

    def objects(self, kinds: str, *words: str) -> list[dict[str, Any]]:
        """Objects of these kinds (`pods,services`), with labels as `-l` where given."""
        return json.loads(self.kubectl("get", kinds, *words, "-o", "json"))["items"]

    def one(self, kind: str, name: str) -> dict[str, Any]:
        """One object."""
        return json.loads(self.kubectl("get", kind, name, "-o", "json"))

    def pods(self, workload: str) -> list[dict[str, Any]]:
        """The pods of a workload that are not being deleted."""
        found = self.objects("pods", "-l", f"app.kubernetes.io/name={workload}")
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def versions(self) -> dict[str, str]:
        """The resourceVersion of every object that a person or a controller may have touched, by kind and name."""
        kinds = self.kubectl("api-resources", "--namespaced", "--verbs=list", "-o", "name").split()
        quiet = [kind for kind in kinds if not kind.startswith(("events", "leases.", "pods.metrics"))]
        found = [*self.objects(",".join(quiet)), self.one("namespace", self.namespace)]
        return {f"{o['kind']}/{o['metadata']['name']}": o["metadata"]["resourceVersion"] for o in found}

    def secret(self, name: str) -> dict[str, str]:
        """The decoded entries of a Secret."""
        return {key: base64.b64decode(value).decode() for key, value in self.one("secret", name)["data"].items()}

    def psql(self, role: str, sql: str, database: str = "observer") -> Answer:
        """Run one statement as `owner`, `app`, `reader` or `superuser`, over TCP with that role's own password."""
        if role == "superuser":
            entries = self.secret("postgres-superuser")
            return self.psql_as(entries["POSTGRES_USER"], entries["POSTGRES_PASSWORD"], sql, database)
        entries = self.secret(f"postgres-{role}")
        return self.psql_as(entries["username"], entries["password"], sql, database)

    def psql_as(self, user: str, password: str, sql: str, database: str = "observer") -> Answer:
        """Run one statement as any role."""
        words = ["exec", "--stdin", "postgres-0", "--", "sh", "-c", _LOG_IN, "psql", user, database, sql]
        return self.ask(*words, stdin=f"{password}\n")

    def rows(self, sql: str) -> str:
        """What a query answers to the superuser: columns by `|`, a row a line."""
        answer = self.psql("superuser", sql)
        assert answer.ok, f"the superuser's `{sql}` failed: {answer.text}"
        return answer.text

    def evict(self, pod: str) -> Answer:
        """Ask for the eviction of a pod, as `kubectl drain` does."""
        body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod, "namespace": self.namespace}}
        path = f"/api/v1/namespaces/{self.namespace}/pods/{pod}/eviction"
        return self.ask("create", "--raw", path, "-f", "-", stdin=json.dumps(body))

    def address(self, service: str) -> str:
        """The cluster address of a Service, which answers on the node itself: `10.96.0.7:80`."""
        spec = self.one("service", service)["spec"]
        return f"{spec['clusterIP']}:{spec['ports'][0]['port']}"


def get(url: str, body: bytes | None = None, within: float = ANSWER_WITHIN) -> Answer:
    """GET `url`, or POST `body` to it, in at most `within` seconds. No proxy of the environment: the address is this
    machine's own."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, data=body), timeout=within) as response:  # noqa: S310
            return Answer(response.status in (200, 201), f"{response.status} {response.read().decode()}")
    except urllib.error.HTTPError as error:
        return Answer(False, f"{error.code} {error.read().decode(errors='replace')}")
    except OSError as error:
        return Answer(False, f"no answer: {error}")


def wait_for(what: str, look: Callable[[], Any], within: float) -> Any:
    """Look until the result is true, and return it; fail after `within` seconds with the last one."""
    until = time.monotonic() + within
    while not (seen := look()):
        if time.monotonic() > until:
            raise NotThere(f"{what} did not come within {within:.0f} s; last seen: {seen!r}")
        time.sleep(LOOK_EVERY)
    return seen
