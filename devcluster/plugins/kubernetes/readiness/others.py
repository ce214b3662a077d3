"""Claims, volumes, Services, Ingresses, quotas, token Secrets and CustomResourceDefinitions."""

from typing import Any

from devcluster.plugins.kubernetes.objects import at, condition
from devcluster.plugins.kubernetes.readiness.verdict import READY, Look, Verdict, fails, waits
from devcluster.plugins.kubernetes.shape import quantity


def persistent_volume(thing: dict[str, Any], look: Look) -> Verdict:
    """Ready when it can be claimed, or is."""
    phase = at(thing, "status", "phase")
    return READY if phase in ("Available", "Bound") else waits(f"the volume is {phase or 'new'}")


def persistent_volume_claim(thing: dict[str, Any], look: Look) -> Verdict:
    """Ready when bound and as large as asked; a claim that waits for its first consumer is ready while it is pending.

    Growth is finished by the kubelet for a mounted volume only, so it is not waited for once the volume itself has
    grown and only its file system is left.
    """
    phase = at(thing, "status", "phase")
    if phase == "Lost":
        return fails("the claim has lost its volume")
    if phase != "Bound":
        return READY if _waits_for_consumer(thing, look) else waits(f"the claim is {phase or 'new'}, not bound")
    asked = quantity(at(thing, "spec", "resources", "requests", "storage"))
    has = quantity(at(thing, "status", "capacity", "storage"))
    if asked is None or has is None or has >= asked:
        return READY
    resizing = [
        condition(thing, kind) for kind in ("FileSystemResizePending", "NodeResizeError", "ControllerResizeError")
    ]
    if not _can_grow(thing, look) or (resizing[0].get("status") == "True" and not _is_mounted(thing, look)):
        return READY
    told = [f"[{each['type']}] {each.get('message', '')}" for each in resizing[1:] if each.get("status") == "True"]
    size = thing["status"]["capacity"]["storage"]
    return waits(f"the volume has {size} and is to grow to {thing['spec']['resources']['requests']['storage']}", *told)


def _class(thing: dict[str, Any], look: Look) -> dict[str, Any]:
    name = at(thing, "spec", "storageClassName")
    found = look("storage.k8s.io/v1", "StorageClass", None, name=name) if name else []
    return found[0] if found else {}


def _waits_for_consumer(thing: dict[str, Any], look: Look) -> bool:
    return _class(thing, look).get("volumeBindingMode") == "WaitForFirstConsumer"


def _can_grow(thing: dict[str, Any], look: Look) -> bool:
    """Whether something grows volumes of the claim's class: without that, the new size stays a wish for ever."""
    return bool(_class(thing, look).get("allowVolumeExpansion"))


def _is_mounted(thing: dict[str, Any], look: Look) -> bool:
    """Whether a running pod has the claim mounted: its kubelet then grows the file system too."""
    meta = thing["metadata"]
    running = look("v1", "Pod", meta.get("namespace"), fieldSelector="status.phase=Running")
    volumes = (each for pod in running for each in at(pod, "spec", "volumes", default=[]))
    return any(at(each, "persistentVolumeClaim", "claimName") == meta["name"] for each in volumes)


def service(thing: dict[str, Any], look: Look) -> Verdict:
    """Ready when it has an address to send traffic to; not waited for where it can't or needn't have one."""
    spec = at(thing, "spec", default={})
    kind = spec.get("type", "ClusterIP")
    if kind == "LoadBalancer" and not at(thing, "status", "loadBalancer", "ingress"):
        return waits("no address was given to the load balancer yet", "does the cluster have load balancers?")
    if spec.get("clusterIP") == "None" or kind == "ExternalName" or not spec.get("selector"):
        return READY
    meta = thing["metadata"]
    labels = f"kubernetes.io/service-name={meta['name']}"
    slices = look("discovery.k8s.io/v1", "EndpointSlice", meta.get("namespace"), labelSelector=labels)
    endpoints = [each for found in slices for each in found.get("endpoints") or []]
    if any(at(each, "conditions", "ready", default=True) for each in endpoints):
        return READY
    return waits(
        "no pod that it selects is ready",
        "the Service sends traffic to no pod: those it selects are not ready, or spec.selector matches none",
    )


def ingress(thing: dict[str, Any], look: Look) -> Verdict:
    """Ready when a controller has given it an address."""
    if at(thing, "status", "loadBalancer", "ingress"):
        return READY
    return waits("no controller has given it an address", "is there an Ingress controller for its class?")


def resource_quota(thing: dict[str, Any], look: Look) -> Verdict:
    """Ready when the quota controller works with what was asked."""
    wanted, seen = at(thing, "spec", "hard", default={}), at(thing, "status", "hard", default={})
    equal = wanted.keys() == seen.keys() and all(quantity(wanted[name]) == quantity(seen[name]) for name in wanted)
    return READY if equal else waits("the quota controller has not seen it yet")


def secret(thing: dict[str, Any], look: Look) -> Verdict:
    """Ready, but for a service account's token: that is when the controller has filled it in."""
    if thing.get("type") == "kubernetes.io/service-account-token" and not thing.get("data"):
        return waits("the token has not been filled in yet")
    return READY


def custom_resource_definition(thing: dict[str, Any], look: Look) -> Verdict:
    """Ready when the API server serves its kind."""
    refused = condition(thing, "NamesAccepted")
    if refused.get("status") == "False":
        return fails(f"its names are taken: {refused.get('message', '')}")
    established = condition(thing, "Established").get("status") == "True"
    return READY if established else waits("the API server does not serve its kind yet")
