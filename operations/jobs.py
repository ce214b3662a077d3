"""Jobs that somebody makes of a CronJob: made, waited for, and what they said."""

import copy
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from operations.refusals import CantTell, Failed

if TYPE_CHECKING:
    from operations.namespace import Namespace

LOOK_EVERY = 1.0
"""Seconds between two looks at a Job."""
_JOB = "batch.kubernetes.io/job-name"
_BEYOND = 60
"""Seconds that a Job has to say that its own deadline has ended it."""


def of_cron_job(
    cron: Mapping[str, Any], name: str, environment: Mapping[str, str] = {}, step: tuple[str, str] | None = None
) -> dict[str, Any]:
    """The Job `name` of a CronJob's template, as `kubectl create job --from` makes it, with values of `environment` in
    place of its own, and without a second try: somebody waits for the first. `step`: only this container of it, with
    the script of the second name."""
    spec = copy.deepcopy(cron["spec"]["jobTemplate"]["spec"]) | {"backoffLimit": 0}
    pod = spec["template"]["spec"]
    if step is not None:
        alone, script = step
        (found,) = [each for each in pod["initContainers"] + pod["containers"] if each["name"] == alone]
        found["name"], found["command"] = script, [*found["command"][:-1], f"{_folder(found)}/{script}.sh"]
        pod["containers"], pod["initContainers"] = [found], []
    for container in pod.get("initContainers", []) + pod["containers"]:
        for entry in container.get("env", []):
            if entry["name"] in environment:
                entry["value"] = environment[entry["name"]]
    owner = {"apiVersion": "batch/v1", "kind": "CronJob", "controller": True}
    owner |= {"name": cron["metadata"]["name"], "uid": cron["metadata"]["uid"]}
    metadata = {
        "name": name,
        "labels": dict(cron["metadata"].get("labels", {})),
        "annotations": {"cronjob.kubernetes.io/instantiate": "manual"},
        "ownerReferences": [owner],
    }
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec}


def _folder(container: Mapping[str, Any]) -> str:
    return container["command"][-1].rpartition("/")[0]


@dataclass(frozen=True)
class Run:
    """A Job that was made. `say` gets sentences about what it does while it runs."""

    namespace: "Namespace"
    job: dict[str, Any]
    say: Callable[[str], None]

    @property
    def name(self) -> str:
        return self.job["metadata"]["name"]

    def end(self) -> str:
        """What its containers printed, once it has succeeded. Raises Failed with the last words of the one that did
        not end well, and CantTell where the cluster says nothing until after its deadline."""
        until = time.monotonic() + self.job["spec"]["activeDeadlineSeconds"] + _BEYOND
        told = ""
        while time.monotonic() < until:
            conditions = self.namespace.job(self.name)["status"].get("conditions", [])
            ended = {one["type"]: one for one in conditions if one["status"] == "True"}
            pods = self.namespace.pods(f"{_JOB}={self.name}")
            if "Complete" in ended:
                return self._logs(pods)
            if "Failed" in ended:
                raise Failed(self._why(pods, ended["Failed"]))
            if (doing := _doing(pods)) != told:
                told = doing
                self.say(doing)
            time.sleep(LOOK_EVERY)
        raise CantTell(f"the Job {self.name} did not end by its deadline: `kubectl describe job {self.name}`")

    def _logs(self, pods: list[dict[str, Any]]) -> str:
        pod = pods[-1] if pods else None
        names = [each["name"] for each in _statuses(pod)] if pod else []
        return "".join(self.namespace.log(pod["metadata"]["name"], each, previous=False) for each in names if pod)

    def _why(self, pods: list[dict[str, Any]], condition: Mapping[str, Any]) -> str:
        for pod in reversed(pods):
            for status in _statuses(pod):
                ended = status.get("state", {}).get("terminated") or {}
                if ended.get("exitCode"):
                    said = (ended.get("message") or "").strip() or f"it ended with {ended['exitCode']}"
                    return (
                        f"{status['name']}: {said}\n(`kubectl logs job/{self.name} -c {status['name']}` has all of it)"
                    )
        return f"{self.name}: {condition.get('reason', '')} {condition.get('message', '')}".strip()


def _statuses(pod: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Of a pod's containers, in the order in which they run."""
    status = (pod or {}).get("status", {})
    return [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]


def _doing(pods: list[dict[str, Any]]) -> str:
    """Which step runs, or what its pod waits for."""
    if not pods:
        return "waiting for a pod"
    running = [status["name"] for status in _statuses(pods[-1]) if "running" in status.get("state", {})]
    if running:
        return f"{running[0]} runs"
    waiting = [status["state"]["waiting"] for status in _statuses(pods[-1]) if "waiting" in status.get("state", {})]
    reasons = [each.get("reason", "") for each in waiting if each.get("reason") not in (None, "PodInitializing")]
    return f"the pod waits: {reasons[0]}" if reasons else "the pod starts"
