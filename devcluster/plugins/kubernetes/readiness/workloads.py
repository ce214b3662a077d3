"""Deployment, StatefulSet, DaemonSet, Job, Pod. Sources: the files of those names in provider/pkg/await of
pulumi/pulumi-kubernetes, and «kubectl rollout status» for what a finished rollout is."""

from typing import Any

from devcluster.plugins.kubernetes.objects import at, condition
from devcluster.plugins.kubernetes.readiness.pods import complaints, exits
from devcluster.plugins.kubernetes.readiness.verdict import READY, Look, Verdict, fails, waits


def _observed(thing: dict[str, Any]) -> bool:
    return at(thing, "status", "observedGeneration", default=0) >= at(thing, "metadata", "generation", default=0)


def _pods(thing: dict[str, Any], look: Look) -> list[dict[str, Any]]:
    labels = at(thing, "spec", "selector", "matchLabels", default={})
    selector = ",".join(f"{name}={value}" for name, value in labels.items())
    return look("v1", "Pod", at(thing, "metadata", "namespace"), labelSelector=selector) if selector else []


def _why(thing: dict[str, Any], look: Look) -> tuple[str, ...]:
    return tuple(text for each in _pods(thing, look) for text in complaints(each))


def deployment(thing: dict[str, Any], look: Look) -> Verdict:
    """Ready when the newest ReplicaSet is whole and available."""
    if not _observed(thing):
        return waits("the Deployment controller has not seen this version yet")
    wanted = at(thing, "spec", "replicas", default=1)
    status = at(thing, "status", default={})
    updated, available = status.get("updatedReplicas", 0), status.get("availableReplicas", 0)
    progressing, is_available = condition(thing, "Progressing"), condition(thing, "Available")
    rolled = progressing.get("reason", "NewReplicaSetAvailable") == "NewReplicaSetAvailable"
    if is_available.get("status") == "True" and rolled and updated >= wanted and available >= wanted:
        return READY
    text = f"{min(updated, available)} of {wanted} replicas are updated and available"
    problems = [condition(thing, "ReplicaFailure"), progressing]
    told = [f"[{each['reason']}] {each.get('message', '')}" for each in problems if _is_trouble(each)]
    return waits(text, *told, *_why(thing, look))


def _is_trouble(found: dict[str, Any]) -> bool:
    wanted = "True" if found.get("type") == "ReplicaFailure" else "False"
    return found.get("status") == wanted


def stateful_set(thing: dict[str, Any], look: Look) -> Verdict:
    """Ready when every replica is of the newest revision (unless updates wait for a deletion) and ready."""
    if not _observed(thing):
        return waits("the StatefulSet controller has not seen this version yet")
    wanted = at(thing, "spec", "replicas", default=1)
    status = at(thing, "status", default={})
    ready, replicas = status.get("readyReplicas", 0), status.get("replicas", 0)
    by_hand = at(thing, "spec", "updateStrategy", "type") == "OnDelete" and at(thing, "metadata", "generation") > 1
    partition = at(thing, "spec", "updateStrategy", "rollingUpdate", "partition", default=0)
    newest = status.get("updateRevision") and status.get("currentRevision") == status.get("updateRevision")
    updated = status.get("updatedReplicas", 0) >= wanted - partition if partition else bool(newest)
    if ready == wanted == replicas and (by_hand or updated):
        return READY
    stage = "" if by_hand or updated else f", {status.get('updatedReplicas', 0)} of the new revision"
    return waits(f"{ready} of {wanted} replicas are ready{stage}", *_why(thing, look))


def daemon_set(thing: dict[str, Any], look: Look) -> Verdict:
    """Ready when every node that is to run the newest pod does, and it is available."""
    if not _observed(thing):
        return waits("the DaemonSet controller has not seen this version yet")
    status = at(thing, "status", default={})
    wanted, ready = status.get("desiredNumberScheduled", 0), status.get("numberReady", 0)
    by_hand = at(thing, "spec", "updateStrategy", "type") == "OnDelete"
    updated = by_hand or status.get("updatedNumberScheduled", 0) >= wanted
    if updated and ready >= wanted and not status.get("numberUnavailable"):
        return READY
    return waits(f"{ready} of {wanted} nodes run a ready pod of it", *_why(thing, look))


def job(thing: dict[str, Any], look: Look) -> Verdict:
    """Ready when it is complete; failed, at once, when it says so itself. A suspended Job is not waited for."""
    if condition(thing, "Complete").get("status") == "True":
        return READY
    if at(thing, "spec", "suspend", default=False):
        return READY
    failed = condition(thing, "Failed")
    pods = _job_pods(thing, look)
    if failed.get("status") == "True":
        text = f"the Job failed: [{failed.get('reason', '')}] {failed.get('message', '')}".rstrip()
        return fails(text, *(told for each in pods for told in exits(each)))
    status = at(thing, "status", default={})
    text = f"{status.get('succeeded', 0)} of {at(thing, 'spec', 'completions', default=1)} pods have succeeded"
    if status.get("failed"):
        text += f", {status['failed']} failed"
    return waits(text, *(told for each in pods for told in (*exits(each), *complaints(each))))


def _job_pods(thing: dict[str, Any], look: Look) -> list[dict[str, Any]]:
    meta = thing["metadata"]
    return look("v1", "Pod", meta.get("namespace"), labelSelector=f"batch.kubernetes.io/job-name={meta['name']}")


def pod(thing: dict[str, Any], look: Look) -> Verdict:
    """Ready when its condition Ready says so, or when it has done its work."""
    phase = at(thing, "status", "phase")
    if condition(thing, "Ready").get("status") == "True" or phase == "Succeeded":
        return READY
    if phase == "Failed" and at(thing, "spec", "restartPolicy") == "Never":
        return fails("the Pod failed", *exits(thing))
    return waits(f"the Pod is {phase or 'not scheduled'}", *complaints(thing))
