"""What the class `local-path` gives, and when."""

from copy import deepcopy
from decimal import Decimal

import pytest

from devcluster.node import claim, layout

CLASS = {"metadata": {"name": "local-path"}, "reclaimPolicy": "Delete"}
CLAIM = {
    "metadata": {
        "name": "data",
        "namespace": "observer-local",
        "uid": "11aa",
        "resourceVersion": "7",
        "annotations": {
            "volume.kubernetes.io/storage-provisioner": claim.PROVISIONER,
            "volume.kubernetes.io/selected-node": layout.NODE,
        },
    },
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}},
    "status": {"phase": "Pending"},
}


def bound(asked: str, has: str) -> dict:
    """A claim that is bound, has `has` and asks for `asked`."""
    one = deepcopy(CLAIM)
    one["spec"]["volumeName"] = "pvc-11aa"
    one["spec"]["resources"]["requests"]["storage"] = asked
    one["status"] = {"phase": "Bound", "capacity": {"storage": has}}
    return one


VOLUME = claim.volume_of(CLAIM, CLASS)


@pytest.mark.parametrize(
    ("quantity", "bytes_"),
    [("10Gi", 10 * 2**30), ("1e9", 10**9), ("500M", 500 * 10**6), ("1.5Ki", 1536), ("1500m", Decimal("1.5"))],
)
def test_a_quantity_of_kubernetes_is_read_in_bytes(quantity, bytes_):
    assert claim.size(quantity) == bytes_, "https://kubernetes.io/docs/reference: suffixes of two letters count by 1024"


@pytest.mark.parametrize("quantity", ["", "10 Gi", "Gi", "ten"])
def test_what_is_no_quantity_is_refused(quantity):
    with pytest.raises(ValueError, match="is no quantity"):
        claim.size(quantity)


def test_a_claim_gets_its_volume_only_when_a_pod_that_uses_it_was_scheduled_here():
    assert claim.wants_volume(CLAIM), "its pod was scheduled to this node"
    unscheduled = deepcopy(CLAIM)
    del unscheduled["metadata"]["annotations"]["volume.kubernetes.io/selected-node"]
    assert not claim.wants_volume(unscheduled), "WaitForFirstConsumer: nobody uses it yet"


def test_another_provisioners_claim_is_left_alone():
    other = deepcopy(CLAIM)
    other["metadata"]["annotations"]["volume.kubernetes.io/storage-provisioner"] = "somebody.else/csi"
    assert not claim.wants_volume(other), "two provisioners would make two volumes for it"


def test_a_claim_that_is_bound_or_being_deleted_gets_no_second_volume():
    assert not claim.wants_volume(bound("10Gi", "10Gi")), "it has one"
    assert not claim.wants_volume({**CLAIM, "metadata": {**CLAIM["metadata"], "deletionTimestamp": "now"}})


def test_a_volume_is_local_so_that_the_kubelet_applies_fsgroup():
    assert "local" in VOLUME["spec"] and "hostPath" not in VOLUME["spec"], "fsGroup is not applied to hostPath volumes"
    assert VOLUME["spec"]["local"]["path"] == str(layout.VOLUMES / "pvc-11aa")


def test_a_volume_is_bound_to_its_claim_and_to_this_node():
    assert VOLUME["spec"]["claimRef"]["uid"] == "11aa", "without the uid another claim of that name could take it"
    terms = VOLUME["spec"]["nodeAffinity"]["required"]["nodeSelectorTerms"]
    assert terms[0]["matchExpressions"][0]["values"] == [layout.NODE], "the API server refuses local volumes without it"
    provisioned_by = VOLUME["metadata"]["annotations"]["pv.kubernetes.io/provisioned-by"]
    assert provisioned_by == claim.PROVISIONER, "else the controller manager marks the released volume as failed"


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("accessModes", ["ReadWriteMany"], "ReadWriteMany"),
        ("volumeMode", "Block", "Block"),
        ("dataSource", {"kind": "VolumeSnapshot", "name": "x"}, "dataSource"),
    ],
)
def test_what_a_directory_can_not_give_is_refused_in_words(field, value, word):
    asking = deepcopy(CLAIM)
    asking["spec"][field] = value
    assert word in claim.refusal(asking), "the event of the claim must say what is asked for in vain"
    assert not claim.refusal(CLAIM), "an ordinary claim is not refused"


def test_a_claim_grows_when_it_asks_for_more_than_it_has_whatever_the_unit():
    assert claim.wants_growth(bound("20Gi", "10Gi"), VOLUME)
    assert not claim.wants_growth(bound("10240Mi", "10Gi"), VOLUME), "the same size in another unit is no growth"
    assert not claim.wants_growth(bound("5Gi", "10Gi"), VOLUME), "nothing ever shrinks"


def test_a_claim_on_somebody_elses_volume_is_not_grown():
    foreign = deepcopy(VOLUME)
    foreign["metadata"]["annotations"] = {}
    assert not claim.wants_growth(bound("20Gi", "10Gi"), foreign), "only its own provisioner knows how to grow it"
    assert not claim.wants_growth(bound("20Gi", "10Gi"), None), "its volume is gone"
