"""Forms of an object between the live one and the inputs: what an import takes over, what a preview can foretell."""

from typing import Any

from devcluster.plugins.kubernetes import state
from devcluster.plugins.kubernetes.objects import READ_ONLY, at
from devcluster.plugins.protocol.values import UNKNOWN


def importable(live: dict[str, Any]) -> dict[str, Any]:
    """The inputs of an object that state knows nothing of: all of it but what only the cluster writes."""
    meta = {name: value for name, value in live["metadata"].items() if name not in READ_ONLY}
    annotations = dict(meta.pop("annotations", {}))
    for name in (state.LAST_APPLIED, "deployment.kubernetes.io/revision"):
        annotations.pop(name, None)
    kept = {name: value for name, value in live.items() if name not in ("status", "metadata")}
    return {**kept, "metadata": {**meta, **({"annotations": annotations} if annotations else {})}}


def foreseen(live: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
    """A dry run's answer without what the real run will give another value: identity, addresses, status."""
    found = {name: value for name, value in live.items() if name != "status"}
    found["metadata"] = {
        name: UNKNOWN if name in ("uid", "creationTimestamp", "resourceVersion") else value
        for name, value in live["metadata"].items()
    }
    if live.get("kind") == "Service" and at(inputs, "spec", "clusterIP") is None:
        addresses = {name: UNKNOWN for name in ("clusterIP", "clusterIPs") if name in live.get("spec", {})}
        found["spec"] = {**live["spec"], **addresses}
    return found
