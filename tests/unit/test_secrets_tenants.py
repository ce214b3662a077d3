"""A tenant's passwords from each source: CloudNativePG, and the app in its own namespace, have the same."""

import plans
import pytest
import sourced

from components.connection import SECRET_KEYS
from components.gate import judged
from components.manifest import SECRET_MAKERS, Existing, shown
from contracts.known.operators import made_by
from contracts.objects import ref
from tests import crds

KINDS = {"infisical": "InfisicalSecret", "external": "ExternalSecret", "sealed": "SealedSecret"}
EACH = pytest.mark.parametrize("source", sourced.VALUES)
ROLES = ("owner", "app", "reader")


def patch(source):
    given = {role: {"config": None, **sourced.VALUES[source]} for role in ROLES}
    wide = {"sources": {"sealed": {"scope": "cluster-wide"}}} if source == "sealed" else {}
    tenant = {"tenants": {"docspell": {"passwords": given}}}
    return plans.layered(plans.layered(tenant, sourced.sources(source)), wide)


def plan(source):
    return plans.plan("databases-dev", patch(source))


def named(source, name):
    return name + (f"-{source}" if source in KINDS else "")


def in_namespace(plan, namespace):
    return {m.name: m for m in plan.manifests if m.namespace == namespace and m.reference[0] == "Secret"}


def keys(manifest):
    if manifest.kind == "Secret":
        return set(manifest.body["stringData"])
    return set(next(made_by(ref(manifest.body), manifest.body))[2])


@EACH
def test_the_contracts_hold(source):
    report = judged(plans.system("databases-dev", patch(source)), plan(source))
    assert report.holds, [str(violation) for violation in report.broken]


@EACH
def test_the_operator_of_postgresql_is_told_the_name_that_the_secret_has(source):
    made = plan(source)
    cluster = in_namespace(made, "databases")
    told = {
        m.body["spec"]["name"]: m.body["spec"]["passwordSecret"]["name"] for m in made.manifests if "Role" in m.kind
    }
    for role, user in zip(ROLES, ("docspell", "docspell_app", "docspell_reader"), strict=True):
        secret = cluster[told[user]]
        assert secret.name == named(source, f"postgresql-shared-docspell-{role}")
        assert keys(secret) >= {"username", "password"}
        labels = secret.body["metadata"]["labels"]
        assert labels["cnpg.io/reload"] == "true", "it brings a changed password into PostgreSQL at once"


@EACH
def test_the_app_finds_every_key_in_its_own_namespace(source):
    made = in_namespace(plan(source), "docspell")
    for end in ("postgresql-credentials", "postgresql-app", "postgresql-reader"):
        assert keys(made[named(source, f"docspell-{end}")]) == set(SECRET_KEYS)
    variables = keys(made[named(source, "docspell-secrets")])
    assert "DOCSPELL_SERVER_BACKEND_JDBC_PASSWORD" in variables, "whoever runs the app reads it whole"


def test_what_is_copied_from_an_existing_secret_is_read_in_the_clusters_namespace():
    made = in_namespace(plan("secret"), "docspell")["docspell-postgresql-credentials"]
    assert made.body["stringData"]["password"] == Existing("databases", "kis", "app-key")


def test_a_tenants_password_is_fetched_in_its_interval():
    made = [m for m in plan("external").manifests if m.kind == "ExternalSecret"]
    assert {m.body["spec"].get("refreshPolicy") for m in made} == {None}, "CloudNativePG tells PostgreSQL of each"


@pytest.mark.parametrize("source", ["external", "sealed"])
def test_the_operators_schemas_take_what_is_made(source):
    found = [m for m in plan(source).manifests if m.kind in SECRET_MAKERS]
    assert len(found) == 7, "a role's three and a copy of each for the app, and its variables"
    for manifest in found:
        assert crds.mistakes(dict(shown(manifest.body)), crds.OPERATORS[-1]) == [], manifest.reference
