"""How values travel between the engine and the stand-ins, what state keeps, and what stays secret."""

from types import SimpleNamespace
from typing import Any

import pytest

from devcluster.plugins.kubernetes import naming, state
from devcluster.plugins.kubernetes.conflict import may_be_taken_over, sentence
from devcluster.plugins.kubernetes.objects import NotAKind, kind_of
from devcluster.plugins.kubernetes.shape import inputs_from, observed
from devcluster.plugins.kubernetes.wait import what_holds
from devcluster.plugins.protocol.values import UNKNOWN, Secret, bare, has_secret, has_unknown, read, write

NESTED = {
    "text": "a",
    "number": 3,
    "half": 0.5,
    "yes": True,
    "list": [1, {"b": Secret("s")}],
    "later": UNKNOWN,
    "empty": {},
}


def test_values_come_back_as_they_went() -> None:
    assert read(write(NESTED)) == NESTED
    assert read(write({"gone": None})) == {}, "null values are left out, as the official provider leaves them"
    assert isinstance(read(write({"n": 3}))["n"], int), "the API server refuses 3.0 where it wants 3"


def test_secrets_and_unknown_values_are_found_at_any_depth() -> None:
    assert has_secret(NESTED) and has_unknown(NESTED)
    assert not has_secret(bare(NESTED))
    assert has_unknown({"a": Secret([UNKNOWN])})
    assert "s" not in repr(Secret("s")).replace("Secret", ""), "a secret's text must not get into a message"


def test_outputs_are_secret_where_inputs_were() -> None:
    outputs = {"kind": "ConfigMap", "apiVersion": "v1", "data": {"a": "1", "b": "2"}, "list": [{"x": "1"}]}
    marked = state.marked(outputs, {"data": {"a": Secret("1")}, "list": [{"x": Secret("1")}]})
    assert marked["data"] == {"a": Secret("1"), "b": "2"}
    assert marked["list"] == Secret([{"x": "1"}]), "elements may move, so the whole list is secret"


def test_a_secrets_data_is_secret_whatever_the_program_said() -> None:
    live = {
        "kind": "Secret",
        "apiVersion": "v1",
        "metadata": {"name": "s", "managedFields": [1]},
        "data": {"k": "dg=="},
    }
    inputs = {"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "s"}, "stringData": {"k": "v"}}
    kept = state.checkpoint(live, inputs, inputs, api_version="v1", field_manager="m")
    assert isinstance(kept["data"], Secret)
    assert isinstance(kept[state.INPUTS]["stringData"], Secret)
    assert "managedFields" not in kept["metadata"]
    assert state.parse(kept) == (inputs, {**live, "metadata": {"name": "s"}})


def test_fields_of_a_definition_keep_their_dashes_in_the_cluster() -> None:
    inputs = {"spec": {"x_kubernetes_preserve_unknown_fields": True}}
    assert state.manifest(inputs) == {"spec": {"x-kubernetes-preserve-unknown-fields": True}}
    assert state.properties(state.manifest(inputs)) == inputs


def test_a_refresh_keeps_the_programs_spelling_and_takes_over_what_differs() -> None:
    given = {"spec": {"limits": {"cpu": "1000m"}, "replicas": 1, "gone": "x", "off": False}}
    live = {"spec": {"limits": {"cpu": "1"}, "replicas": 2, "more": "y"}}
    assert observed(live, given) == {"spec": {"limits": {"cpu": "1000m"}, "replicas": 2, "off": False}}


def test_lists_are_matched_by_name_where_their_elements_have_one() -> None:
    live = [{"name": "injected", "image": "z"}, {"name": "app", "image": "x", "tty": True}]
    assert observed(live, [{"name": "app", "image": "x"}]) == [{"name": "app", "image": "x"}]


def test_a_refreshed_secret_gives_its_texts_back_as_texts() -> None:
    given = {"kind": "Secret", "apiVersion": "v1", "stringData": {"a": "old"}, "data": {"b": "Yg=="}}
    live = {"kind": "Secret", "apiVersion": "v1", "data": {"a": "bmV3", "b": "Yg==", "c": "Yw=="}}
    assert inputs_from(live, given) == {**given, "stringData": {"a": "new"}}


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("kubernetes:core/v1:Secret", ("v1", "Secret")),
        ("kubernetes:apps/v1:Deployment", ("apps/v1", "Deployment")),
        ("kubernetes:example.org/v1beta1:Thing", ("example.org/v1beta1", "Thing")),
    ],
)
def test_a_type_names_its_kind(token: str, expected: tuple[str, str]) -> None:
    assert kind_of(f"urn:pulumi:s::p::my:Component${token}::name") == expected


@pytest.mark.parametrize(
    "token", ["kubernetes:helm.sh/v3:Release", "kubernetes:core/v1:PodList", "kubernetes:core/v1:PodPatch"]
)
def test_what_is_no_single_object_is_refused(token: str) -> None:
    with pytest.raises(NotAKind, match=token):
        kind_of(f"urn:pulumi:s::p::{token}::name")


def request(seed: bytes = b"seed") -> Any:
    return SimpleNamespace(randomSeed=seed, HasField=lambda _: False)


def test_a_missing_name_is_made_from_the_seed_and_then_kept() -> None:
    made = naming.with_name({"kind": "Pod"}, {}, request(), "app")
    assert made["metadata"]["name"].startswith("app-") and len(made["metadata"]["name"]) == len("app-") + 8
    assert made == naming.with_name({"kind": "Pod"}, {}, request(), "app"), "preview and update must agree"
    assert naming.with_name({"kind": "Pod"}, made, request(b"other"), "app") == made, "an object keeps its name"
    given = {"kind": "Pod", "metadata": {"name": "mine"}}
    assert naming.with_name(given, made, request(), "app") == given
    with pytest.raises(naming.NoName):
        naming.with_name({"metadata": {"generateName": "a-"}}, {}, request(), "app")


def test_a_conflict_with_kubectl_is_taken_back_one_with_others_is_told() -> None:
    def cause(manager: str) -> dict[str, str]:
        return {"reason": "FieldManagerConflict", "message": f'conflict with "{manager}" using v1', "field": ".spec.a"}

    assert may_be_taken_over([cause("kubectl-edit"), cause("before-first-apply")])
    assert not may_be_taken_over([cause("kubectl-edit"), cause("kube-controller-manager")])
    assert not may_be_taken_over([cause("pulumi-kubernetes-0a1b2c3d")]), "that is another stack of Pulumi"
    told = sentence("Deployment n/a", [cause("operator")])
    assert ".spec.a" in told and "operator" in told and "pulumi.com/patchForce" in told


def test_what_holds_a_deletion_up_is_named() -> None:
    held = {"kind": "PersistentVolumeClaim", "metadata": {"name": "c", "finalizers": ["kubernetes.io/pvc-protection"]}}
    assert "a pod still uses the claim" in what_holds(held)


def test_an_error_does_not_repeat_a_secret_value() -> None:
    secret = {"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "s"}, "stringData": {"pin": 4711}}
    assert state.hidden("expected string, got Value:4711 for s", secret) == "expected string, got Value:[secret] for s"
    other = {"kind": "ConfigMap", "data": {"a": Secret("hush"), "b": "fine"}}
    assert state.hidden("hush and fine", other) == "[secret] and fine"
