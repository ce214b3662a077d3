"""NetworkPolicies: what is not named is denied."""

import plans
import pytest

EVERY = pytest.mark.parametrize("stack", [*plans.STACKS, "everything"])


@EVERY
def test_everything_is_denied_but_what_is_named(stack):
    plan = plans.every_plan()[stack]
    deny = plans.one(plan, "NetworkPolicy", "default-deny").body["spec"]
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    server = plans.one(plan, "NetworkPolicy", "postgres").body["spec"]
    clients = plans.one(plan, "NetworkPolicy", "postgres-clients").body["spec"]
    (let_in,), (let_out,) = server["ingress"], clients["egress"]
    assert let_in["ports"] == let_out["ports"] == [{"protocol": "TCP", "port": 5432}], "one rule from both ends"
    assert let_in["from"] == [{"podSelector": clients["podSelector"]}], "who may come is who may go"
    assert let_out["to"] == [{"podSelector": server["podSelector"]}]


@EVERY
def test_only_pods_that_use_the_database_may_reach_it(stack):
    plan = plans.every_plan()[stack]
    marked = {
        m.name.rpartition("-")[0] if m.kind == "Job" else m.name
        for m in plan.manifests
        if m.kind in {"Deployment", "StatefulSet", "Job"}
        and m.body["spec"]["template"]["metadata"]["labels"].get("postgres-apps/database") == "postgres"
    }
    assert marked == {"observer", "observer-migration", "postgres-bootstrap"}, "`second` has no connection"
