"""What is wrong with a pod, in the words of its own status."""

from typing import Any

from devcluster.plugins.kubernetes.objects import at, condition

STARTING = frozenset(("ContainerCreating", "PodInitializing"))
"""Reasons of a container that waits as every container does at first (checker/pod/check.go knows the same)."""


def _containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    status = at(pod, "status", default={})
    return [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]


def complaints(pod: dict[str, Any]) -> list[str]:
    """Why the pod is not running as it should: unschedulable, an image that can't be had, a container that crashes …"""
    name = at(pod, "metadata", "name")
    if at(pod, "status", "phase") == "Succeeded" or at(pod, "metadata", "deletionTimestamp"):
        return []
    scheduled = condition(pod, "PodScheduled")
    if scheduled.get("status") == "False":
        return [f"Pod {name}: [{scheduled.get('reason', 'Unschedulable')}] {scheduled.get('message', '')}".rstrip()]
    told = []
    for each in _containers(pod):
        waiting = at(each, "state", "waiting", default={})
        if waiting.get("reason") and waiting["reason"] not in STARTING:
            last = _exit(at(each, "lastState", "terminated", default={}))
            text = f"Pod {name}, container {each['name']}: [{waiting['reason']}] {waiting.get('message', '')}".rstrip()
            told.append(text + (f"; {last}" if last else ""))
        elif at(each, "state", "terminated", "exitCode", default=0) != 0:
            told.append(f"Pod {name}, container {each['name']}: {_exit(each['state']['terminated'])}")
    return told


def exits(pod: dict[str, Any]) -> list[str]:
    """How each container of a failed pod ended, for those that did not end well."""
    name = at(pod, "metadata", "name")
    told = [
        f"Pod {name}, container {each['name']}: {_exit(ended)}"
        for each in _containers(pod)
        if (ended := at(each, "state", "terminated", default={})).get("exitCode")
    ]
    reason = at(pod, "status", "reason")
    return told or ([f"Pod {name}: [{reason}] {at(pod, 'status', 'message', default='')}"] if reason else [])


def _exit(ended: dict[str, Any]) -> str:
    if not ended:
        return ""
    reason = ended.get("reason", "Error")
    text = f"[{reason}] it ended with exit code {ended.get('exitCode')}"
    return f"{text}: {ended['message'].strip()}" if ended.get("message") else text


def failed_containers(pods: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Pod and container names whose log is worth reading: what ended badly, or crashed before; the latest pod first."""
    found = []
    for pod in sorted(pods, key=lambda each: at(each, "metadata", "creationTimestamp", default=""), reverse=True):
        for each in _containers(pod):
            ended = [at(each, state, "terminated", "exitCode", default=0) for state in ("state", "lastState")]
            if any(ended):
                found.append((pod["metadata"]["name"], each["name"]))
    return found
