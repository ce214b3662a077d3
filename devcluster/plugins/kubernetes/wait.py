"""Waiting for the cluster: an object becomes ready, or is gone."""

import threading
import time
from dataclasses import dataclass
from typing import Any

from devcluster.plugins.kubernetes.client import Unreachable
from devcluster.plugins.kubernetes.cluster import Cluster, Gone
from devcluster.plugins.kubernetes.objects import SKIP_AWAIT, TIMEOUT_SECONDS, WAIT_FOR, annotation, at, called, says
from devcluster.plugins.kubernetes.readiness import JUDGES, READ, Verdict, wait_for
from devcluster.plugins.kubernetes.readiness.pods import failed_containers
from devcluster.plugins.kubernetes.readiness.verdict import READY
from devcluster.plugins.protocol.engine import Engine

FIRST, LAST, GROWTH = 0.05, 1.0, 1.6
"""Seconds between two looks: the first, the longest, and how fast they grow. Most objects are ready at once."""

DELETION_SECONDS = 300.0
SLOW_DELETION = {"Deployment": 600.0, "StatefulSet": 600.0, "ReplicationController": 600.0}
"""Timeouts of deletion in seconds (awaiters.go)."""

LEFT_UNAWAITED = frozenset(
    ["Namespace", "Pod", "ReplicationController", "DaemonSet", "Deployment", "StatefulSet", "Job"],
)
"""Kinds whose deletion, too, is not waited for with skipAwait (allowsSkipAwaitWithDelete in overrides.go)."""


class NotReady(Exception):
    """An object did not become what it is to become. `live` is what it was last; `reasons` are for the user."""

    def __init__(self, text: str, live: dict[str, Any], reasons: list[str]) -> None:
        super().__init__(text)
        self.live, self.reasons = live, reasons


@dataclass(frozen=True)
class Awaited:
    """What is waited for: the resource, the object as given, and the timeout of its options in seconds (0: none)."""

    urn: str
    inputs: dict[str, Any]
    timeout: float = 0.0

    def seconds(self, default: float) -> float:
        """The timeout: customTimeouts, else the annotation, else the kind's own (TimeoutDuration in overrides.go)."""
        said = annotation(self.inputs, TIMEOUT_SECONDS)
        return self.timeout or (float(said) if said.isdigit() and int(said) else default)


class Waiter:
    """Waits in `cluster`, and tells `engine` what for. `cancelled` ends all waiting at once."""

    def __init__(self, cluster: Cluster, engine: Engine, cancelled: threading.Event) -> None:
        self._cluster, self._engine, self._cancelled = cluster, engine, cancelled

    def judge(self, live: dict[str, Any], inputs: dict[str, Any]) -> tuple[Verdict, float]:
        """How far `live` is, and the kind's timeout. What is not to be waited for is ready."""
        if says(inputs, SKIP_AWAIT):
            return READY, 0
        wanted = annotation(inputs, WAIT_FOR)
        if wanted:
            return wait_for.judge(live, wait_for.expressions(wanted)), 600
        known = JUDGES.get((str(live.get("apiVersion")), str(live.get("kind"))))
        return (known[0](live, self._cluster.look), known[1]) if known else (READY, 0)

    def read(self, live: dict[str, Any], inputs: dict[str, Any]) -> None:
        """Judge an object as a refresh finds it. Raises NotReady."""
        if live.get("kind") in READ or annotation(inputs, WAIT_FOR):
            verdict, _ = self.judge(live, inputs)
            if not verdict.ready:
                raise NotReady(f"{called(live)} is not ready: {verdict.waiting}", live, self._reasons(live, verdict))

    def ready(self, live: dict[str, Any], awaited: Awaited) -> dict[str, Any]:
        """Wait until `live` is ready, and return it as it is then. Raises NotReady, also when it takes too long."""
        began, pause, told = time.monotonic(), FIRST, ""
        while True:
            verdict, default = self.judge(live, awaited.inputs)
            if verdict.ready:
                if told:
                    self._engine.status(awaited.urn, "")
                return live
            if verdict.failed:
                raise NotReady(f"{called(live)}: {verdict.waiting}", live, self._reasons(live, verdict))
            limit = awaited.seconds(default)
            if time.monotonic() - began > limit:
                text = f"{called(live)} was not ready after {limit:.0f} s: {verdict.waiting}"
                raise NotReady(text, live, self._reasons(live, verdict))
            text = "; ".join([verdict.waiting, *verdict.reasons[:1]])
            if text != told:
                self._engine.status(awaited.urn, text)
                told = text
            pause = self._pause(pause, live)
            try:
                live = self._cluster.get(live)
            except Gone as error:
                raise NotReady(f"{called(live)} was deleted while it was waited for", live, []) from error
            except Unreachable as error:
                # An API server may restart; what is waited for goes on without it.
                self._engine.status(awaited.urn, str(error))

    def gone(self, thing: dict[str, Any], awaited: Awaited, *, always: bool = False) -> None:
        """Wait until an object is deleted, `always` or as its annotations say. Raises NotReady with what holds it."""
        kind = str(thing.get("kind"))
        if not always and says(awaited.inputs, SKIP_AWAIT) and kind in LEFT_UNAWAITED:
            return
        limit = awaited.seconds(SLOW_DELETION.get(kind, DELETION_SECONDS))
        uid, began, pause, told = at(thing, "metadata", "uid"), time.monotonic(), FIRST, ""
        while True:
            try:
                live = self._cluster.get(thing)
            except Gone:
                break
            except Unreachable as error:
                self._engine.status(awaited.urn, str(error))
                live = thing
            if uid and live["metadata"].get("uid") != uid:
                break  # Another one of that name; ours is gone.
            text = what_holds(live)
            if time.monotonic() - began > limit:
                raise NotReady(f"{called(thing)} was not deleted after {limit:.0f} s: {text}", live, [text])
            if text != told and time.monotonic() - began > LAST:
                self._engine.status(awaited.urn, text)
                told = text
            pause = self._pause(pause, live)
        if told:
            self._engine.status(awaited.urn, "")

    def _pause(self, pause: float, live: dict[str, Any]) -> float:
        if self._cancelled.wait(pause):
            raise NotReady(f"{called(live)}: waiting was cancelled", live, [])
        return min(pause * GROWTH, LAST)

    def _reasons(self, live: dict[str, Any], verdict: Verdict) -> list[str]:
        """The verdict's reasons, and the last line of the log of what failed."""
        reasons = list(verdict.reasons)
        if live.get("kind") in ("Pod", "Job", "Deployment", "StatefulSet", "DaemonSet"):
            pods = [live] if live["kind"] == "Pod" else self._pods(live)
            for pod, container in failed_containers(pods)[:2]:
                line = self._cluster.log(live["metadata"].get("namespace", ""), pod, container)
                if line:
                    reasons.append(f"Pod {pod}, container {container}, last line of its log: {line}")
        return reasons

    def _pods(self, live: dict[str, Any]) -> list[dict[str, Any]]:
        labels = at(live, "spec", "selector", "matchLabels", default={})
        selector = ",".join(f"{name}={value}" for name, value in labels.items())
        namespace = live["metadata"].get("namespace")
        return self._cluster.look("v1", "Pod", namespace, labelSelector=selector) if selector else []


def what_holds(live: dict[str, Any]) -> str:
    """Why an object that is to be deleted is still there."""
    finalizers = [*at(live, "metadata", "finalizers", default=[]), *at(live, "spec", "finalizers", default=[])]
    told = [
        f"[{each['reason']}] {each.get('message', '')}"
        for each in at(live, "status", "conditions", default=[])
        if live.get("kind") == "Namespace" and each.get("status") == "True" and each.get("reason")
    ]
    text = "it waits for " + ", ".join(finalizers) if finalizers else "it is being deleted"
    if "kubernetes.io/pvc-protection" in finalizers:
        text += " (a pod still uses the claim)"
    if "foregroundDeletion" in finalizers:
        text += " (what it owns is deleted first)"
    return "; ".join([text, *told])
