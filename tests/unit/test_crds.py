"""Custom resources are judged as an API server judges them, by the schemas of the releases themselves."""

from typing import Any

import pytest

from devcluster.operators import release
from tests import crds, openapi


def judged(schema: dict[str, Any], spec: Any) -> list[str]:
    """What is wrong with an object of this `spec` schema."""
    whole = openapi.strict({"type": "object", "properties": {"spec": schema}})
    return openapi.mistakes(openapi.judge(whole), {"apiVersion": "x/v1", "kind": "X", "metadata": {}, "spec": spec})


def cluster(**spec: Any) -> dict[str, Any]:
    """A Cluster that lacks nothing."""
    spec = {"instances": 1, "storage": {"size": "1Gi"}, **spec}
    return {"apiVersion": f"{release.GROUP}/v1", "kind": "Cluster", "metadata": {"name": "one"}, "spec": spec}


ROLE = {
    "apiVersion": f"{release.GROUP}/v1",
    "kind": "DatabaseRole",
    "metadata": {"name": "one"},
    "spec": {"name": "one", "cluster": {"name": "one"}, "login": True},
}


@pytest.mark.parametrize("operator", crds.OPERATORS)
def test_a_cluster_is_taken_and_what_is_wrong_with_it_is_told_with_its_path(operator: str):
    assert crds.mistakes(cluster(), operator) == [], "nothing is wrong with it"
    (found,) = crds.mistakes(cluster(storage={"sise": "1Gi"}), operator)
    assert found.startswith("spec.storage: ") and "sise" in found, "the server would refuse, or drop, what nobody knows"
    (found,) = crds.mistakes(cluster(managed={"roles": [{"name": "a", "ensure": "there"}]}), operator)
    assert found.startswith("spec.managed.roles.0.ensure: "), "a list's item is named by its number"


def test_a_kind_is_known_in_the_versions_of_the_operator_that_have_it():
    assert crds.mistakes(ROLE, "1.30") == [], "it came with 1.30"
    (found,) = crds.mistakes(ROLE, "1.28")
    assert "there is no postgresql.cnpg.io/v1/DatabaseRole" in found, "1.28 has managed roles only"


@pytest.mark.parametrize("group", crds.GROUPS)
def test_every_group_has_kinds_and_judges_an_object_of_theirs(group: str):
    assert crds.kinds(group), f"a release without definitions of {group} is not the one meant"
    for one in crds.kinds(group):
        version, _, kind = one.rpartition("/")
        wrong = {"apiVersion": version, "kind": kind, "metadata": {"name": "one"}, "spek": {}}
        assert any("spek" in text for text in crds.mistakes(wrong)), f"{one} has no such field"


def test_a_group_that_nobody_gave_is_no_clean_bill():
    with pytest.raises(LookupError, match=r"no definitions of example.org are known here; known are .*bitnami.com"):
        crds.mistakes({"apiVersion": "example.org/v1", "kind": "Thing"})


FREE = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
PORTS = {
    "type": "array",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["name"],
    "items": {"type": "object", "properties": {"name": {"type": "string"}, "port": {"type": "integer"}}},
}


@pytest.mark.parametrize(
    ("schema", "good", "bad", "why"),
    [
        ({"type": "object", "properties": {"a": {"type": "string"}}}, {"a": "x"}, {"b": "x"}, "it would be pruned"),
        ({"type": "object"}, {}, {"a": 1}, "an object without properties keeps none"),
        (FREE, {"a": 1}, "x", "it keeps what nobody knows"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, {"a": "x"}, {"a": 1}, "a map of texts"),
        ({"type": "string", "nullable": True}, None, 1, "null stands for nothing"),
        ({"type": "string"}, "x", None, "null is no text"),
        (
            {"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": True},
            "5%",
            [],
            "a number or a text",
        ),
        ({"type": "integer", "maximum": 2, "exclusiveMaximum": True}, 1, 2, "OpenAPI 3.0 says it with a boolean"),
        (PORTS, [{"name": "a"}, {"name": "b"}], [{"name": "a", "port": 1}, {"name": "a"}], "merged by their name"),
        (
            {"type": "object", "properties": {"pod": {"type": "object", "x-kubernetes-embedded-resource": True}}},
            {"pod": {"metadata": {"name": "x"}}},
            {"pod": {"spec": {}}},
            "an object within has metadata too",
        ),
    ],
)
def test_a_schema_judges_as_the_api_server_does(schema: dict[str, Any], good: Any, bad: Any, why: str):
    assert judged(schema, good) == [], why
    assert judged(schema, bad), why


def test_a_field_with_a_default_need_not_be_there():
    schema = {
        "type": "object",
        "required": ["a", "b"],
        "properties": {"a": {"type": "string", "default": "x"}, "b": {}},
    }
    (found,) = judged(schema, {})
    assert "'b' is a required property" in found, "the server fills in a before it looks"
