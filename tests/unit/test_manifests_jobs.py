"""Bootstrap and migration: once per definition, with the owner's credentials, before the app."""

from itertools import pairwise

import plans
import pytest

from components.job import KEEP_FINISHED


def job(name="observer-migration", patch=None, stack="dev"):
    return plans.one(plans.plan(stack, patch), "Job", name)


def observer(**fields):
    return {"apps": {"observer": fields}}


def revision(manifest) -> str:
    """The digest that the ledger records."""
    script = manifest.body["spec"]["template"]["spec"]["containers"][0]["command"][-1]
    return script.partition("'observer', '")[2].partition("'")[0]


CHANGES = {
    "another image": observer(image="ghcr.io/tawbury/observer:build-2"),
    "another command": observer(migration={"command": ["python3", "-m", "observer.migrate", "--all"]}),
}
OF_THE_JOB_ONLY = {
    "other resources": observer(resources={"limits": {"memory": "2Gi"}}),
    "another deadline": observer(migration={"deadlineSeconds": 60}),
    "other retries": observer(migration={"retries": 1}),
    "another user": observer(user=1001),
}
OF_NEITHER = {
    "a variable": observer(variables={"LOG_LEVEL": "DEBUG"}),
    "replicas": observer(replicas=2),
    "a quota": {"namespace": {"quota": {"pods": 10}}},
    "a grown claim": observer(volumes={"data": {"size": "30Gi"}}),
    "a parameter": {"database": {"parameters": {"work_mem": "8MB"}}},
}


@pytest.mark.parametrize("change", CHANGES)
def test_another_definition_is_another_job_and_another_revision(change):
    before, after = job(), job(patch=CHANGES[change])
    assert before.name != after.name, "a Job's template is immutable: a change is a new Job"
    assert revision(before) != revision(after), "and runs the migration"


@pytest.mark.parametrize("change", OF_THE_JOB_ONLY)
def test_another_way_to_run_it_is_another_job_but_the_same_revision(change):
    before, after = job(), job(patch=OF_THE_JOB_ONLY[change])
    assert before.name != after.name, "the Job is immutable"
    assert revision(before) == revision(after), "what was applied is not applied twice"


@pytest.mark.parametrize("change", OF_NEITHER)
def test_what_is_no_part_of_it_makes_no_new_job(change):
    before, after = job(), job(patch=OF_NEITHER[change])
    assert before == after, "nothing to run again"


def test_environments_have_their_own_digest_only_where_they_differ():
    assert revision(job(stack="dev")) == revision(job(stack="staging")), "same image, same command, same database"


def test_the_bootstrap_runs_again_when_a_role_changes_and_only_then():
    before = job("postgres-bootstrap")
    assert before == job("postgres-bootstrap", observer(image="ghcr.io/tawbury/observer:build-2"))
    assert before.name != job("postgres-bootstrap", {"database": {"roles": {"reader": "analyst"}}}).name


@pytest.mark.parametrize("name", ["observer-migration", "postgres-bootstrap"])
def test_a_finished_job_stays_an_hour_and_a_running_one_ends(name):
    spec = job(name).body["spec"]
    assert spec["ttlSecondsAfterFinished"] == KEEP_FINISHED == 3600
    assert spec["activeDeadlineSeconds"] >= 60, "a Job that hangs would hold the whole `up`"
    assert spec["template"]["spec"]["restartPolicy"] == "Never", "a failed try keeps its pod, and its logs"


def test_the_migration_signs_in_as_the_owner_and_as_nobody_else():
    plan = plans.plan()
    spec = plans.one(plan, "Job", "observer-migration").body["spec"]["template"]["spec"]
    secret = plans.one(plan, "Secret", "observer-migration").body["stringData"]
    assert {secret["DB_USER"], secret["PGUSER"]} == {"observer_owner"}
    assert secret["DB_PASSWORD"] == plan.connections["owner"].password
    assert not any(key.startswith("KIS_") for key in secret), "the app's own secrets are none of its business"
    text = str(spec)
    for other in ("postgres-app", "postgres-superuser", "postgres-reader", "observer-secrets"):
        assert f"'{other}'" not in text, f"{other} is not the owner's"


def test_it_looks_first_migrates_then_and_records_last():
    spec = job().body["spec"]["template"]["spec"]
    look_up, migrate = spec["initContainers"]
    (record,) = spec["containers"]
    assert "SELECT count(*)" in look_up["command"][-1], "what ran before is not run again"
    assert migrate["command"][3:] == ["migrate", "python3", "-m", "observer.migrate"], "the command as it is, no shell"
    assert "INSERT INTO" in record["command"][-1], "a failed migration is not recorded, for init containers stop there"
    assert "ON CONFLICT DO NOTHING" in record["command"][-1]
    assert migrate["image"] != record["image"] == look_up["image"], "psql is in the database's image"


def test_a_command_of_any_text_reaches_the_program_unchanged():
    command = ["sh", "-c", "echo \"$HOME\"; rm -rf 'x'", "--flag=a b"]
    migrate = job(patch=observer(migration={"command": command})).body["spec"]["template"]["spec"]["initContainers"][1]
    assert migrate["command"][4:] == command


@pytest.mark.parametrize("stack", plans.WITH_OBSERVER)
def test_the_app_waits_for_its_migration_and_that_for_the_roles(stack):
    plan = plans.every_plan()[stack]
    migration = plans.one(plan, "Job", "observer-migration")
    bootstrap = plans.one(plan, "Job", "postgres-bootstrap")
    assert migration.reference in plans.one(plan, "Deployment", "observer").after
    schema = [plans.one(plan, "Job", "postgres-schema")] if plans.system(stack).database.schema_ else []
    for before, after in pairwise([bootstrap, *schema, migration]):
        assert before.reference in after.after, f"{before.name}, {after.name}"
    answers = ("Cluster", "postgres") if stack in plans.WITH_OPERATOR else ("Service", plan.connections["app"].host)
    assert answers in bootstrap.after, "who answers there is there"


def test_an_app_without_a_migration_waits_for_the_roles():
    plan = plans.plan("dev", observer(migration=None))
    assert [m.name for m in plan.manifests if m.kind == "Job"] == [plans.one(plan, "Job", "postgres-bootstrap").name]
    assert plans.one(plan, "Job", "postgres-bootstrap").reference in plans.one(plan, "Deployment", "observer").after
    assert ("Secret", "observer-migration") not in [m.reference for m in plan.manifests]
