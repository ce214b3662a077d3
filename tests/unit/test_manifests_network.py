"""NetworkPolicies: what is not named is denied."""

import plans
import pytest

EVERY = pytest.mark.parametrize("stack", plans.EVERY)


@EVERY
def test_everything_is_denied_but_what_is_named(stack):
    plan = plans.every_plan()[stack]
    deny = plans.one(plan, "NetworkPolicy", "default-deny").body["spec"]
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    connection = plan.connections["app"]
    name = connection.peers["app.kubernetes.io/name"]
    server = plans.one(plan, "NetworkPolicy", name).body["spec"]
    clients = plans.one(plan, "NetworkPolicy", f"{name}-clients").body["spec"]
    (let_in,), (let_out,) = server["ingress"], clients["egress"]
    ports = [connection.port, *([connection.read_only.port] if connection.read_only else [])]
    assert let_in["ports"] == let_out["ports"] == [{"protocol": "TCP", "port": port} for port in ports], (
        "one rule from both ends"
    )
    assert let_in["from"] == [{"podSelector": clients["podSelector"]}], "who may come is who may go"
    assert let_out["to"] == [{"podSelector": server["podSelector"]}]


@EVERY
def test_only_pods_that_use_the_database_may_reach_it(stack):
    plan, service = plans.every_plan()[stack], plans.system(stack).database.service
    marked = {
        m.name.rpartition("-")[0] if m.kind == "Job" else m.name
        for m in plans.workloads(plan)
        if plans.template(m)["metadata"]["labels"].get("postgres-apps/database") == service
    }
    clients = {"observer", "observer-migration"} if stack in plans.WITH_OBSERVER else set()
    assert marked == {f"{service}-bootstrap", *clients}, "`second` has no connection"
