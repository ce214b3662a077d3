"""Tenants of any name, side by side: no object of one is another's, and every name fits where it is put."""

import json

import plans
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shared import SERVICE, least, patch, plan, references

from components import identity, rendered
from components.compose import Plan
from components.difference.plans import compared
from components.names import role
from components.settings.mistakes import SettingsRefused


def test_two_tenants_share_a_namespace_and_nothing_else():
    found = plan({"shop": least("office"), "wiki": least("office")})
    assert len([m for m in found.manifests if m.kind == "Namespace" and m.adopted]) == 1, "it is there once"
    with pytest.raises(SettingsRefused, match="ConfigMap/office/words"):
        plan({"shop": least("office", config="words"), "wiki": least("office", config="words")})


tenant_names = st.lists(
    st.from_regex(r"[a-z]([-a-z0-9]{0,43}[a-z0-9])?", fullmatch=True), min_size=1, max_size=3, unique=True
)


@given(tenant_names, st.sampled_from(["1.28", "1.30"]), st.booleans())
def test_whatever_the_tenants_are_called_no_two_objects_meet_and_every_label_fits(names, operator, pooled):
    tenants = {name: least("office", **({"pooler": {"instances": 1}} if pooled else {})) for name in names}
    try:
        found = plan(tenants, operator=operator)
    except SettingsRefused as refused:
        assert all(one.path.startswith("tenants") for one in refused.mistakes), "by a sentence, and not by a clash"
        return
    assert len({m.reference for m in found.manifests}) == len(found.manifests), "one would overwrite the other"
    for manifest in found.manifests:
        labels = [manifest.body["metadata"]["labels"]]
        labels += [plans.template(manifest)["metadata"]["labels"]] if manifest.kind == "Job" else []
        assert all(len(value) <= 63 for each in labels for value in each.values()), manifest.reference
        assert len(manifest.name) <= (63 if manifest.kind in {"Job", "Pooler"} else 253), manifest.reference
    assert len(json.loads(references(found)["ConfigMap", identity.NAME].body["data"]["tenants"])) == len(names)


ODD = {
    "tenants named like a part of the database": ({"bootstrap": least(), "tenants": least()}, SERVICE),
    "a Cluster with so long a name that its Jobs' are cut": ({"a": least(), "b": least("c")}, "s" * 45),
    "a tenant named like the Cluster": ({SERVICE: least()}, SERVICE),
    "names and namespaces that read the same in one line": ({"a": least("b-c"), "b-a": least("c")}, SERVICE),
}


@pytest.mark.parametrize("what", ODD)
def test_each_object_has_a_file_and_a_place_in_a_comparison_of_its_own(what):
    tenants, service = ODD[what]
    given_settings = patch(tenants, {"service": service})
    found = plans.plan("databases-dev", given_settings)
    assert len(rendered.files("databases-dev", found)) == len(found.manifests), f"{what}: one would hide the other"
    side = (plans.system("databases-dev", given_settings), found)
    assert not compared(side, side).places, f"{what}: nothing differs from itself"
    nothing = compared(side, (side[0], Plan([], {}, [], "shared"))).only_before
    assert len(nothing) == len(found.manifests), f"{what}: one would be compared for two"
    fewer = patch(dict(list(tenants.items())[1:]), {"service": service})
    other = (plans.system("databases-dev", fewer), plans.plan("databases-dev", fewer))
    gone = {m.reference for m in found.manifests} - {m.reference for m in other[1].manifests}
    assert {(kind, name) for kind, name in gone if kind != "Job"} <= set(compared(side, other).only_before), what


def test_a_tenant_named_like_a_policy_of_the_database_is_refused_with_both():
    with pytest.raises(SettingsRefused, match=f"NetworkPolicy/{SERVICE}-clients") as refused:
        plan({"clients": least()})
    assert "Postgres postgresql-shared and by Tenant clients" in str(refused.value)


def test_the_files_of_a_tenant_are_named_after_its_namespace():
    files = rendered.files("databases-dev", plan({"shop": least("office")}))
    assert {"configmap-office_shop-config.yaml", "placeholders/secret-office_shop-secrets.yaml"} <= files.keys()
    assert role(references(plan({"shop": least("office")}))["ConfigMap", "office/shop-config"]) == "office/shop-config"
