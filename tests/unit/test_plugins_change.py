"""What the stand-in for the kubernetes provider asks of the API server where the object is not the one of its state."""

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from devcluster.plugins.kubernetes.change import Change, Refused
from devcluster.plugins.kubernetes.client import ApiError
from devcluster.plugins.kubernetes.conflict import Conflict

OLD = {"kind": "PersistentVolumeClaim", "metadata": {"name": "c", "namespace": "n", "uid": "first"}}
FORCE = {"pulumi.com/patchForce": "true"}


class Api:
    """An API server with one claim, which a controller has made: what kube-apiserver 1.34 answers to an apply."""

    def __init__(self, uid: str) -> None:
        self.uid, self.applied = uid, []

    def get(self, thing: dict[str, Any]) -> dict[str, Any]:
        return thing

    def apply(self, thing: dict[str, Any], manager: str, *, force: bool, **_: Any) -> dict[str, Any]:
        if not force:
            raise Conflict(".spec.resources.requests.storage (owned by kube-controller-manager)")
        if thing["metadata"].get("uid", self.uid) != self.uid:
            cause = {"reason": "FieldValueInvalid", "field": "metadata.uid", "message": "field is immutable"}
            raise ApiError(422, {"message": "metadata.uid: field is immutable", "details": {"causes": [cause]}})
        self.applied.append(thing)
        return thing


def change(api: Any, annotations: dict[str, str]) -> Change:
    wanted = {"kind": "PersistentVolumeClaim", "metadata": {"name": "c", "namespace": "n", "annotations": annotations}}
    engine: Any = SimpleNamespace(warning=lambda *_: None)
    return Change(api, engine, threading.Event(), "urn", wanted, "pulumi-kubernetes-0a1b2c3d")


@pytest.mark.parametrize("uid", ["first", "second"])
def test_a_forced_change_goes_to_the_object_of_that_name_whoever_made_it(uid: str) -> None:
    api = Api(uid)
    change(api, FORCE).update(OLD, dry_run=False)
    assert len(api.applied) == 1, "a claim that its StatefulSet made anew has another uid, and is changed all the same"


def test_without_force_the_owner_keeps_its_fields_and_is_named() -> None:
    with pytest.raises(Refused, match="kube-controller-manager"):
        change(Api("second"), {}).update(OLD, dry_run=False)


def test_any_other_refusal_stays_one() -> None:
    class Smaller(Api):
        def apply(self, thing: dict[str, Any], manager: str, **_: Any) -> dict[str, Any]:
            cause = {"reason": "FieldValueForbidden", "field": "spec.resources.requests.storage", "message": "less"}
            raise ApiError(422, {"message": "can not be less", "details": {"causes": [cause]}})

    with pytest.raises(Refused, match="can not be less"):
        change(Smaller("first"), FORCE).update(OLD, dry_run=False)
