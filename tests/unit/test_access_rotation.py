"""Rotation: two logins take turns, nothing protected is made anew, nobody's server or pod rolls that need not."""

import json

import plans
import pytest
import wal
from hypothesis import given
from hypothesis import strategies as st
from refused import refusal

from components import changes, identity
from components.gate import passed
from components.manifest import Generated, markers_in, shown
from components.names import WAIT_FOR, checksums
from components.postgres.access import bootstrap_sql
from components.postgres.retirement import TURNS
from components.settings import turns


def rotated(number, role="app", **patch):
    return {"database": {"passwords": {role: {"rotation": number}}, **patch}}


def job(plan, word):
    (found,) = (made for made in plan.manifests if made.kind == "Job" and word in made.name)
    return found


@given(st.integers(0, 1000))
def test_the_login_in_use_is_never_the_one_that_is_shut(number):
    names = turns.login("app", number), turns.retired("app", number)
    assert set(names) == {"app", "app_b"}, "one of the two is in use, the other one is not"
    assert turns.retired("app", number + 1) == turns.login("app", number), "what is shut next is what is in use now"


@pytest.mark.parametrize("stack", ["dev", "pg-ha"])
def test_a_rotation_rolls_no_server(stack):
    before, after = (plans.plan(stack, patch) for patch in ({}, rotated(1)))
    for kind in ("StatefulSet", "Deployment"):
        for made in (one for one in before.manifests if one.kind == kind and one.name.startswith("p")):
            same = plans.one(after, kind, made.name)
            assert same.body["spec"] == made.body["spec"], f"{kind} {made.name} would roll, and clients with it"


def test_a_release_of_this_program_rolls_no_server_either():
    plan = plans.plan("dev")
    annotations = plans.one(plan, "StatefulSet", "postgres").body["spec"]["template"]["metadata"]["annotations"]
    files = plans.one(plan, "ConfigMap", "postgres-config")
    assert checksums(files).items() <= annotations.items(), "before a rotation the checksum is that of the file itself"


@pytest.mark.parametrize("stack", ["dev", "pg-ha"])
def test_the_contracts_know_the_second_login(stack):
    waived = passed(plans.system(stack, rotated(1)), plans.plan(stack, rotated(1)))
    assert waived == [], "no contract is broken, and none needs a waiver for it"


def test_where_the_file_did_not_let_both_logins_in_a_reload_does_before_one_is_opened():
    plan = plans.plan("dev", rotated(1))
    hba = plans.one(plan, "ConfigMap", "postgres-config").body["data"]["pg_hba.conf"]
    assert "+observer_app" in hba, "a login that pg_hba.conf does not name is refused"
    assert job(plan, "reload").reference in job(plan, "bootstrap").after
    replicated = plans.plan("pg-ha", rotated(1))
    shared = next(made for made in replicated.manifests if made.name.endswith("-shared")).body["data"]
    role = plans.system("pg-ha").database.roles.app
    assert f"+{role}" in shared["dynamic.json"], "and Patroni's rules name both logins as well"
    assert job(replicated, "settle").reference in job(replicated, "bootstrap").after


def test_the_steps_come_in_the_one_order_in_which_nobody_is_shut_out():
    plan = plans.plan("dev", rotated(3))
    opened, shut = job(plan, "bootstrap"), job(plan, "retirement")
    secret, deployment = plans.one(plan, "Secret", "observer-secrets"), plans.one(plan, "Deployment", "observer")
    assert opened.reference in secret.after, "a container that restarts meanwhile must read what works"
    assert opened.reference in deployment.after, "pods of the new login need the login"
    assert deployment.reference in shut.after, "and the old one goes when they are there"


def test_old_pods_may_sign_in_as_long_as_they_may_live():
    plan = plans.plan("dev", rotated(1, passwords={"app": {"rotation": 1}, "grace": 60}))
    spec = plans.one(plan, "Deployment", "observer").body["spec"]["template"]["spec"]
    waits = job(plan, "retirement").body["spec"]["template"]["spec"]["containers"][0]["command"][-1]
    assert f"sleep {spec['terminationGracePeriodSeconds'] + 60}\n" in waits


def test_what_a_recovery_brings_back_is_shut_again():
    patch = plans.layered(wal.patch(), rotated(1))
    made = job(plans.plan("dev", patch), "retirement").body["spec"]["template"]["metadata"]["annotations"]
    assert "postgres-apps/archive" in made, "data of an earlier time has the logins, and the passwords, of that time"


def test_clients_elsewhere_have_time_to_read_a_changed_secret():
    clients = [{"namespace": "billing", "pods": {"app": "api"}}]
    assert plans.system("dev", rotated(1)).database.grace == 0, "nobody waits for clients that there are not"
    assert plans.system("dev", rotated(1, clients=clients)).database.grace == turns.GRACE
    stated = {**rotated(1, clients=clients)["database"], "passwords": {"app": {"rotation": 1}, "grace": 0}}
    assert plans.system("dev", {"database": stated}).database.grace == 0, "whose password leaked may not want to wait"


def test_each_rotation_has_a_password_of_its_own_and_unprotects_the_one_before():
    markers = {m for made in plans.plan("prod", rotated(4)).manifests for m in markers_in(made.body)}
    own = {
        marker.name: marker.kept
        for marker in markers
        if isinstance(marker, Generated) and "postgres-app" in marker.name
    }
    assert own == {"postgres-app/4": True, "postgres-app/3": False}, "what is protected can't be made anew, nor go"
    first = {m for made in plans.plan("prod", rotated(1)).manifests for m in markers_in(made.body)}
    assert Generated("postgres-app", 40, kept=False) in first, "the first one has the name it always had"


def test_the_login_before_stays_as_it_is_until_it_is_shut():
    sql = bootstrap_sql(plans.system("dev", rotated(1)).database)
    altered = [line for line in sql.splitlines() if line.startswith('ALTER ROLE "observer_app"')]
    assert altered, "the role is there"
    assert not any("LOGIN" in line.replace("NOLOGIN", "!") or "PASSWORD" in line for line in altered), altered
    assert "ALTER ROLE \"observer_app_b\" LOGIN PASSWORD :'password';" in sql
    assert "ALTER ROLE \"observer_app_b\" SET role = 'observer_app';" in sql, "it acts as the role itself"


def test_only_sessions_of_the_login_before_are_ended():
    script = job(plans.plan("dev", rotated(2)), "retirement").body["spec"]["template"]["spec"]["containers"][0]
    sql = script["command"][-1]
    assert 'ALTER ROLE "observer_app_b" NOLOGIN PASSWORD NULL;' in sql
    conditions = [part.partition("WHERE")[2] for part in sql.split(";") if "pg_terminate_backend" in part]
    assert conditions, "who is connected with a leaked password is disconnected"
    assert not any("pg_terminate_backend" in condition for condition in conditions), (
        "as a condition it is asked of every session, whoever's it is"
    )


def test_no_value_stands_in_what_is_rendered_and_the_job_says_what_it_finished():
    made = job(plans.plan("dev", rotated(2)), "retirement")
    annotations = made.body["metadata"]["annotations"]
    assert annotations[TURNS] == "app=2"
    assert WAIT_FOR not in annotations, "the engine's own wait for a Job is what is meant"
    assert "<generated" not in json.dumps(shown(made.body["spec"]["template"]["metadata"])), "only a fingerprint of it"


@pytest.mark.parametrize(
    ("before", "now", "refused"), [(0, 1, 0), (1, 1, 0), (1, 2, 0), (1, 3, 1), (2, 1, 1), (0, 2, 1)]
)
def test_turns_are_taken_one_by_one(before, now, refused):
    records = [
        dict(plans.one(plans.plan("dev", rotated(n)), "ConfigMap", identity.NAME).body["data"]) for n in (before, now)
    ]
    found = changes.refusals(*records)
    assert len(found) == refused, found
    assert not refused or f"from {before} to {now}" in found[0]


@pytest.mark.parametrize(
    ("patch", "stack", "words"),
    [
        (rotated(1), "databases-dev", "standalone and replicated"),
        (rotated(1, roles={"reader": "observer_app_b"}), "dev", "no other role has"),
        (rotated(1, roles={"app": "a" * 62}), "dev", "63 bytes in all"),
        (rotated(-1), "dev", "a number from 0 on"),
        (rotated(1, passwords={"grace": 301}), "dev", "a number up to 300"),
    ],
)
def test_what_could_not_work_is_refused(patch, stack, words):
    assert words in str(refusal(patch, stack))


def test_a_rotation_alone_is_of_the_password_that_is_made():
    source = plans.system("dev", rotated(1)).database.passwords.app
    assert (source.generate, source.rotation) == (40, 1)
