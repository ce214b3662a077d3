"""NetworkPolicies: what is not named is denied."""

import plans
import pytest

WITH_SERVER = pytest.mark.parametrize("stack", plans.WITH_SERVER)


@WITH_SERVER
def test_everything_is_denied_but_what_is_named(stack):
    plan = plans.every_plan()[stack]
    deny = plans.one(plan, "NetworkPolicy", "default-deny").body["spec"]
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    connection = plan.connections["app"]
    database = plans.system(stack).database
    name = database.service if database.is_shared else connection.peers["app.kubernetes.io/name"]
    server = plans.one(plan, "NetworkPolicy", name).body["spec"]
    clients = plans.one(plan, "NetworkPolicy", f"{name}-clients").body["spec"]
    (let_in, *others), (let_out,) = server["ingress"], clients["egress"]
    assert len(others) == (2 if database.is_shared else 0), "nobody else, but for the operator and the instances"
    assert let_in["ports"] == let_out["ports"] == [{"protocol": "TCP", "port": port} for port in connection.ports], (
        "one rule from both ends"
    )
    assert let_in["from"] == [{"podSelector": clients["podSelector"]}], "who may come is who may go"
    assert let_out["to"] == [{"podSelector": server["podSelector"]}]


@WITH_SERVER
def test_only_pods_that_use_the_database_may_reach_it(stack):
    plan, service = plans.every_plan()[stack], plans.system(stack).database.service
    marked = {
        m.name.rpartition("-")[0] if m.kind == "Job" else m.name
        for m in plans.workloads(plan)
        if plans.template(m)["metadata"]["labels"].get("postgres-apps/database") == service
    }
    clients = {"observer", "observer-migration"} if stack in plans.WITH_OBSERVER else set()
    tenants = plans.system(stack).tenants
    jobs = ("bootstrap", "tenants", *tenants) if stack in plans.WITH_OPERATOR else ("bootstrap",)
    jobs += ("exporter",) if plans.one_watches(stack) else ()
    jobs += ("schema",) if plans.system(stack).database.schema_ else ()
    jobs += ("base-backup",) if plans.system(stack).database.wal else ()
    jobs += ("dump", "restore") if plans.dumps(stack) else ()
    jobs += ("reload",) if plans.system(stack).database.is_standalone and plans.system(stack).database.tls else ()
    assert marked == {*(f"{service}-{job}" for job in jobs), *clients}, "`second` has no connection"
