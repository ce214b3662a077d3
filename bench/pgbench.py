"""Servers with different parameters and the same limits, and a pod from which pgbench speaks to one after the other."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bench.applications import HARDENED
from components.settings.workload import Resources
from devcluster import cluster
from devcluster.command import CommandFailed
from devcluster.images import postgres
from tests.e2e.live import Live

IMAGE = postgres.IMAGE.reference
_AVERAGE = re.compile(r"^latency average = ([\d.]+) ms", re.MULTILINE)
_FAILED = re.compile(r"^number of failed transactions: (\d+)", re.MULTILINE)
_STARTED_WITHIN = 120.0


@contextmanager
def servers(namespace: str, resources: Resources, parameters: Mapping[str, Mapping[str, str]]) -> Iterator["Servers"]:
    """A server for each entry of `parameters` and a client, in a namespace that is gone afterwards.

    Raises CommandFailed where one of them does not come.
    """
    live = Live(namespace, tuple(cluster.EMBEDDED.kubectl()))
    objects = [_pod("client", {}, ["sleep", "infinity"], None)]
    objects += [_pod(name, {"tuned": name}, _command(own), resources) for name, own in parameters.items()]
    try:
        _must(live.ask("create", "namespace", namespace))
        _must(live.ask("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})))
        ready = ["wait", "pods", "--all", "--for=condition=Ready", f"--timeout={_STARTED_WITHIN:.0f}s"]
        _must(live.ask(*ready, within=_STARTED_WITHIN + 10))
        yield Servers(live)
    finally:
        live.ask("delete", "namespace", namespace, "--ignore-not-found", "--wait", within=_STARTED_WITHIN)


def _command(parameters: Mapping[str, str]) -> list[str]:
    return ["postgres", *(word for name, value in parameters.items() for word in ("-c", f"{name}={value}"))]


def _pod(name: str, labels: Mapping[str, str], arguments: list[str], resources: Resources | None) -> dict[str, Any]:
    container: dict[str, Any] = {
        "name": "postgres",
        "image": IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "args": arguments,
        # Nobody else is in this namespace, and a password would be measured with every connection.
        "env": [{"name": "POSTGRES_HOST_AUTH_METHOD", "value": "trust"}],
        "securityContext": {**HARDENED, "readOnlyRootFilesystem": False},
    }
    if resources is not None:
        container["resources"] = resources.model_dump(mode="json")
        container["readinessProbe"] = {"exec": {"command": ["pg_isready", "-q", "-h", "127.0.0.1"]}, "periodSeconds": 1}
    security = {
        "runAsNonRoot": True,
        "runAsUser": 999,
        "runAsGroup": 999,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    spec = {"containers": [container], "securityContext": security, "terminationGracePeriodSeconds": 5}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": dict(labels)}, "spec": spec}


class Servers:
    """What runs in the namespace of `live`: pods that answer on their own addresses."""

    def __init__(self, live: Live) -> None:
        self._live = live
        pods = live.objects("pods", "-l", "tuned")
        self._hosts = {pod["metadata"]["name"]: pod["status"]["podIP"] for pod in pods}

    def fill(self, name: str, scale: int) -> None:
        """pgbench's tables, 100 000 accounts for each of `scale`: about 15 MB. They are read into shared_buffers as far
        as they fit: else the first runs would measure how long that takes, the longer the more there are."""
        self._client("pgbench", "-i", "-q", "-s", str(scale), "-h", self._hosts[name], "-U", "postgres", "postgres")
        self.sql(name, "CREATE EXTENSION pg_prewarm")
        for relation in ("pgbench_accounts", "pgbench_accounts_pkey"):
            self.sql(name, f"SELECT pg_prewarm('{relation}')")

    def sql(self, name: str, statement: str) -> str:
        """What one statement answers."""
        return self._client("psql", "-X", "-A", "-t", "-h", self._hosts[name], "-U", "postgres", "-c", statement)

    def milliseconds(self, name: str, clients: int, seconds: int, *, read_only: bool) -> float:
        """How long a transaction took on the average of a run. Raises CommandFailed where some failed."""
        flags = ["-S"] if read_only else []
        count = ["-c", str(clients), "-j", "1", "-T", str(seconds)]
        said = self._client("pgbench", "-n", *flags, *count, "-h", self._hosts[name], "-U", "postgres", "postgres")
        average, failed = _AVERAGE.search(said), _FAILED.search(said)
        if average is None or (failed is not None and failed[1] != "0"):
            raise CommandFailed(f"pgbench against {name}: {said}")
        return float(average[1])

    def _client(self, *words: str) -> str:
        return _must(self._live.ask("exec", "client", "--", *words, within=600.0))


def _must(answer: Any) -> str:
    if not answer.ok:
        raise CommandFailed(answer.text)
    return answer.text
