"""What a value that is not known yet may still change is never told as certain, and never passed over."""

from typing import Any

import plans
import pytest
from contract_sets import app, postgres
from unknown_values import Body, Steps, cluster_of, unknown_at, wrongly_certain

from components.manifest import shown
from contracts import verify
from policy.objects import UNKNOWN, Cluster
from policy.unknown import UNJUDGED, certain, unjudged

SAMPLE = 83
"""A prime, so that no stack's own period keeps a field out of the sample; tests/contracts takes more of them."""


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_no_unknown_value_in_a_stack_that_holds_makes_anything_certainly_broken(stack: str) -> None:
    tried, wrong = wrongly_certain([shown(manifest.body) for manifest in plans.plan(stack).manifests], SAMPLE)
    assert tried > 10, "a test of nothing"
    assert wrong == [], "once the value is known, the stack holds"


def broken(cluster: Cluster) -> set[str]:
    return {each.contract for each in certain(cluster, verify(cluster.objects)) if not each.undecided}


def lost_secret(**pod: Any) -> Body:
    body = app()
    container = body["spec"]["template"]["spec"]["containers"][0]
    container["envFrom"] = [{"secretRef": {"name": "shop-db"}}]
    container.update(pod)
    return body


SECRET: Body = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "shop-dbs", "namespace": "shop"},
    "stringData": {"PASSWORD": "x"},
}


@pytest.mark.parametrize(
    ("pod", "secret"),
    [
        ({"image": UNKNOWN}, {}),
        ({"env": [{"name": "HOST", "value": UNKNOWN}]}, {}),
        ({"args": [UNKNOWN]}, {}),
        ({}, {"stringData": {"PASSWORD": UNKNOWN}}),
    ],
    ids=["image", "value", "argument", "password"],
)
def test_a_wrong_name_stays_certain_beside_a_value_that_has_no_say_in_it(pod: Body, secret: Body) -> None:
    cluster = cluster_of([lost_secret(**pod), {**SECRET, **secret}])
    assert "S01" in broken(cluster), "the first preview of nearly every program has such values; it must still refuse"


@pytest.mark.parametrize(
    "metadata",
    [{"name": UNKNOWN, "namespace": "shop"}, {"name": "shop-dbs", "namespace": UNKNOWN}, UNKNOWN],
    ids=["name", "namespace", "all of the metadata"],
)
def test_a_missing_secret_is_undecided_while_a_secret_has_no_known_name(metadata: Any) -> None:
    near = {**SECRET, "metadata": {"name": "shop-dbx", "namespace": "shop"}}
    assert "S01" in broken(cluster_of([lost_secret(), near])), "a test of nothing: the slip itself must be told"
    assert "S01" not in broken(cluster_of([lost_secret(), near, {**SECRET, "metadata": metadata}])), (
        "the nameless one may be the one that is looked for"
    )


def test_a_missing_key_stays_certain_beside_a_password_that_is_not_known() -> None:
    body = lost_secret()
    reference = {"secretKeyRef": {"name": "shop-dbs", "key": "PASWORD"}}
    body["spec"]["template"]["spec"]["containers"][0] |= {"envFrom": [], "env": [{"name": "P", "valueFrom": reference}]}
    cluster = cluster_of([body, {**SECRET, "stringData": {"PASSWORD": UNKNOWN}}])
    assert "S02" in broken(cluster), "the keys are known, and no password changes them"


def test_what_is_found_in_the_place_of_an_unknown_value_is_undecided() -> None:
    body = app(LOG_DIR=UNKNOWN)
    body["spec"]["template"]["metadata"]["annotations"] = {"contracts.postgres-apps/paths": "LOG_DIR=/var/log/shop"}
    cluster = cluster_of([body])
    (found,) = [each for each in certain(cluster, verify(cluster.objects)) if each.contract == "P01"]
    assert found.undecided, "the update may set it to the very path that is expected"


def test_doubt_about_one_namespace_is_none_about_another() -> None:
    elsewhere = {**SECRET, "metadata": {"name": UNKNOWN, "namespace": "storehouse"}}
    assert "S01" in broken(cluster_of([lost_secret(), SECRET, elsewhere]))


CONTAINER = ("spec", "template", "spec", "containers", 0)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (("spec", "selector"), "spec.selector"),
        (
            ("spec", "template", "spec", "containers", 0, "env", 0, "value"),
            "containers[postgres].env[POSTGRES_USER].value",
        ),
        (("spec", "template", "spec", "containers", 0, "image"), "containers[postgres].image"),
        (("metadata", "labels"), "metadata.labels"),
    ],
)
def test_what_could_not_be_looked_at_is_told(path: Steps, told: str) -> None:
    body = postgres()
    body["metadata"]["labels"] = {}
    cluster = cluster_of(unknown_at([body], 0, path))
    (violation,) = unjudged(cluster)
    assert violation.contract == UNJUDGED and violation.undecided
    assert violation.path.endswith(told), "a check that is left out must not look like one that has passed"


def test_passwords_and_annotations_that_are_not_known_are_not_worth_a_word() -> None:
    noted = {**SECRET, "metadata": {**SECRET["metadata"], "annotations": {"role-arn": UNKNOWN}}}
    cluster = cluster_of([{**noted, "stringData": {"PASSWORD": UNKNOWN}}, {**noted, "stringData": UNKNOWN}])
    assert list(unjudged(cluster)) == [], "each program with a generated password would be told so at first"


def test_a_hundred_unknown_fields_are_told_in_one_line() -> None:
    body = app(**{f"V{number}": UNKNOWN for number in range(100)})
    (violation,) = unjudged(cluster_of([body]))
    assert violation.path.endswith("and 92 more")
