"""From a Pod of Kubernetes' core/v1 to what matters of it here."""

from collections.abc import Mapping
from typing import Any

from operations.state import Pod


def pod(body: Mapping[str, Any], container: str, said: str = "") -> Pod:
    """A Pod's JSON; `container` is the one that matters, `said` what its log ended with."""
    status = body.get("status", {})
    own = next((one for one in status.get("containerStatuses", ()) if one["name"] == container), {})
    ready = any(one["type"] == "Ready" and one["status"] == "True" for one in status.get("conditions", ()))
    return Pod(
        name=body["metadata"]["name"],
        ready=ready,
        running="running" in own.get("state", {}),
        restarts=own.get("restartCount", 0),
        trouble=_trouble(body, status, own),
        said=said,
    )


def _trouble(body: Mapping[str, Any], status: Mapping[str, Any], own: Mapping[str, Any]) -> str:
    if "deletionTimestamp" in body["metadata"]:
        return "it is being deleted"
    for kind in ("waiting", "terminated"):
        if found := own.get("state", {}).get(kind):
            return ": ".join(part for part in (found.get("reason", ""), found.get("message", "")) if part)
    for condition in status.get("conditions", ()):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return f"not scheduled: {condition.get('message', '')}"
    return "" if own else str(status.get("phase", "Unknown"))
