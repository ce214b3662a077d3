"""`explain` tells what a tenant's app finds in its own namespace, which nothing in the plan reads."""

import re

import plans
import pytest
from shared import SERVICE, STACK, ZONE, least, patch

from components.connection import SECRET_KEYS
from components.explain import explain

TENANTS = pytest.mark.parametrize("stack", plans.WITH_OPERATOR)


def told(settings: dict) -> dict[str, list[str]]:
    """Variable, or Secret → the other cells, of the tenant `shop`."""
    text = explain(plans.system(STACK, settings), plans.plan(STACK, settings))
    lines = text.partition("Tenant shop · ")[2].partition("\n\n")[0].splitlines()
    cells = [re.split(r"  +", line.strip()) for line in lines[1:]]
    return {row[0]: row[1:] for row in cells}


def test_each_variable_says_where_it_is_and_what_it_leads_to() -> None:
    found = told(patch({"shop": least("office", role="app")}))
    assert found["PGHOST"] == ["ConfigMap shop-config", f"{SERVICE}-rw.{ZONE}", "connection.host"]
    assert found["PGPASSWORD"] == ["Secret shop-secrets", "secret", "connection.password"]


def test_the_secret_of_each_role_says_what_is_in_it() -> None:
    found = told(patch({"shop": least()}))
    for role, name, user in (("owner", "credentials", "shop"), ("reader", "reader", "shop_reader")):
        value, text = found[f"Secret shop-postgresql-{name}"]
        assert value == "secret" and text.startswith(f"all that {role} {user} needs: ")
        assert set(text.partition(": ")[2].split(", ")) == set(SECRET_KEYS)


@TENANTS
def test_every_tenant_is_told_with_its_namespace_and_its_role(stack: str) -> None:
    system, plan = plans.system(stack), plans.every_plan()[stack]
    text = explain(system, plan)
    for name, tenant in system.tenants.items():
        user = plan.tenants[name][tenant.role].user
        assert f"Tenant {name} · read in namespace {tenant.namespace}, as {user}\n" in text, "or nobody looks there"
        for variable in tenant.connection.fields:
            assert f"  {variable} " in text.partition(f"Tenant {name} · ")[2], f"{name}: {variable}"
