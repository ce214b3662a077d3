"""Pulumi's resources become the Kubernetes objects that they stand for, and nothing else."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import verify
from contracts.violation import Ref
from policy.objects import MARK, UNKNOWN, Resource, clusters, dotted, unknown_in


def resource(type_: str, properties: dict[str, Any], name: str = "it", **more: str) -> Resource:
    return Resource(f"urn:pulumi:test::shop::{type_}::{name}", type_, name, properties, **more)


def config_map(name: str | None = "settings", **more: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "shop"}, **more}


def objects(*resources: Resource) -> list[dict[str, Any]]:
    return [body for cluster in clusters(resources) for body in cluster.objects]


def test_what_the_provider_and_the_server_add_is_no_part_of_the_object() -> None:
    live = config_map(
        data={"A": "1"}, status={"phase": "Active"}, __inputs={"data": {}}, __fieldManager="pulumi", id="x"
    )
    live["metadata"] |= {
        "managedFields": [{"manager": "pulumi"}],
        "annotations": {"kubectl.kubernetes.io/last-applied-configuration": '{"stringData":{"p":"s3cret"}}', "a": "b"},
    }
    (body,) = objects(resource("kubernetes:core/v1:ConfigMap", live))
    assert body == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "settings", "namespace": "shop", "annotations": {"a": "b"}},
        "data": {"A": "1"},
    }, "a copy of the inputs, or of a Secret in an annotation, would be judged as if it were the object's"


def test_resources_that_are_no_kubernetes_objects_are_left_out() -> None:
    others = [
        resource("aws:s3/bucket:Bucket", {"apiVersion": "v1", "kind": "ConfigMap"}),
        resource("kubernetes:helm.sh/v3:Release", {"chart": "redis", "name": "cache", "namespace": "shop"}),
        resource("kubernetes:helm.sh/v4:Chart", {}),
        resource("kubernetes:yaml/v2:ConfigGroup", {}),
        resource("pulumi:providers:kubernetes", {"kubeconfig": "…"}),
        resource("pulumi:pulumi:Stack", {}),
    ]
    assert clusters(others) == [], "a chart's objects are resources of their own; the chart itself is none"


def test_the_items_of_a_list_are_objects_of_the_lists_resource() -> None:
    listed = {"apiVersion": "v1", "kind": "ConfigMapList", "items": [config_map("a"), config_map("b")]}
    (cluster,) = clusters([resource("kubernetes:core/v1:ConfigMapList", listed, "both")])
    assert [body["metadata"]["name"] for body in cluster.objects] == ["a", "b"]
    assert len(set(cluster.urns.values())) == 1, "a finding about an item is told at the list"


def test_an_object_without_a_namespace_is_where_its_provider_puts_it() -> None:
    bare = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}}
    (cluster,) = clusters([resource("kubernetes:core/v1:ConfigMap", bare, namespace="shop")])
    assert set(cluster.urns) == {Ref("ConfigMap", "shop", "settings")}


def test_clusters_are_judged_apart() -> None:
    token = "kubernetes:core/v1:ConfigMap"
    found = clusters([resource(token, config_map(), cluster="east"), resource(token, config_map(), cluster="west")])
    assert [len(cluster.objects) for cluster in found] == [1, 1]
    assert verify(found[0].objects) == [], "one name in two clusters is not one object twice"


def test_two_objects_whose_names_are_not_known_are_not_one() -> None:
    token = "kubernetes:core/v1:ConfigMap"
    unnamed = [resource(token, config_map(UNKNOWN), "one"), resource(token, config_map(UNKNOWN), "other")]
    listed = {"apiVersion": "v1", "kind": "ConfigMapList", "items": [config_map(UNKNOWN), config_map(UNKNOWN)]}
    (cluster,) = clusters([*unnamed, resource("kubernetes:core/v1:ConfigMapList", listed, "both")])
    assert len(cluster.urns) == 4, "each has the name that its resource tells apart"
    assert verify(cluster.objects) == [], "they would be told of as one object that is there four times"


def test_data_that_is_not_known_is_no_empty_data() -> None:
    (cluster,) = clusters([resource("kubernetes:core/v1:Secret", config_map(kind="Secret", stringData=UNKNOWN))])
    assert "stringData" not in cluster.objects[0], "with an entry, its keys would count as complete"
    assert cluster.unknown == {Ref("Secret", "shop", "settings"): [("stringData",)]}


def test_a_patch_makes_its_object_doubtful_and_is_none_itself() -> None:
    patch = resource("kubernetes:core/v1:ConfigMapPatch", config_map(data={"B": "2"}), "patch")
    whole = resource("kubernetes:core/v1:ConfigMap", config_map(data={"A": "1"}), "whole")
    (cluster,) = clusters([patch, whole])
    assert [body["data"] for body in cluster.objects] == [{"A": "1"}]
    assert cluster.unknown == {Ref("ConfigMap", "shop", "settings"): [()]}, "its keys are more than the object says"
    (alone,) = clusters([patch])
    assert Ref("ConfigMap", "shop", "settings") in alone.urns, "what is patched is there, whoever made it"
    assert "data" not in alone.objects[0], "the keys of a patch are not all keys"


def test_what_the_server_fills_in_is_not_told_as_unknown() -> None:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "db", "uid": UNKNOWN, "resourceVersion": UNKNOWN},
        "spec": {"clusterIP": UNKNOWN, "clusterIPs": [UNKNOWN], "ports": [{"port": UNKNOWN}]},
        "status": {"loadBalancer": UNKNOWN},
    }
    (cluster,) = clusters([resource("kubernetes:core/v1:Service", service)])
    told = [dotted(path) for paths in cluster.unknown.values() for path in paths]
    assert told == ["spec.ports[0].port"], "nobody refers to a uid; a port is another matter"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(UNKNOWN),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["metadata", "name", "spec", "items", "data", "kind", "status"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.sampled_from(["ConfigMap", "Deployment", "ConfigMapPatch", "PodList"]), _JSON), max_size=2)
)
def test_no_shape_of_properties_raises(drawn: list[tuple[str, Any]]) -> None:
    given_ = [
        resource(f"kubernetes:core/v1:{kind}", {"apiVersion": "v1", "kind": kind.removesuffix("Patch"), "spec": value})
        for kind, value in drawn
    ]
    odd = [
        resource("kubernetes:x:Y", {"apiVersion": "v1", "kind": "Pod", **value})
        for _, value in drawn
        if isinstance(value, dict)
    ]
    for cluster in clusters([*given_, *odd]):
        verify(cluster.objects)


@given(_JSON)
def test_every_unknown_value_is_found_where_it_stands(value: Any) -> None:
    found = list(unknown_in({"spec": value}))
    assert len(found) == str(value).count(MARK), "one that is missed makes a finding look certain"
    assert all(path[0] == "spec" for path in found)
