"""One namespace of a live cluster, through the kubernetes client; the context is always the stack's own (rule 9)."""

import json
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import websocket
from kubernetes import client, config
from kubernetes.stream import stream
from urllib3.exceptions import HTTPError
from websocket import WebSocketException

from components.settings.mistakes import nearest
from operations.refusals import CantTell
from operations.running import Done, follow

_ANSWER = 10
"""Seconds for one answer of the API server."""

_LINES = 200
"""Of a log: Go prints about 30 behind the one that says why it ended."""


@dataclass(frozen=True)
class Namespace:
    """Pods, their logs, commands in them, and Jobs."""

    context: str
    name: str

    def _api(self) -> client.CoreV1Api:
        """A client of its own each time: running a command puts another transport into it for that while."""
        websocket.setdefaulttimeout(_ANSWER)
        try:
            return client.CoreV1Api(config.new_client_from_config(context=self.context))
        except config.ConfigException as error:
            raise CantTell(_no_way(self.context, str(error))) from error

    def pods(self, selector: str) -> list[dict[str, Any]]:
        """The pods with these labels, as JSON. Raises CantTell."""
        with _told(f"context {self.context}, namespace {self.name}"):
            answer: Any = self._api().list_namespaced_pod(
                self.name, label_selector=selector, _request_timeout=_ANSWER, _preload_content=False
            )
            return json.loads(answer.data)["items"]

    def failed_jobs(self, selector: str) -> list[str]:
        """The names of the Jobs with these labels that gave up. Raises CantTell."""
        with _told(f"context {self.context}, namespace {self.name}"):
            answer: Any = self._batch().list_namespaced_job(
                self.name, label_selector=selector, _request_timeout=_ANSWER, _preload_content=False
            )
            jobs = json.loads(answer.data)["items"]
        return [
            job["metadata"]["name"]
            for job in jobs
            if any(one["type"] == "Failed" and one["status"] == "True" for one in job["status"].get("conditions", ()))
        ]

    def _batch(self) -> client.BatchV1Api:
        return client.BatchV1Api(self._api().api_client)

    def cron_job(self, name: str) -> dict[str, Any]:
        """A CronJob, as JSON. Raises CantTell, also where there is none."""
        with _told(f"CronJob {name} in namespace {self.name} of context {self.context}"):
            answer: Any = self._batch().read_namespaced_cron_job(
                name, self.name, _request_timeout=_ANSWER, _preload_content=False
            )
            return json.loads(answer.data)

    def job(self, name: str) -> dict[str, Any]:
        """A Job, as JSON. Raises CantTell."""
        with _told(f"Job {name} in namespace {self.name} of context {self.context}"):
            answer: Any = self._batch().read_namespaced_job(
                name, self.name, _request_timeout=_ANSWER, _preload_content=False
            )
            return json.loads(answer.data)

    def make_job(self, body: Any) -> dict[str, Any]:
        """Make this Job, and return it as the API server has it. Raises CantTell where it does not take it."""
        with _told(f"Job {body['metadata']['name']} in namespace {self.name} of context {self.context}"):
            answer: Any = self._batch().create_namespaced_job(
                self.name, body, _request_timeout=_ANSWER, _preload_content=False
            )
            return json.loads(answer.data)

    def log(self, pod: str, container: str, *, previous: bool) -> str:
        """The last lines of a container's log; nothing where there is none."""
        try:
            return self._api().read_namespaced_pod_log(
                pod, self.name, container=container, previous=previous, tail_lines=_LINES, _request_timeout=_ANSWER
            )
        except (client.ApiException, HTTPError, OSError):
            return ""

    def run(
        self,
        pod: str,
        container: str,
        command: Sequence[str],
        *,
        within: float,
        stdin: int | None = None,
        out: Callable[[str], Any] | None = None,
        err: Callable[[str], Any] | None = None,
    ) -> Done:
        """Run a command in a pod, for at most `within` seconds. `out` and `err` get its output as it comes.

        `stdin`: a file descriptor, of which is handed on what there is, as it comes. Raises CantTell when the command
        can't be started.
        """
        with _told(f"{pod} (container {container})"):
            running = stream(
                self._api().connect_get_namespaced_pod_exec,
                pod,
                self.name,
                container=container,
                command=list(command),
                stdin=stdin is not None,
                stdout=True,
                stderr=True,
                tty=False,
                _preload_content=False,
            )
            return follow(running, within, stdin, out or _ignored, err or _ignored)


def _ignored(_: str) -> None:
    pass


def _no_way(context: str, why: str) -> str:
    """Why no client could be made: a context that is not there, or no kubeconfig at all."""
    try:
        contexts: Any = config.list_kube_config_contexts()[0]
    except config.ConfigException:
        return f"no kubeconfig with the context {context} of this stack: {why}"
    names = [entry["name"] for entry in contexts]
    if context in names:
        return f"the context {context} of this stack is of no use: {why}"
    near = nearest(context, names)
    found = f"the kubeconfig has no context {context}, the one of this stack; it has {', '.join(names) or 'none'}"
    return f"{found}; {near}" if near else found


@contextmanager
def _told(what: str) -> Any:
    """Every way in which a cluster does not answer, as one sentence."""
    try:
        yield
    except client.ApiException as error:
        raise CantTell(f"{what}: the API server answered {error.status} {_reason(error)}") from error
    except (HTTPError, OSError, WebSocketException) as error:
        raise CantTell(f"{what}: the API server can't be reached: {getattr(error, 'reason', error)}") from error


def _reason(error: client.ApiException) -> str:
    try:
        return str(json.loads(error.body or "")["message"])
    except (ValueError, KeyError, TypeError):
        return str(error.reason).splitlines()[0]
