"""W20, and findings that go back to one thing: a NetworkPolicy and an affinity find pods, a wrong port is one cause."""

from typing import Any

import pytest
from contract_examples import found, pod, system, web
from contract_sets import app, policy, postgres, service

from contracts import judge


def affinity(**labels: str) -> dict[str, Any]:
    term = {"labelSelector": {"matchLabels": labels}, "topologyKey": "kubernetes.io/hostname"}
    return {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


@pytest.mark.parametrize(
    ("labels", "near"),
    [
        ({"app": "shop"}, None),
        ({"app": "shopp"}, "shop"),
        ({"app": "shop", "tier": "webb"}, "web"),
        ({"app": "monitoring"}, None),
        ({"app": "shop", "role": "primary"}, None),
        ({}, None),
    ],
    ids=["right", "a slip", "a slip in the second", "of another set", "while it runs", "everybody"],
)
def test_what_a_policy_or_an_affinity_selects_is_there_but_for_a_slip(labels: dict[str, str], near: str | None) -> None:
    objects = system()
    pod(objects["Deployment shop"])["affinity"] = affinity(**labels)
    violations = found("W20", objects, policy("guard", labels))
    assert [violation.nearest for violation in violations] == ([near] * 2 if near else [])
    if near:
        guarded, drawn = violations
        assert guarded.path.startswith("spec.podSelector.matchLabels[")
        assert "podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector" in drawn.path


def test_the_name_of_a_workload_is_no_slip_of_the_labels_of_another() -> None:
    dump = app()
    dump["metadata"]["name"] = "postgresql-shop-dump"
    server = postgres()
    server["spec"]["template"]["metadata"]["labels"] = {"app": "postgresql-shop"}
    guard = policy("guard", {"app": "postgresql-shop-dump"})
    assert found("W20", server, guard), "nearly those of the server, and nobody else is called so"
    for labels in ({"app": "<unknown>"}, "<unknown>"):
        dump["spec"]["template"]["metadata"]["labels"] = labels
        assert found("W20", server, dump, guard) == [], "the dump is meant, whose labels a preview may not know yet"
    dump["spec"]["template"]["metadata"]["labels"] = {"app": "postgresql-shop-dmp"}
    (violation,) = found("W20", server, dump, guard)
    assert violation.nearest == "postgresql-shop-dmp", "its own label is the slip"


def test_an_affinity_to_other_namespaces_is_not_judged() -> None:
    objects = system()
    drawn = affinity(app="shopp")
    drawn["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"][0]["namespaceSelector"] = {}
    pod(objects["Deployment shop"])["affinity"] = drawn
    assert found("W20", objects) == [], "those pods are elsewhere"


def test_a_port_on_which_nobody_listens_is_one_cause() -> None:
    deny = policy("deny", {}, policyTypes=["Ingress", "Egress"])
    objects = [app(DB_HOST="postgres"), postgres(), service(target=5433), deny]
    groups = {group[0].cause: [v.contract for v in group] for group in judge(objects).groups}
    assert groups["nothing listens on 5433 of StatefulSet shop/postgres"] == ["N08", "W02"], "the client's view first"
    assert not [cause for cause in groups if "5433 (" in cause], "no rule is missing for a port that leads nowhere"
    rightly = {v.contract for v in judge([*objects[:2], service(), deny]).broken}
    assert "N06" in rightly, "with the right port it is the policy"


def test_a_source_that_does_not_state_its_keys_is_one_cause() -> None:
    objects = system()
    del objects["Secret shop-secrets"]
    external = """{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: vault, namespace: shop},
      spec: {target: {name: shop-secrets}, dataFrom: [{extract: {key: a}}]}}"""
    web(objects)["env"] = []
    one, other = found("S03", objects, external)
    assert one.cause == other.cause == "ExternalSecret shop/vault does not state its keys"
