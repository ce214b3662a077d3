"""Three lines make a tenant, take nothing from the others, and taken away leave the data where it is."""

import re

import plans
import pytest
from shared import SERVICE, ZONE, least, patch, plan, references

from components import changes, identity
from components.connection import SECRET_KEYS
from components.manifest import Generated, shown
from components.names import COMPONENT, role

OPERATORS = pytest.mark.parametrize("operator", ["1.28", "1.30"])
ROLES = ("owner", "app", "reader")


def by_role(where):
    """Objects by kind and name, a Job's without its digest."""
    return {(m.kind, role(m)): m for m in where.manifests}


def changed(before, after):
    """What is new, what went, and what has another content."""
    old, new = by_role(before), by_role(after)
    both = {key for key in old.keys() & new.keys() if shown(old[key].body) != shown(new[key].body)}
    return new.keys() - old.keys(), old.keys() - new.keys(), both


def own_of(name, namespace, operator="1.30"):
    """The objects of a tenant of three lines, with variables of both kinds."""
    there = {
        *(("Secret", f"{namespace}/{name}-{end}") for end in ("postgresql-credentials", "postgresql-app")),
        *(("Secret", f"{namespace}/{name}-{end}") for end in ("postgresql-reader", "secrets")),
        ("ConfigMap", f"{namespace}/{name}-config"),
        ("Namespace", namespace),
    }
    here = {("Secret", f"{SERVICE}-{name}-{which}") for which in ROLES}
    here |= {(kind, f"{SERVICE}-{name}") for kind in ("Database", "Job", "NetworkPolicy")}
    if operator == "1.30":
        here |= {("DatabaseRole", f"{SERVICE}-{name}{end}") for end in ("", "-app", "-reader")}
    return here | there


COMMON = {("ConfigMap", identity.NAME), ("Job", f"{SERVICE}-tenants")}
"""What tells the tenants that there are, and so changes with them."""


@OPERATORS
def test_three_lines_make_all_that_a_tenant_needs(operator):
    new, gone, other = changed(plan({}, operator=operator), plan({"shop": least()}, operator=operator))
    assert new == own_of("shop", "shop", operator) and not gone
    assert other == COMMON | ({("Cluster", SERVICE)} if operator == "1.28" else set())


@OPERATORS
def test_the_51st_tenant_changes_only_its_own_objects(operator):
    fifty = {f"t{number}": least(f"n{number}") for number in range(50)}
    before, after = plan(fifty, operator=operator), plan({**fifty, "shop": least()}, operator=operator)
    new, gone, other = changed(before, after)
    assert new == own_of("shop", "shop", operator) and not gone
    assert other == COMMON | ({("Cluster", SERVICE)} if operator == "1.28" else set()), (
        "1.28 has the roles in the Cluster; 1.30 leaves it alone"
    )


@OPERATORS
def test_a_tenant_that_goes_takes_only_its_own_and_its_data_stays(operator):
    two = {"shop": least(), "wiki": least("office")}
    before, after = plan(two, operator=operator), plan({"wiki": least("office")}, operator=operator)
    new, gone, other = changed(before, after)
    assert gone == own_of("shop", "shop", operator) and not new
    assert other == COMMON | ({("Cluster", SERVICE)} if operator == "1.28" else set())
    database = by_role(before)["Database", f"{SERVICE}-shop"].body["spec"]
    assert (database["databaseReclaimPolicy"], database["ensure"]) == ("retain", "present"), "its data stays"
    data = [plans.one(each, "ConfigMap", identity.NAME).body["data"] for each in (before, after)]
    assert changes.refusals(*data) == [], "nothing is lost, so nothing is refused"
    (sentence,) = changes.departures(*data)
    for words in ("shop is no tenant any more", "can no longer log in", "the database shop stays", "DROP DATABASE"):
        assert words in sentence, "and the person is told"
    assert changes.departures(data[1], data[0]) == [], "who comes is no departure"
    none = plans.one(plan({}, operator=operator), "ConfigMap", identity.NAME).body["data"]
    assert len(changes.departures(data[0], none)) == 2, "both are told of, the last one too"


def test_where_the_stack_keeps_its_data_a_tenant_can_go_all_the_same():
    found = plans.plan("databases-prod", patch({"shop": least()}))
    theirs = [m for m in found.manifests if m.body["metadata"]["labels"].get(COMPONENT) == "tenant"]
    assert len(theirs) >= 10 and not any(m.keep for m in theirs), "a protected Secret would end the `up` that takes it"
    for name in ROLES:
        expected = Generated(f"{SERVICE}-shop-{name}", kept=False)
        assert found.tenants["shop"][name].password == expected, f"nor is the password of {name} protected"
    assert found.connections["app"].password == Generated(f"{SERVICE}-app"), "the Cluster's own are (rule 6)"
    for manifest in (m for m in found.manifests if m.kind == "Namespace" and m.outside):
        assert manifest.adopted and not manifest.keep, "others may live there too"


def test_a_tenants_database_can_not_be_renamed():
    before, after = (
        plans.one(plan({"shop": least(**more)}), "ConfigMap", identity.NAME).body["data"]
        for more in ({}, {"database": "store"})
    )
    (text,) = changes.refusals(before, after)
    assert "shop would go from the database shop to store, an empty one. Set it back to shop" in text


@pytest.mark.parametrize("which", ROLES)
def test_a_roles_secrets_say_the_same_to_the_operator_and_to_the_app(which):
    found = plan({"shop-1": least()})
    connection = found.tenants["shop-1"][which]
    told = references(found)["Secret", f"{SERVICE}-shop-1-{which}"].body
    read = references(found)["Secret", f"shop/{connection.secret}"].body
    assert told["type"] == "kubernetes.io/basic-auth" and set(told["stringData"]) == {"username", "password"}
    assert tuple(read["stringData"]) == SECRET_KEYS, "as every credentials Secret has"
    assert told["stringData"]["username"] == read["stringData"]["username"] == connection.user
    assert told["stringData"]["password"] == read["stringData"]["password"] == connection.password
    assert connection.user == {"owner": "shop_1", "app": "shop_1_app", "reader": "shop_1_reader"}[which]


@pytest.mark.parametrize("which", ROLES)
def test_the_variables_are_those_of_the_role_that_the_tenant_names(which):
    found = references(plan({"shop": least(role=which)}))
    assert found["ConfigMap", "shop/shop-config"].body["data"] == {
        "PGHOST": f"{SERVICE}-rw.{ZONE}",
        "PGPORT": "5432",
        "PGDATABASE": "shop",
        "PGSSLMODE": "require",
    }
    hidden = found["Secret", "shop/shop-secrets"].body["stringData"]
    end = "" if which == "owner" else f"_{which}"
    assert shown(hidden) == {"PGUSER": f"shop{end}", "PGPASSWORD": f"<generated {SERVICE}-shop-{which}>"}


def test_who_is_none_any_more_is_shut_out_the_last_one_too():
    def present(where):
        script = plans.template(plans.one(where, "Job", f"{SERVICE}-tenants"))["spec"]["containers"][0]["command"][-1]
        (listed,) = re.findall(r"rolname <> ALL \(ARRAY\[(.*)\]::name\[\]\)", script)
        return listed

    assert present(plan({"shop": least()})) == "'shop', 'shop_app', 'shop_reader'", "these may log in"
    assert present(plan({})) == "", "NOT IN (NULL) would be true of nobody, and so nobody would be shut out"
    comments = {m.body["spec"]["comment"] for m in plan({"shop": least()}).manifests if m.kind == "DatabaseRole"}
    assert f"postgres-apps, tenant of {SERVICE}: shop" in comments, "by which the Job knows them"


def test_the_outputs_say_where_the_tenants_secrets_are():
    found = plan({"shop": least("office")}).outputs["tenants"]["shop"]
    assert (found["namespace"], found["host"], found["name"]) == ("office", f"{SERVICE}-rw.{ZONE}", "shop")
    assert found["credentials"]["reader"] == "shop-postgresql-reader", "a name, never a value"


def test_a_tenants_own_database_is_nobody_elses_and_bounded():
    spec = by_role(plan({"shop": least(connections=7, schemas=["s"], extensions=["vector"])}))
    spec = spec["Database", f"{SERVICE}-shop"].body["spec"]
    assert spec["cluster"] == {"name": SERVICE} and spec["owner"] == spec["name"] == "shop"
    assert spec["connectionLimit"] == 7
    assert spec["schemas"] == [{"name": "s", "owner": "shop"}] and spec["extensions"] == [{"name": "vector"}]


def test_tenants_that_may_open_more_than_the_server_takes_are_told():
    few = {"shop": least(connections=60), "mail": least("mail", connections=40)}
    assert plan(few, {"maxConnections": 100}).notes == [], "together they just fit"
    (note,) = plan({**few, "wiki": least("wiki")}, {"maxConnections": 100}).notes
    assert "the 3 tenants may open 120 connections" in note and "takes 100" in note, "whoever comes last is refused"
