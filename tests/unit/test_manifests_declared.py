"""What the pods declare about their code, so that the contracts can hold the objects to it."""

import plans
import pytest

from components import declared
from contracts.declared import DATABASES, PATHS, READ_ONLY_PATHS, READS, READY, ROLES, WRITES

EVERY = pytest.mark.parametrize("stack", plans.EVERY)


def said(plan, kind, name):
    """Annotation → its words, of the pods of one workload."""
    annotations = plans.one(plan, kind, name).body["spec"]["template"]["metadata"]["annotations"]
    return {key: str(value).split() for key, value in annotations.items() if key.startswith("contracts.")}


@EVERY
def test_every_pod_declares_what_its_code_reads(stack):
    for manifest in plans.workloads(plans.every_plan()[stack]):
        if manifest.reference != ("Deployment", "second"):
            annotations = plans.template(manifest)["metadata"].get("annotations", {})
            found = [key for key in annotations if key.startswith(READS) and annotations[key]]
            assert found, f"{manifest.reference}: a renamed key of what it reads would go unseen"


def test_the_server_declares_its_bootstraps_databases_and_roles():
    server = said(plans.plan(), "StatefulSet", "postgres")
    assert server[DATABASES] == ["observer"], "what initdb makes is in every server"
    assert server[ROLES] == ["observer_app", "observer_owner", "observer_reader"], "all roles but the superuser"
    assert {"POSTGRES_PASSWORD", "POSTGRES_INITDB_ARGS", "PGDATA"} <= set(server[READS]), "the entrypoint reads them"


def test_the_bootstrap_reads_the_password_of_every_role():
    reads = said(plans.plan(), "Job", "postgres-bootstrap")[READS]
    assert {"OWNER_PASSWORD", "APP_PASSWORD", "READER_PASSWORD", "PGHOST", "PGPASSWORD"} <= set(reads)


def test_each_container_of_the_migration_declares_its_own():
    found = said(
        plans.plan("dev", {"apps": {"observer": {"connection": {"presets": ["url"]}}}}), "Job", "observer-migration"
    )
    assert found[f"{READS}.migrate"] == ["DATABASE_URL"], "the command reads what the app reads"
    assert "PGUSER" in found[READS] and found[READS] == found[f"{READS}.look-up"], "psql reads libpq's variables"


def test_an_app_declares_what_its_settings_say_of_its_code():
    app = said(plans.every_plan()["everything"], "Deployment", "observer")
    assert {"DB_HOST", "JDBC_DATABASE_URL", "MY_HOST"} <= set(app[READS]), (
        "connection: the variables that its code reads"
    )
    assert {"KIS_APP_KEY", "SESSION_KEY"} <= set(app[READS]), "secrets are made for nobody else"
    assert "LOG_LEVEL" not in app[READS], "a plain variable may have a default in the code"
    assert app[READY] == ["/ready"], "the path of settings.probes"
    assert app[WRITES] == ["/tmp", "/var/cache/observer"], (  # noqa: S108
        "scratch space, and the volume that no path variable names"
    )
    assert app[READ_ONLY_PATHS] == ["OBSERVER_CONFIG_DIR"]
    assert "OBSERVER_LOG_DIR=/opt/platform/runtime/observer/logs" in app[PATHS]


def test_lines_that_change_places_in_a_settings_file_roll_no_pod():
    code = plans.system().apps["observer"].code
    before = declared.of_app(plans.system().apps["observer"])
    turned = code.model_copy(update={"reads": code.reads[::-1], "paths": dict(reversed(code.paths.items()))})
    after = declared.of_app(plans.system().apps["observer"].model_copy(update={"code": turned}))
    assert before == after, "the words are the same ones"
