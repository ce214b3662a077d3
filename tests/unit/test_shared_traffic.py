"""Who may reach a tenant's database, from both ends, and where PgBouncer stands between them."""

import pytest
from shared import SERVICE, ZONE, least, plan, references

from components.connection import Connection

CLUSTER = {"cnpg.io/cluster": SERVICE}
POOLER = {"cnpg.io/poolerName": "shop-pooler"}
POSTGRESQL = [{"protocol": "TCP", "port": 5432}]
PODS = {"app": "shop"}


def policy(where, name):
    return references(where)["NetworkPolicy", name].body["spec"]


def of(namespace, pods=None):
    found = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}
    return found | ({"podSelector": {"matchLabels": pods}} if pods else {})


@pytest.mark.parametrize("pooled", [False, True])
@pytest.mark.parametrize("pods", [None, PODS])
def test_the_tenant_comes_in_and_nobody_else_of_its_namespace_where_its_pods_are_named(pods, pooled):
    found = plan({"shop": least("shop", **({"pods": pods} if pods else {}), **({"pooler": {}} if pooled else {}))})
    spec = policy(found, f"{SERVICE}-shop")
    servers = {**CLUSTER, "cnpg.io/podRole": "instance"}
    assert spec["podSelector"]["matchLabels"] == (POOLER if pooled else servers), "and not to another tenant's pooler"
    assert spec["ingress"] == [{"from": [of("shop", pods)], "ports": POSTGRESQL}]


def test_its_named_pods_may_leave_for_the_database_and_for_dns():
    found = plan({"shop": least(pods=PODS)})
    leaves = policy(found, "shop/shop-database")
    assert (leaves["podSelector"]["matchLabels"], leaves["policyTypes"]) == (PODS, ["Egress"])
    assert leaves["egress"] == [{"to": [of("databases", CLUSTER)], "ports": POSTGRESQL}], "the same rule, other end"
    asks = policy(found, "shop/shop-dns")
    assert asks["podSelector"]["matchLabels"] == PODS, "no other pod there gets a policy of ours"
    assert {port["port"] for port in asks["egress"][0]["ports"]} == {53}, "the host is a name"
    assert asks["egress"][0]["to"] == policy(found, "allow-dns")["egress"][0]["to"], "in the cluster's own DNS"


def test_no_policy_is_made_in_a_namespace_of_others_where_no_pods_are_named():
    found = plan({"shop": least(pooler={})})
    assert not [m for m in found.manifests if m.kind == "NetworkPolicy" and m.outside], "it would cut off all of it"


def test_a_pooler_stands_between_and_may_reach_the_database():
    found = plan({"shop": least(pooler={"instances": 3, "poolSize": 9, "mode": "session"}, pods=PODS)}, instances=3)
    spec = references(found)["Pooler", "shop-pooler"].body["spec"]
    assert (spec["cluster"], spec["instances"], spec["type"]) == ({"name": SERVICE}, 3, "rw")
    assert spec["pgbouncer"]["poolMode"] == "session"
    assert spec["pgbouncer"]["parameters"]["default_pool_size"] == "9", "the operator takes texts"
    assert {"to": [{"podSelector": {"matchLabels": CLUSTER}}], "ports": POSTGRESQL} in policy(found, "shop-pooler")[
        "egress"
    ]
    assert policy(found, "shop-pooler")["podSelector"]["matchLabels"] == POOLER, "of its own pods"
    server = policy(found, "shop-pooler-server")
    assert server["podSelector"]["matchLabels"] == CLUSTER
    assert server["ingress"] == [{"from": [{"podSelector": {"matchLabels": POOLER}}], "ports": POSTGRESQL}]
    ends = [rule["to"] for rule in policy(found, "shop/shop-database")["egress"]]
    assert ends == [[of("databases", POOLER)], [of("databases", CLUSTER)]], "reads go past it, to the standbys"


@pytest.mark.parametrize(("pooled", "host"), [(True, f"shop-pooler.{ZONE}"), (False, f"{SERVICE}-rw.{ZONE}")])
def test_the_connection_leads_to_the_pooler_where_there_is_one(pooled, host):
    found = plan({"shop": least("shop", **({"pooler": {}} if pooled else {}))}, instances=3)
    for connection in found.tenants["shop"].values():
        assert isinstance(connection, Connection) and (connection.host, connection.port) == (host, 5432)
        twin = connection.read_only
        assert twin is not None and twin.host == f"{SERVICE}-ro.{ZONE}", "a Pooler of type rw leads to the primary only"
        assert twin.peers == CLUSTER
    told = references(found)["ConfigMap", "shop/shop-config"].body["data"]
    assert told["PGHOST"] == host


def test_the_image_of_a_pooler_is_the_operators_unless_one_is_named():
    tenants = {"shop": least(pooler={})}
    assert "template" not in references(plan(tenants))["Pooler", "shop-pooler"].body["spec"]
    named = references(plan(tenants, poolerImage="example.org/pgbouncer:1"))["Pooler", "shop-pooler"].body["spec"]
    assert named["template"]["spec"]["containers"] == [{"name": "pgbouncer", "image": "example.org/pgbouncer:1"}]


def test_only_the_operator_and_the_instances_reach_the_instance_managers_port():
    ports = [
        (rule["from"], port["port"])
        for m in plan({"shop": least(pooler={})}, instances=3).manifests
        if m.kind == "NetworkPolicy"
        for rule in m.body["spec"].get("ingress", [])
        for port in rule["ports"]
    ]
    pods = [peer["podSelector"]["matchLabels"] for peers, port in ports if port == 8000 for peer in peers]
    assert pods == [CLUSTER, {"app.kubernetes.io/name": "cloudnative-pg"}], "and nobody else"
