"""Where everything is, as the running stack says, and whether the app answers that it is ready."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console

from devcluster.cluster import Cluster
from devcluster.command import CommandFailed, run
from devcluster.engine import Engine

READY_WITHIN = 30.0
"""Seconds for which /ready is asked again. The Deployment was waited for already; its route may be a moment behind."""


class NotThere(Exception):
    """The local stack isn't up. The text says what to do."""


@dataclass(frozen=True)
class Places:
    """Where the local stack is. `apps` maps a Service to its URL, which works where the cluster's network is reached:

    on the embedded node's machine, and in any cluster's pods. `from_here` says how this machine gets to the database.
    """

    namespace: str
    database: str
    host: str
    port: int
    credentials: dict[str, str]
    apps: dict[str, str]
    from_here: str


@dataclass(frozen=True)
class Answer:
    """What GET `url` answered: the HTTP status (0 where there was no answer) and the body's beginning."""

    url: str
    status: int
    body: str

    @property
    def ok(self) -> bool:
        """Whether the app says that it is ready."""
        return self.status == 200


def find(stack: Engine) -> Places:
    """Read the stack's outputs and the Services' addresses. Raises NotThere, or CommandFailed."""
    outputs = stack.outputs()
    if "namespace" not in outputs:
        raise NotThere("the local stack is not up: run `make up`")
    namespace, database = outputs["namespace"], outputs["database"]
    services = json.loads(run([*stack.cluster.kubectl(), "get", "services", "-n", namespace, "-o", "json"], timeout=30))
    addresses = {
        item["metadata"]["name"]: (item["spec"].get("clusterIP", ""), item["spec"]["ports"][0]["port"])
        for item in services["items"]
    }
    service = database["host"].split(".")[0]
    address, port = addresses.get(service, ("", database["port"]))
    return Places(
        namespace=namespace,
        database=database["name"],
        host=database["host"],
        port=database["port"],
        credentials=outputs["credentials"],
        apps={name: _url(*addresses[name]) for name in outputs["apps"] if name in addresses},
        from_here=f"{address}:{port}" if stack.cluster.embedded else _forward(stack, namespace, service, port),
    )


def _forward(stack: Engine, namespace: str, service: str, port: int) -> str:
    return f"`kubectl --context {stack.cluster.context} -n {namespace} port-forward service/{service} {port}`"


def _url(address: str, port: int) -> str:
    return f"http://{address}" if port == 80 else f"http://{address}:{port}"


def ask_ready(cluster: Cluster, found: Places, say: Callable[[str], None]) -> Answer:
    """GET /ready of the first app, again until it says 200 or READY_WITHIN seconds have passed."""
    if not found.apps:
        return Answer("/ready", 0, "no app has a Service yet: run `make up`")
    name, address = next(iter(found.apps.items()))
    until = time.monotonic() + READY_WITHIN
    while True:
        answer = _get(f"{address}/ready") if cluster.embedded else _get_by_api(cluster, found, name, address)
        if answer.ok or time.monotonic() > until:
            return answer
        say(f"{answer.url} answers {answer.status or 'nothing'}: {answer.body[:80]}")
        time.sleep(0.5)


def _get(url: str) -> Answer:
    try:
        # No proxy of the environment: the address is this machine's own.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=5) as response:
            return Answer(url, response.status, response.read(400).decode(errors="replace").strip())
    except urllib.error.HTTPError as error:
        return Answer(url, error.code, error.read(400).decode(errors="replace").strip())
    except OSError as error:
        return Answer(url, 0, str(error))


def _get_by_api(cluster: Cluster, found: Places, name: str, address: str) -> Answer:
    """The same through the API server: a Service's address works only inside a cluster that is not this machine."""
    port = urllib.parse.urlsplit(address).port or 80
    path = f"/api/v1/namespaces/{found.namespace}/services/{name}:{port}/proxy/ready"
    try:
        return Answer(path, 200, run([*cluster.kubectl(), "get", "--raw", path], timeout=10)[:400].strip())
    except CommandFailed as error:
        return Answer(path, 0, str(error).splitlines()[-1].strip())


def show(console: Console, found: Places, answer: Answer | None) -> None:
    """Print where everything is."""
    rows = [
        ("namespace", found.namespace),
        ("database", f"{found.host}:{found.port}/{found.database} (from this machine {found.from_here})"),
        *(("credentials", f"{role}: Secret {secret}") for role, secret in found.credentials.items()),
        *((name, url) for name, url in found.apps.items()),
    ]
    if answer is not None:
        rows.append(("GET /ready", f"{answer.status or 'no answer'}  {answer.body}"))
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        console.print(f"  {name:<{width}}  {value}", highlight=False, markup=False, soft_wrap=True)
