"""Rule 2, tried as each role: it can do its work, and nothing else."""

import pytest

from tests.e2e.stacks import Observer

ALLOWED = {
    "owner": ["CREATE TABLE e2e (id int)", "ALTER TABLE e2e ADD name text", "DROP TABLE e2e", "CREATE SCHEMA e2e"],
    "app": [
        "INSERT INTO observation (symbol, price, pod) VALUES ('e2e', 1, 'e2e')",
        "UPDATE observation SET price = 2 WHERE symbol = 'e2e'",
        "SELECT count(*) FROM observation",
        "DELETE FROM observation WHERE symbol = 'e2e'",
        "CREATE TEMPORARY TABLE scratch (id int)",
    ],
    "reader": ["SELECT count(*) FROM observation"],
}
REFUSED = {
    "owner": ["CREATE ROLE e2e", "CREATE DATABASE e2e", "SET ROLE postgres", "DELETE FROM postgres_apps.migration"],
    "app": [
        "CREATE TABLE e2e (id int)",
        "CREATE SCHEMA e2e_app",
        "DROP TABLE observation",
        "ALTER TABLE observation ADD e2e int",
        "TRUNCATE observation",
        "SELECT * FROM postgres_apps.migration",
        "SELECT * FROM pg_authid",
        "COPY observation TO PROGRAM 'cat'",
        "SET ROLE observer_owner",
        "CREATE ROLE e2e",
    ],
    "reader": [
        "INSERT INTO observation (symbol, price, pod) VALUES ('e2e', 1, 'e2e')",
        "UPDATE observation SET price = 2",
        "DELETE FROM observation",
        "CREATE TABLE e2e (id int)",
        "CREATE TEMPORARY TABLE scratch (id int)",
        "SET ROLE observer_app",
    ],
}


@pytest.mark.parametrize(("role", "sql"), [(role, sql) for role, many in ALLOWED.items() for sql in many])
def test_a_role_may_do_its_work(observer: Observer, role: str, sql: str) -> None:
    answer = observer.live.psql(role, sql)
    assert answer.ok, f"rule 2: {role} must be able to `{sql}`: {answer.text}"


@pytest.mark.parametrize(("role", "sql"), [(role, sql) for role, many in REFUSED.items() for sql in many])
def test_a_role_may_do_nothing_else(observer: Observer, role: str, sql: str) -> None:
    answer = observer.live.psql(role, sql)
    refused = not answer.ok and ("permission denied" in answer.text or "must be " in answer.text)
    assert refused, f"rule 2: {role} must be denied `{sql}`, and for lack of rights: {answer.text}"


@pytest.mark.parametrize("role", ["owner", "app", "reader"])
def test_a_role_reaches_no_other_database(observer: Observer, role: str) -> None:
    answer = observer.live.psql(role, "SELECT 1", database="postgres")
    assert not answer.ok, f"rule 2: {role} has no business in the database postgres: {answer.text}"


def test_a_role_that_was_given_nothing_cannot_connect(observer: Observer) -> None:
    made = observer.live.psql("superuser", "CREATE ROLE e2e_nobody LOGIN PASSWORD 'e2e'")
    assert made.ok, made.text
    try:
        has = observer.live.rows("SELECT has_database_privilege('e2e_nobody', 'observer', 'CONNECT')")
        assert has == "f", "rule 2: PUBLIC loses CONNECT, so a fresh role must not have it"
        answer = observer.live.psql_as("e2e_nobody", "e2e", "SELECT 1")
        assert not answer.ok, f"rule 2: a fresh role must not get in: {answer.text}"
    finally:
        observer.live.psql("superuser", "DROP ROLE e2e_nobody")


def test_the_app_is_connected_as_its_own_role_and_nobody_as_the_superuser(observer: Observer) -> None:
    clients = "backend_type = 'client backend' AND pid <> pg_backend_pid()"
    who = observer.live.rows(f"SELECT DISTINCT usename FROM pg_stat_activity WHERE {clients}").split()
    assert who == ["observer_app"], f"rule 2: the app connects as observer_app and nobody as superuser, found {who}"
