"""Who else uses a database: pods elsewhere that are let in, and people who may read one role's Secret."""

import plans
import pytest
from refused import refusal

from components.gate import passed

READERS = [
    {
        "role": "reader",
        "subjects": [
            {"kind": "Group", "name": "analysts"},
            {"kind": "ServiceAccount", "name": "report", "namespace": "billing"},
        ],
    }
]


@pytest.mark.parametrize("stack", ["dev", "pg-ha", "databases-dev"])
def test_clients_elsewhere_are_let_in_at_the_port_that_clients_use(stack):
    patch = {"database": {"clients": [{"namespace": "billing", "pods": {"app": "api"}}]}}
    plan = plans.plan(stack, patch)
    policy = plans.one(plan, "NetworkPolicy", f"{plans.system(stack).database.service}-elsewhere").body["spec"]
    assert policy["podSelector"]["matchLabels"] == plan.connections["app"].peers
    (rule,) = policy["ingress"]
    assert [port["port"] for port in rule["ports"]] == plan.connections["app"].ports
    assert rule["from"][0]["podSelector"]["matchLabels"] == {"app": "api"}
    passed(plans.system(stack, patch), plan)


def test_who_may_read_a_secret_may_get_that_one_and_list_none():
    plan = plans.plan("dev", {"database": {"readers": READERS}})
    role = plans.one(plan, "Role", "postgres-reader-readers").body
    assert role["rules"] == [
        {"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["postgres-reader"], "verbs": ["get"]}
    ], "to list Secrets is to read them all"
    subjects = plans.one(plan, "RoleBinding", "postgres-reader-readers").body["subjects"]
    assert [subject["name"] for subject in subjects] == ["analysts", "report"]
    passed(plans.system("dev", {"database": {"readers": READERS}}), plan)


@pytest.mark.parametrize(
    ("readers", "words"),
    [
        (READERS * 2, "each role once"),
        ([{"role": "superuser", "subjects": [{"kind": "Group", "name": "a"}]}], "owner, app, reader"),
        ([{"role": "app", "subjects": [{"kind": "Group", "name": "system:authenticated"}]}], "somebody in particular"),
        ([{"role": "app", "subjects": [{"kind": "ServiceAccount", "name": "a"}]}], "`namespace` for a ServiceAccount"),
        ([{"role": "app", "subjects": []}], "at least 1"),
    ],
)
def test_readers_that_would_be_too_many_are_refused(readers, words):
    assert words in str(refusal({"database": {"readers": readers}}))
