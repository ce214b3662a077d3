"""Roles and rights (rule 2): what the bootstrap tells the server. That it does so is seen in tests/e2e."""

import re

import plans
import pytest

from components.postgres.access import bootstrap_sql, passwords
from components.postgres.rights import LEDGER

STACK = "prod"


def sql(**fields) -> str:
    return bootstrap_sql(plans.system("dev", {"database": fields}).database)


def bootstrap():
    (container,) = plans.one(plans.plan(STACK), "Job", "postgres-bootstrap").body["spec"]["template"]["spec"][
        "containers"
    ]
    return container


@pytest.mark.parametrize("role", ["observer_owner", "observer_app", "observer_reader"])
def test_each_role_is_made_if_need_be_and_has_no_power_beyond_its_login(role):
    text = sql()
    assert f'CREATE ROLE "{role}"\' WHERE NOT EXISTS' in text, "a second run finds it there"
    (alter,) = re.findall(rf'ALTER ROLE "{role}" (.+);', text)
    for word in ("NOSUPERUSER", "NOCREATEDB", "NOCREATEROLE", "NOREPLICATION", "NOBYPASSRLS"):
        assert word in alter.split(), f"{role} must not have it, even where somebody gave it"


def test_public_loses_connect():
    lines = [line for line in sql().splitlines() if line.startswith("REVOKE ALL ON DATABASE")]
    assert lines == [
        "REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;",
        'REVOKE ALL ON DATABASE "observer" FROM PUBLIC;',
    ], "else every role could look into every database"
    assert "REVOKE CREATE ON SCHEMA public FROM PUBLIC;" in sql(), "before version 15 anybody could create there"
    granted = re.findall(r'GRANT CONNECT[A-Z, ]* ON DATABASE "observer" TO "(\w+)"', sql())
    assert granted == ["observer_owner", "observer_app", "observer_reader"], "and who needs it has it"


def test_the_app_may_change_rows_and_the_reader_may_not():
    grants = re.findall(r"GRANT ([A-Z, ]+) ON (?:ALL )?(TABLES|SEQUENCES)[^;]*?TO \"(\w+)\"", sql())
    rights: dict[tuple[str, str], list[set[str]]] = {}
    for words, kind, role in grants:
        rights.setdefault((kind, role), []).append({right.strip() for right in words.split(",")})
    dml, use = {"SELECT", "INSERT", "UPDATE", "DELETE"}, {"USAGE", "SELECT", "UPDATE"}
    assert rights["TABLES", "observer_app"] == [dml, dml], (
        "on what will be made and on what is there: DML, nothing more"
    )
    assert rights["SEQUENCES", "observer_app"] == [use, use]
    assert rights["TABLES", "observer_reader"] == [{"SELECT"}, {"SELECT"}]
    assert ("SEQUENCES", "observer_reader") not in rights


def test_the_app_owns_nothing_and_makes_nothing():
    owned = set(re.findall(r'OWNER TO "?(\w+)"?', sql()))
    assert owned == {"observer_owner"}, "who owns a table can drop it"
    assert 'CREATE ON SCHEMA public TO "observer_owner"' in sql()
    assert not re.search(r'CREATE[^;\n]*TO "observer_(app|reader)"', sql())


def test_the_ledger_is_the_owners_to_add_to_and_nobody_elses():
    grants = re.findall(rf'GRANT ([A-Z, ]+) ON {re.escape(LEDGER)} TO "(\w+)"', sql())
    assert grants == [("SELECT, INSERT", "observer_owner")], "what ran can't be unsaid by an app"


def test_passwords_never_stand_in_the_sql_and_never_reach_the_log():
    text = sql()
    assert text.index("log_statement = 'none'") < text.index("ALTER ROLE"), "before the first password"
    assert text.index("log_min_error_statement = 'panic'") < text.index("ALTER ROLE"), "nor by an error"
    assert text.count("PASSWORD :'password'") == len(passwords(plans.system("dev").database)), (
        "psql quotes what printenv gave"
    )
    assert "generated" not in str(bootstrap()["command"]), "the command is in the Job's definition, which all can read"


def test_the_bootstrap_reads_each_password_from_its_own_secret():
    found = {item["name"]: item.get("valueFrom", {}).get("secretKeyRef") for item in bootstrap()["env"]}
    for role, variable in passwords(plans.system("dev").database).items():
        assert found[variable] == {"name": f"postgres-{role}", "key": "password"}, role
    assert found["PGPASSWORD"] == {"name": "postgres-superuser", "key": "POSTGRES_PASSWORD"}


def test_names_are_the_stacks():
    text = sql(name="bills", roles={"owner": "o", "app": "a", "reader": "r"})
    assert "observer" not in text, "no name is fixed"
    assert 'GRANT CONNECT, TEMPORARY ON DATABASE "bills" TO "a";' in text


def test_the_heredoc_ends_where_the_sql_ends():
    script = bootstrap()["command"][-1]
    lines = script.splitlines()
    assert lines.count("SQL") == 1, "an end inside would cut the SQL short"
    assert lines[-1] == "SQL"
    assert "<<'SQL'" in script, "quoted, or the shell would expand what is in it"
    assert "ON_ERROR_STOP=1" in script, "half a bootstrap must fail, not pass"


@pytest.mark.parametrize(("image", "user"), [("postgres:15-alpine", 70), ("postgres:15-bookworm", 999)])
def test_the_pod_runs_as_the_images_user(image, user):
    plan = plans.plan("dev", {"database": {"image": image}})
    for kind, name in (("StatefulSet", "postgres"), ("Job", "postgres-bootstrap")):
        security = plans.one(plan, kind, name).body["spec"]["template"]["spec"]["securityContext"]
        assert (security["runAsUser"], security["runAsGroup"], security["fsGroup"]) == (user, user, user), kind


def test_rights_wait_for_the_roles_that_an_operator_makes_in_its_own_time():
    shared = plans.plan("dev", {"database": {"topology": "shared"}})
    run = plans.template(plans.one(shared, "Job", "postgres-bootstrap"))["spec"]["containers"][0]
    wait, _, _ = run["command"][2].partition("<<'SQL'")
    for role in ("observer_owner", "observer_app", "observer_reader"):
        assert f"'{role}'" in wait, "a GRANT to a role that is not there yet ends the Job, and `up` with it"
