"""The class `local-path`: a directory of the node for each claim, as a `local` PersistentVolume.

`local` and not `hostPath`, because the kubelet applies fsGroup to it, so a database that is not root can write.
The same rules as K3s's provisioner of that name: the volume is made when the first pod that uses the claim is
scheduled; one node at a time may write; what the claim asks for is not enforced as a quota.
And one more than that: a claim that asks for more than it has gets it in place.

Run as `python -m devcluster.node.provisioner`; it logs to standard output and never ends by itself.
"""

import shutil
import threading
import time
from datetime import UTC, datetime

from devcluster.node import layout, pki
from devcluster.node.api import Api, ApiFailed, Object
from devcluster.node.claim import PROVISIONER, refusal, volume_of, wants_growth, wants_volume

CLAIMS = "/api/v1/persistentvolumeclaims"
VOLUMES = "/api/v1/persistentvolumes"
CLASSES = "/apis/storage.k8s.io/v1/storageclasses"
LOOK_AGAIN = 30
"""Seconds after which everything is looked at again, whatever the watches said."""


def log(text: str) -> None:
    """One line with the time to standard output."""
    print(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}Z {text}", flush=True)


def claim_path(claim: Object) -> str:
    """Where the API server keeps `claim`."""
    about = claim["metadata"]
    return f"/api/v1/namespaces/{about['namespace']}/persistentvolumeclaims/{about['name']}"


def provision(api: Api, claim: Object, storage_class: Object) -> None:
    """Make the directory and the volume for `claim`, or say as an event of the claim why not."""
    why_not = refusal(claim)
    if why_not:
        event(api, claim, "ProvisioningFailed", why_not, warning=True)
        return
    volume = volume_of(claim, storage_class)
    directory = layout.VOLUMES / volume["metadata"]["name"]
    directory.mkdir(parents=True, exist_ok=True)
    # As K3s does it: a pod without fsGroup must be able to write. HOME itself is closed to others.
    directory.chmod(0o777)
    try:
        api.request("POST", VOLUMES, volume)
    except ApiFailed as error:
        if error.status != 409:
            raise
        return
    log(f"made {directory} for {claim['metadata']['namespace']}/{claim['metadata']['name']}")
    event(api, claim, "ProvisioningSucceeded", f"made volume {volume['metadata']['name']}")


def grow(api: Api, claim: Object) -> None:
    """Give `claim` what it asks for: first the volume's capacity, then the claim's, no condition left behind.

    The order of the external resizer (kubernetes-csi/external-resizer, pkg/controller/controller.go): a claim never
    says that it has more than its volume. Nothing is to be done in the directory, which was never limited.
    """
    size = claim["spec"]["resources"]["requests"]["storage"]
    api.merge(f"{VOLUMES}/{claim['spec']['volumeName']}", {"spec": {"capacity": {"storage": size}}})
    status = {
        "capacity": {"storage": size},
        "allocatedResources": None,
        "allocatedResourceStatuses": None,
        "conditions": None,
    }
    version = claim["metadata"]["resourceVersion"]
    patch = {"metadata": {"resourceVersion": version}, "status": status}
    api.merge(f"{claim_path(claim)}/status", patch)
    log(f"grew {claim['metadata']['namespace']}/{claim['metadata']['name']} to {size}")
    event(api, claim, "VolumeResizeSuccessful", f"grew the volume to {size}")


def reclaim(api: Api, volume: Object) -> None:
    """Remove the directory of a volume that nobody claims any more, then the volume."""
    name = volume["metadata"]["name"]
    directory = layout.VOLUMES / name
    if directory.parent != layout.VOLUMES or volume["spec"].get("local", {}).get("path") != str(directory):
        return
    if directory.exists():
        shutil.rmtree(directory)
    api.request("DELETE", f"{VOLUMES}/{name}")
    log(f"removed {directory}")


def event(api: Api, claim: Object, reason: str, text: str, *, warning: bool = False) -> None:
    """Tell `text` as an event of `claim`, so that `kubectl describe` shows it. A lost event is no failure."""
    about = claim["metadata"]
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}Z"
    told = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"generateName": f"{about['name']}.", "namespace": about["namespace"]},
        "involvedObject": {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "name": about["name"],
            "namespace": about["namespace"],
            "uid": about["uid"],
        },
        "type": "Warning" if warning else "Normal",
        "reason": reason,
        "message": text,
        "source": {"component": PROVISIONER},
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
    }
    try:
        api.request("POST", f"/api/v1/namespaces/{about['namespace']}/events", told)
    except ApiFailed as error:
        log(f"event lost: {error}")


def look(api: Api, told: set[str]) -> None:
    """Do for each claim and volume what is to be done now. `told` keeps which claims were refused already."""
    classes = {one["metadata"]["name"]: one for one in api.items(CLASSES) if one["provisioner"] == PROVISIONER}
    volumes = {one["metadata"]["name"]: one for one in api.items(VOLUMES)}
    for claim in api.items(CLAIMS):
        storage_class = classes.get(claim["spec"].get("storageClassName", ""))
        if storage_class is not None and wants_volume(claim) and claim["metadata"]["uid"] not in told:
            if refusal(claim):
                told.add(claim["metadata"]["uid"])
            provision(api, claim, storage_class)
        elif wants_growth(claim, volumes.get(claim["spec"].get("volumeName", ""))):
            grow(api, claim)
    for volume in volumes.values():
        ours = volume["metadata"].get("annotations", {}).get("pv.kubernetes.io/provisioned-by") == PROVISIONER
        released = volume.get("status", {}).get("phase") == "Released"
        if ours and released and volume["spec"]["persistentVolumeReclaimPolicy"] == "Delete":
            reclaim(api, volume)


def _wake_on_changes(api: Api, path: str, wake: threading.Event) -> None:
    while True:
        try:
            for _ in api.watch(path, 300):
                wake.set()
        except ApiFailed:
            time.sleep(1)
        wake.set()


def main() -> None:
    """Look whenever a claim or a volume changed, and every LOOK_AGAIN seconds."""
    api = Api(pki.PROVISIONER)
    wake = threading.Event()
    told: set[str] = set()
    for path in (CLAIMS, VOLUMES):
        threading.Thread(target=_wake_on_changes, args=(api, path, wake), daemon=True).start()
    log(f"serving {PROVISIONER} in {layout.VOLUMES}")
    while True:
        wake.wait(LOOK_AGAIN)
        wake.clear()
        try:
            look(api, told)
        except (ApiFailed, OSError) as error:
            log(f"will try again: {error}")
            time.sleep(0.5)
            wake.set()


if __name__ == "__main__":
    main()
