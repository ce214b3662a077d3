"""What can't work in a shared Cluster is refused with where it is, what was found and what is allowed."""

import plans
import pytest
from hypothesis import given
from hypothesis import strategies as st
from refused import refusal
from shared import STACK, least, mistake, patch
from shared_refusals import REFUSED

from components.settings.extensions import CONTRIB
from components.settings.mistakes import SettingsRefused
from components.settings.shared import OPERATORS_ROLES
from components.settings.tenant import LONGEST_DATABASE, connections_of, database_of, roles_of


@pytest.mark.parametrize("what", REFUSED)
def test_what_can_not_work_is_refused_where_it_is_with_what_is_allowed(what):
    given_settings, path, (found, allowed) = REFUSED[what]
    told = mistake(given_settings)
    assert told.path == path, f"{what}: the person must find it"
    assert found in f"{told.found} {told.why}", f"{what}: says what was found: {told}"
    assert allowed in told.allowed, f"{what}: says what is allowed: {told}"
    assert told.file.endswith(("databases-dev.yaml", "databases.yaml")), "and in which file"


@pytest.mark.parametrize("topology", ["standalone", "replicated"])
def test_tenants_of_another_topology_are_refused(topology):
    (told,) = refusal({"database": {"topology": topology}, "tenants": {"shop": least()}}, "dev").mistakes
    assert told.path == "tenants" and told.found.startswith(f"{topology}, whose database is for the apps of this stack")


def test_a_pooler_named_like_an_app_is_refused():
    least_app = {**plans.EVERYTHING["apps"]["second"]}
    told = mistake(patch({"web": least(pooler={})}) | {"apps": {"web-pooler": least_app}})
    assert told.path == "tenants.web.pooler" and "web-pooler, which is an app too" in told.found, (
        "both would be a Deployment and a Service of this name, and the operator would fight for them"
    )


@pytest.mark.parametrize("role", sorted(OPERATORS_ROLES - {"postgres"}))
def test_no_tenant_gets_a_role_that_the_operator_makes(role):
    told = mistake(patch({"shop": least(database=role)}))
    assert f"{role}, of the Cluster itself and shop" in told.found, "it would take the operator's own role over"


def test_images_of_prod_carry_a_digest_the_poolers_too():
    images = {"requireDigest": True, "withoutDigest": {"postgres": "moved by nobody"}}
    told = mistake(patch(poolerImage="example.org/pgbouncer:1") | {"images": images})
    for where in ("(database.shared.image)", "(database.shared.poolerImage)"):
        assert where in told.found, "rule 11 is asked of every image that is named"


def test_every_extension_of_postgresql_itself_may_be_asked_for():
    asked = plans.system(STACK, patch({"shop": least(extensions=sorted(CONTRIB))})).tenants["shop"]
    assert set(asked.extensions) == CONTRIB, "each is in the operator's own image"
    own = patch({"shop": least(extensions=["own"])}, image="example.org/pg:17", extensions=["own"])
    assert plans.system(STACK, own).tenants["shop"].extensions == ["own"], "the stack says that its image has it"


names = st.from_regex(r"[a-z]([-a-z0-9]{0,60}[a-z0-9])?", fullmatch=True)


@given(names)
def test_a_tenants_name_makes_identifiers_or_is_refused_at_its_place(name):
    try:
        system = plans.system(STACK, patch({name: least()}))
    except SettingsRefused as refused:
        assert all(one.path in {"tenants", f"tenants.{name}"} for one in refused.mistakes), "nothing else is wrong"
        return
    roles = roles_of(name, system.tenants[name])
    assert len(set(roles.values())) == 3, "owner, app and reader are three"
    assert all(len(role) <= 63 and role.isidentifier() for role in roles.values()), "PostgreSQL would cut a longer one"


@given(st.integers(1, LONGEST_DATABASE + 8), st.integers(1, 20))
def test_a_name_is_taken_as_long_as_all_that_is_made_of_it_fits(length, service):
    given_settings = patch({"t" * length: least()}, {"service": "s" * service})
    fits = length <= min(LONGEST_DATABASE, 63 - service - 1)
    if fits:
        plans.system(STACK, given_settings)
    else:
        assert mistake(given_settings).path == f"tenants.{'t' * length}", "its roles, or a label, would be too long"


@given(st.integers(1, 20), st.integers(1, 60))
def test_a_pooler_alone_gets_the_connections_that_it_opens(instances, pool_size):
    pooler = {"instances": instances, "poolSize": pool_size}
    tenant = plans.system(STACK, patch({"t": least(pooler=pooler)}, {"maxConnections": 2000})).tenants["t"]
    assert connections_of(tenant) == max(20, instances * pool_size), "or PostgreSQL refuses what PgBouncer opens"


def test_two_hyphenated_names_may_be_near_each_other_and_not_the_same():
    tenants = plans.system(STACK, patch({"a-b": least(), "a-c": least(), "ab": least()})).tenants
    assert {database_of(name, tenant) for name, tenant in tenants.items()} == {"a_b", "a_c", "ab"}
    assert mistake(patch({"a-b": least(), "c": least(database="a_b")})).path == "tenants", "one database, two tenants"


def test_all_tenants_that_can_not_be_are_told_at_once():
    wanted = {
        "shop": least(extensions=["pg_trigram"], connections=900),
        "wiki": least(namespace="kube-system"),
        "docs": least(namespace=plans.system(STACK).namespace.name),
        "fine": least(),
    }
    found = {m.path for m in refusal(patch(wanted), STACK).mistakes}
    assert found == {
        *("tenants.shop.extensions", "tenants.shop.connections"),
        *("tenants.wiki.namespace", "tenants.docs.namespace"),
    }, "fifty tenants are not corrected in fifty runs"
