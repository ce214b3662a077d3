"""`topology: external`: what is made, what pods read, and what the contracts make of the other stack's objects."""

from pathlib import Path
from typing import Any

import external
import plans
import pytest
from external import CLOUD, PODS, Two
from refused import copy_of_settings

from components import gate
from components.changes import refusals
from components.compose import Plan, compose
from components.manifest import Existing, markers_in
from components.rendered import files
from components.settings.mistakes import SettingsRefused

HOST = "postgresql-shared-rw.databases.svc.cluster.local"


def container(plan: Plan, name: str = "observer") -> dict[str, Any]:
    return plans.template(plans.one(plan, "Deployment", name))["spec"]["containers"][0]


def keys(of: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Variable → (Secret, key)."""
    read = {entry["name"]: entry["valueFrom"] for entry in of["env"] if "secretKeyRef" in entry.get("valueFrom", {})}
    return {name: (one["secretKeyRef"]["name"], one["secretKeyRef"]["key"]) for name, one in read.items()}


def egress(plan: Plan, service: str = "postgres") -> list[dict[str, Any]]:
    return plans.one(plan, "NetworkPolicy", f"{service}-clients").body["spec"]["egress"]


def test_the_observer_runs_on_a_tenant_of_another_stack_with_no_line_of_it_changed(tmp_path: Path) -> None:
    two = Two(tmp_path)
    assert two.report().holds, f"found {two.report().broken} {two.report().undecided}"
    data = plans.one(two.plan(), "ConfigMap", "observer-config").body["data"]
    assert (data["DB_HOST"], data["DB_NAME"], data["PGSSLMODE"]) == (HOST, "observer", "require")


def test_there_is_no_server_no_claim_and_no_superuser(tmp_path: Path) -> None:
    plan = Two(tmp_path).plan()
    assert not [m for m in plan.manifests if m.kind in {"StatefulSet", "Cluster"} or "superuser" in m.name]
    assert "observer-db-pvc" not in {m.name for m in plan.manifests}, "the database's claim is not this stack's"


def test_pods_read_user_and_password_where_the_other_stack_puts_them_and_the_engine_reads_neither(
    tmp_path: Path,
) -> None:
    plan = Two(tmp_path).plan()
    read = keys(container(plan))
    assert read["DB_USER"] == ("observer-postgresql-app", "username")
    assert read["PGPASSWORD"] == ("observer-postgresql-app", "password")
    found = [marker for m in plan.manifests for marker in markers_in(m.body) if isinstance(marker, Existing)]
    assert found == [], "no value of another stack's is needed to register anything"


def test_a_url_is_read_under_its_own_key(tmp_path: Path) -> None:
    two = Two(tmp_path).change("dev", apps={"observer": {"connection": {"presets": ["db", "libpq", "url"]}}})
    assert keys(container(two.plan()))["DATABASE_URL"] == ("observer-postgresql-app", "uri")


def test_the_migration_signs_in_as_the_owner(tmp_path: Path) -> None:
    spec = plans.template(plans.one(Two(tmp_path).plan(), "Job", "observer-migration"))["spec"]
    look_up, migrate = spec["initContainers"]
    assert keys(migrate)["DB_PASSWORD"] == ("observer-postgresql-credentials", "password")
    assert keys(look_up)["PGPASSWORD"] == ("observer-postgresql-credentials", "password")
    assert "CREATE TABLE" not in str(look_up), "the other stack has made the ledger"


def test_the_ledger_is_made_where_nobody_has(tmp_path: Path) -> None:
    spec = plans.template(plans.one(plans.plan("dev", external.of(CLOUD)), "Job", "observer-migration"))["spec"]
    assert "CREATE TABLE IF NOT EXISTS postgres_apps.migration" in str(spec["initContainers"][0])


def test_a_rotated_password_is_announced_to_reloader_because_no_run_of_ours_sees_it(tmp_path: Path) -> None:
    annotations = plans.one(Two(tmp_path).plan(), "Deployment", "observer").body["metadata"]["annotations"]
    assert annotations["secret.reloader.stakater.com/reload"] == "observer-postgresql-app"


def test_clients_are_let_out_to_the_servers_of_the_other_namespace_and_to_nothing_else(tmp_path: Path) -> None:
    (rule,) = egress(Two(tmp_path).plan())
    assert rule["to"][0]["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "databases"}
    assert rule["to"][0]["podSelector"]["matchLabels"] == {"cnpg.io/cluster": "postgresql-shared"}
    assert rule["ports"] == [{"protocol": "TCP", "port": 5432}]


def test_behind_a_pooler_clients_are_let_out_to_the_standbys_too(tmp_path: Path) -> None:
    two = Two(tmp_path).change("databases-dev", tenants={"observer": {"pooler": {}}})
    two.change("databases-dev", database={"shared": {"instances": 3}})
    pods = [rule["to"][0]["podSelector"]["matchLabels"] for rule in egress(two.plan())]
    assert len(pods) == 2 and pods[0] != pods[1], "the pooler's pods, and the Cluster's"
    assert two.report().holds


def test_clients_are_let_out_to_a_network_outside_of_the_cluster() -> None:
    (rule,) = egress(plans.plan("dev", external.of(CLOUD)))
    assert rule["to"] == [{"ipBlock": {"cidr": "10.20.0.0/16"}}]


def test_the_namespace_is_adopted_and_its_objects_go_one_by_one(tmp_path: Path) -> None:
    assert plans.one(Two(tmp_path).plan(), "Namespace", "observer-dev").adopted, "others have put Secrets into it"


def test_what_both_stacks_would_make_is_refused(tmp_path: Path) -> None:
    lines = {"connection": {"presets": ["libpq"]}}
    two = Two(tmp_path).change("databases-dev", tenants={"observer": lines})
    with pytest.raises(SettingsRefused, match="by whoever runs the database"):
        two.plan()


def test_another_context_is_a_note_because_names_of_contexts_tell_nothing(tmp_path: Path) -> None:
    assert "both must lead to one cluster" in " ".join(Two(tmp_path).plan().notes)
    assert plans.plan("docspell-dev").notes == [], "one context, one cluster"


def test_a_tenant_whose_pods_are_not_ours_cuts_the_way_and_is_found(tmp_path: Path) -> None:
    two = Two(tmp_path).change("databases-dev", tenants={"observer": {"pods": {"app": "somebody"}}})
    broken = two.report().broken
    assert {v.contract for v in broken} == {"N06"}, f"the way is cut, and nothing else: {broken}"
    assert {v.object.namespace for v in broken} == {"databases"}, "and by whom: a policy of the other stack"
    assert any("cut Deployment observer-dev/observer off" in v.cause for v in broken)
    two.change("databases-dev", tenants={"observer": {"pods": {"app": None, "postgres-apps/database": "postgres"}}})
    assert two.report().holds, "this stack's own label fits"


def test_what_is_broken_in_the_other_stack_alone_is_not_told_here(tmp_path: Path) -> None:
    two = Two(tmp_path)
    found = two.decoded()
    plan = compose(found.system, found.provider)
    plan.context[:] = [m for m in plan.context if m.name != "postgresql-shared-observer" or m.kind != "Database"]
    told = external.report(found, plan)
    assert all(v.object.namespace == "observer-dev" for v in told.broken), "only what this stack's objects break"
    assert told.broken, "the database that they name is gone"


@pytest.mark.parametrize("names", [CLOUD, PODS])
def test_plain_names_that_fit_together_pass(names: dict[str, Any]) -> None:
    assert external.contracts(external.of(names)) == set()


@pytest.mark.parametrize(
    ("names", "contract"),
    [
        (CLOUD | {"keys": ["host", "username", "uri"]}, "S02"),
        (PODS | {"keys": ["password"]}, "S02"),
    ],
)
def test_plain_names_that_do_not_are_refused(names: dict[str, Any], contract: str) -> None:
    assert contract in external.contracts(external.of(names))


def test_a_url_that_no_secret_is_said_to_have_is_refused() -> None:
    names = CLOUD | {"keys": ["username", "password"]}
    assert external.contracts(external.of(names)) == set(), "user and password are enough for most"
    assert "S02" in external.contracts(external.of(names, connection={"presets": ["db", "libpq", "url"]}))


def test_a_key_that_the_secret_is_not_said_to_have_is_told_with_those_that_it_has() -> None:
    found = external.report(plans.decoded("dev", external.of(CLOUD | {"keys": ["username", "uri"]})))
    told = next(v for v in found.broken if v.contract == "S02")
    assert told.found == "key password" and "uri, username" in told.because


def test_moving_there_or_back_is_refused_like_any_other_topology() -> None:
    def record(plan: Plan) -> dict[str, str]:
        return plans.one(plan, "ConfigMap", "postgres-apps-identity").body["data"]

    here, there = record(plans.plan("dev")), record(plans.plan("dev", external.of(CLOUD)))
    assert any("from standalone to external" in sentence for sentence in refusals(here, there))
    assert any("observer-db-pvc" in sentence for sentence in refusals(here, there)), "its claim would go"
    assert ["from external to standalone" in sentence for sentence in refusals(there, here)] == [True]
    newer = {"database": {"version": 17, "image": "postgres:17-alpine", "storage": {"claim": "another"}}}
    again = record(plans.plan("dev", plans.layered(external.of(CLOUD), newer)))
    assert refusals(there, again) == [], "psql's version, and a claim that nobody makes, hold no data"


def test_rendered_files_hold_nothing_of_the_other_stack(tmp_path: Path) -> None:
    plan = Two(tmp_path).plan()
    assert not [text for text in files("dev", plan).values() if "postgresql.cnpg.io" in text]


def test_an_external_database_that_nobody_gave_is_no_silent_plan(tmp_path: Path) -> None:
    copy_of_settings(tmp_path)
    with pytest.raises(ValueError, match="nobody said where it is"):
        compose(plans.system("docspell-dev"))


def test_docspell_passes_the_gate() -> None:
    assert gate.passed(plans.system("docspell-dev"), plans.plan("docspell-dev")) == []
    read = keys(container(plans.plan("docspell-dev"), "joex"))
    owner = "docspell-postgresql-credentials"
    assert read["DOCSPELL_JOEX_JDBC_PASSWORD"] == (owner, "password"), "it migrates its schema itself, as the owner"
