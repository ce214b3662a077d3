"""What a claim of the class `local-path` asks for, and the volume that answers it. Pure: objects in, objects out."""

import re
from decimal import Decimal
from typing import Any

from devcluster.node import layout

PROVISIONER = "devcluster.local/local-path"
Object = dict[str, Any]

# https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
_SUFFIX = {"": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18, "m": -3, "u": -6, "n": -9}
_BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
_QUANTITY = re.compile(r"^([0-9.]+)(?:[eE]([+-]?[0-9]+)|([KMGTPE]i|[kMGTPEmun])?)$")


def size(quantity: str) -> Decimal:
    """`quantity` of Kubernetes ("10Gi", "1e9", "500M") in bytes. Raises ValueError for something else."""
    found = _QUANTITY.match(quantity)
    if found is None:
        raise ValueError(f"{quantity!r} is no quantity")
    number, exponent, suffix = found.groups()
    if suffix in _BINARY:
        return Decimal(number) * 1024 ** _BINARY[suffix]
    return Decimal(number).scaleb(int(exponent) if exponent else _SUFFIX[suffix or ""])


def wants_volume(claim: Object) -> bool:
    """Whether a pod that uses the unbound `claim` was scheduled, which is when its volume is to be made."""
    annotations = claim["metadata"].get("annotations", {})
    return (
        annotations.get("volume.kubernetes.io/storage-provisioner") == PROVISIONER
        and annotations.get("volume.kubernetes.io/selected-node") == layout.NODE
        and not claim["spec"].get("volumeName")
        and "deletionTimestamp" not in claim["metadata"]
    )


def refusal(claim: Object) -> str:
    """Why there can be no volume for `claim`, in words; nothing where there can."""
    modes = set(claim["spec"]["accessModes"]) - {"ReadWriteOnce", "ReadWriteOncePod"}
    if modes:
        return f"local-path gives ReadWriteOnce and ReadWriteOncePod; this claim asks for {', '.join(sorted(modes))}"
    if claim["spec"].get("volumeMode", "Filesystem") != "Filesystem":
        return "local-path gives directories; this claim asks for volumeMode Block"
    if claim["spec"].get("dataSource") or claim["spec"].get("dataSourceRef"):
        return "local-path can't copy: this claim names a dataSource"
    return ""


def volume_of(claim: Object, storage_class: Object) -> Object:
    """The `local` volume for `claim`, bound to this node and already claimed by it."""
    about = claim["metadata"]
    name = f"pvc-{about['uid']}"
    here = {"key": "kubernetes.io/hostname", "operator": "In", "values": [layout.NODE]}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name, "annotations": {"pv.kubernetes.io/provisioned-by": PROVISIONER}},
        "spec": {
            "capacity": {"storage": claim["spec"]["resources"]["requests"]["storage"]},
            "accessModes": claim["spec"]["accessModes"],
            "volumeMode": "Filesystem",
            "persistentVolumeReclaimPolicy": storage_class.get("reclaimPolicy", "Delete"),
            "storageClassName": storage_class["metadata"]["name"],
            "local": {"path": str(layout.VOLUMES / name)},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [here]}]}},
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "name": about["name"],
                "namespace": about["namespace"],
                "uid": about["uid"],
                "resourceVersion": about["resourceVersion"],
            },
        },
    }


def wants_growth(claim: Object, volume: Object | None) -> bool:
    """Whether the bound `claim` asks for more than it has, and `volume` is one of ours."""
    if volume is None or "deletionTimestamp" in claim["metadata"]:
        return False
    if volume["metadata"].get("annotations", {}).get("pv.kubernetes.io/provisioned-by") != PROVISIONER:
        return False
    asked = claim["spec"]["resources"]["requests"]["storage"]
    status = claim.get("status", {})
    has = status.get("capacity", {}).get("storage")
    if status.get("phase") != "Bound" or has is None:
        return False
    return size(asked) > size(has)
