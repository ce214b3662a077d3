"""What the stand-in for the kubernetes provider shows as a change, and what replaces an object."""

from typing import Any

import pytest

from devcluster.plugins.kubernetes import immutable
from devcluster.plugins.kubernetes.diff import ADD, DELETE, UPDATE, Changes, compare, covers
from devcluster.plugins.protocol.values import UNKNOWN


def thing(kind: str = "Deployment", version: str = "apps/v1", name: Any = "a", **fields: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": "n"}, **fields}


def changes(old: dict[str, Any], new: dict[str, Any], live: dict[str, Any] | None = None, **options: Any) -> Changes:
    return compare(live or old, old, new, **options)


def test_equal_inputs_are_no_change_whatever_the_server_has_added() -> None:
    inputs = thing(spec={"replicas": 1})
    live = thing(spec={"replicas": 1, "paused": True}, status={"replicas": 1})
    assert changes(inputs, inputs, live).kinds == {}, "fields that the program does not give are not its business"


def test_a_live_value_that_drifted_is_a_change_back() -> None:
    inputs = thing(spec={"replicas": 1})
    assert changes(inputs, inputs, thing(spec={"replicas": 3})).kinds == {"spec.replicas": UPDATE}


@pytest.mark.parametrize(("written", "kept"), [("1000m", "1"), ("1024Mi", "1Gi"), (2, "2"), ("0.5", "500m")])
def test_two_spellings_of_a_quantity_are_one(written: Any, kept: str) -> None:
    def with_limit(value: Any) -> dict[str, Any]:
        return thing(spec={"containers": [{"name": "c", "resources": {"limits": {"cpu": value}}}]})

    assert changes(with_limit(written), with_limit(written), with_limit(kept)).kinds == {}


def test_texts_that_look_like_quantities_elsewhere_are_texts() -> None:
    old, new = thing("ConfigMap", "v1", data={"size": "1000m"}), thing("ConfigMap", "v1", data={"size": "1"})
    assert changes(old, new).kinds == {"data.size": UPDATE}, "only resources are quantities"


def test_an_empty_value_that_the_server_drops_is_no_change() -> None:
    inputs = thing(spec={"hostNetwork": False, "ingress": [], "value": ""})
    assert changes(inputs, inputs, thing(spec={})).kinds == {}


def test_paths_are_spelled_as_pulumi_spells_them() -> None:
    old = thing(spec={"ports": [{"port": 1}]})
    new = thing(spec={"ports": [{"port": 1, "name": "x"}, {"port": 2}]}, metadata_extra=None)
    new["metadata"]["annotations"] = {"a.b/c": "1"}
    found = changes(old, new).kinds
    assert found["spec.ports[0].name"] == ADD
    assert found["spec.ports[1]"] == ADD
    assert found["metadata.annotations"] == ADD
    newer = thing(spec=new["spec"])
    newer["metadata"]["annotations"] = {"a.b/c": "2"}
    assert 'metadata.annotations["a.b/c"]' in changes(new, newer).kinds


def test_a_removed_list_element_is_a_deletion() -> None:
    old, new = thing(spec={"args": ["a", "b"]}), thing(spec={"args": ["a"]})
    assert changes(old, new).kinds == {"spec.args[1]": DELETE}


def test_another_name_replaces_and_may_be_made_first() -> None:
    found = changes(thing(name="a"), thing(name="b"))
    assert found.replacing == ["metadata.name"]
    assert not found.delete_first, "both can exist at once"


def test_a_replacement_under_the_same_given_name_deletes_first() -> None:
    old, new = thing(spec={"selector": {"a": "1"}}), thing(spec={"selector": {"a": "2"}})
    found = changes(old, new)
    assert found.replacing == ["spec.selector.a"]
    assert found.delete_first, "two objects can't have one name"
    new["metadata"]["annotations"] = {"pulumi.com/autonamed": "true"}
    assert not changes(old, new).delete_first, "an autonamed object gets a new name"


def test_a_config_map_changes_in_place_only_where_the_provider_says_so() -> None:
    old, new = thing("ConfigMap", "v1", data={"k": "1"}), thing("ConfigMap", "v1", data={"k": "2"})
    assert changes(old, new).replacing == ["data.k"]
    assert changes(old, new, mutable_config_maps=True).replacing == []
    assert changes(old, {**new, "immutable": True}, mutable_config_maps=True).replacing == ["data.k"]


def test_a_secrets_texts_are_compared_with_its_data() -> None:
    given = thing("Secret", "v1", stringData={"password": "abc"})
    live = thing("Secret", "v1", data={"password": "YWJj"})
    assert changes(given, given, live).kinds == {}
    other = thing("Secret", "v1", stringData={"password": "abd"})
    assert changes(given, other, live, mutable_secrets=True).kinds == {"stringData.password": UPDATE}
    assert changes(given, other, live).replacing == ["stringData.password"]


def test_an_unknown_value_is_a_change() -> None:
    old, new = thing(spec={"replicas": 1}), thing(spec={"replicas": UNKNOWN, "serviceName": UNKNOWN})
    assert changes(old, new).kinds == {"spec.replicas": UPDATE, "spec.serviceName": ADD}


def test_a_namespace_that_is_not_given_is_the_default_one() -> None:
    live = thing()
    live["metadata"]["namespace"] = "default"
    inputs = {**thing(), "metadata": {"name": "a"}}
    assert changes(inputs, inputs, live).kinds == {}


@pytest.mark.parametrize("ignored", ["spec", "spec.replicas", "spec.ports[*].port"])
def test_ignored_paths_are_left_out(ignored: str) -> None:
    old, new = thing(spec={"replicas": 1, "ports": [{"port": 1}]}), thing(spec={"replicas": 2, "ports": [{"port": 2}]})
    found = changes(old, new, ignored=[ignored]).kinds
    assert not any(covers(ignored, path) for path in found)
    assert bool(found) == (ignored != "spec")


@pytest.mark.parametrize(
    ("version", "kind", "path", "value", "replaced"),
    [
        ("apps/v1", "StatefulSet", ("spec", "serviceName"), "x", True),
        ("apps/v1", "StatefulSet", ("spec", "volumeClaimTemplates", 0, "spec"), {}, True),
        ("apps/v1", "StatefulSet", ("spec", "template", "spec"), {}, False),
        ("apps/v1", "Deployment", ("spec", "selector", "matchLabels", "a"), "x", True),
        ("apps/v1", "Deployment", ("spec",), {"selector": {}}, True),
        ("apps/v1", "Deployment", ("spec", "replicas"), 2, False),
        ("batch/v1", "Job", ("spec", "template", "metadata"), {}, True),
        ("batch/v1", "Job", ("spec", "ttlSecondsAfterFinished"), 1, False),
        ("v1", "PersistentVolumeClaim", ("spec", "storageClassName"), "x", True),
        ("v1", "PersistentVolumeClaim", ("spec", "resources", "requests", "storage"), "2Gi", False),
        ("v1", "Service", ("spec", "clusterIP"), "None", True),
        ("v1", "Service", ("spec", "ports", 0), {}, False),
        ("v1", "Pod", ("spec", "containers", 0, "image"), "x", True),
        ("v1", "Pod", ("spec", "containers"), [{"image": "x"}], True),
        ("v1", "Secret", ("type",), "x", True),
        ("rbac.authorization.k8s.io/v1", "RoleBinding", ("roleRef", "name"), "x", True),
        ("example.org/v1", "Anything", ("spec", "selector"), {}, False),
        ("example.org/v1", "Anything", ("metadata", "namespace"), "x", True),
    ],
)
def test_what_replaces_is_what_the_official_provider_replaces(
    version: str, kind: str, path: tuple[str | int, ...], value: Any, replaced: bool
) -> None:
    paths = immutable.fields(thing(kind, version), mutable_config_maps=True, mutable_secrets=True)
    assert immutable.replaces(path, value, paths) is replaced
