"""What in an SQL file could not work is told before the cluster is asked: the file, the place, what, and what to do."""

import pytest

from components.schema import check
from components.settings.mistakes import Mistake

CONCURRENT = "CREATE INDEX CONCURRENTLY i ON a (x);"
OUTSIDE = "-- postgres-apps: no transaction\n"


def mistakes(sql: str, layout: str = "plain", version: int = 18, extensions: tuple[str, ...] = ()) -> list[Mistake]:
    name = {"plain": "001_a.sql", "flyway": "V1__a.sql", "liquibase": "a.sql"}[layout]
    return check.mistakes("sql/shop", layout, {name: sql.encode()}, extensions, version)


def only(sql: str, **how) -> Mistake:
    (mistake,) = mistakes(sql, **how)
    return mistake


def test_a_syntax_error_is_told_with_its_place_and_what_is_near():
    mistake = only("SELECT 1;\nSELECT '요금' FRM customer c;\n")
    assert mistake.file == "sql/shop/001_a.sql", "the file"
    assert mistake.path == "line 2, column 17", "line and column, counted in characters as an editor does"
    assert mistake.found == 'syntax error at or near "customer"', "in the server's own words"
    assert "near: SELECT '요금' FRM customer c;" in mistake.why, "and the line, to find it by eye"


def test_a_syntax_error_beside_a_password_repeats_nothing_of_it():
    mistake = only("ALTER ROLE a PASSWORD 'hunter2' hunter2;\n")
    assert "hunter2" not in str(mistake), "rule 4: no secret in an error"


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("\\connect other\n", "\\connect other"),
        ("SELECT 1 \\gexec\n", "SELECT 1 \\gexec"),
        ("COPY a FROM stdin;\n1\t2\n\\.\n", "COPY FROM STDIN, with its data in the script"),
        ("COPY a FROM STDIN", "COPY FROM STDIN"),
        ("COPY a TO STDOUT", "COPY TO STDOUT"),
        ("COPY a FROM '/etc/passwd'", "COPY with a file or a program of the server"),
        ("COPY a FROM PROGRAM 'id'", "COPY with a file or a program of the server"),
        ("BEGIN; SELECT 1", "a command that begins or ends a transaction"),
        ("SELECT 1; COMMIT", "a command that begins or ends a transaction"),
        ("SAVEPOINT a", "a command that begins or ends a transaction"),
        ("SET ROLE postgres", "SET role"),
        ("CREATE ROLE a PASSWORD 'hunter2'", "CREATE ROLE"),
        ("ALTER USER a PASSWORD 'hunter2'", "ALTER ROLE"),
        ("CREATE DATABASE a", "CREATE DATABASE"),
        ("ALTER SYSTEM SET work_mem = '1GB'", "ALTER SYSTEM"),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'x'", "a function in c, which only a superuser may make"),
        ("CREATE USER MAPPING FOR a SERVER b OPTIONS (password 'hunter2')", "a password in clear text"),
        ("DELETE FROM postgres_apps.migration", "the schema postgres_apps"),
        ("DROP SCHEMA postgres_apps CASCADE", "the schema postgres_apps"),
        ("CREATE EXTENSION pg_stat_statements", "CREATE EXTENSION of pg_stat_statements, which only a superuser may"),
        ("-- nothing yet\n", "no statement"),
        ("SELECT a[1:ROW_COUNT] FROM b", ":ROW_COUNT"),
        ("DO $$ BEGIN PERFORM 1 END $$", "syntax error at end of input, in its body"),
    ],
)
def test_what_could_not_work_as_the_owner_in_a_transaction_is_refused(sql, found):
    mistake = only(sql)
    assert mistake.found == found, "what was found is said in the words of the file"
    assert mistake.path.startswith("line "), "and where"
    assert "hunter2" not in str(mistake), "rule 4: no secret in an error"


@pytest.mark.parametrize(
    "sql",
    [
        CONCURRENT,
        "DROP INDEX CONCURRENTLY i",
        "REINDEX INDEX CONCURRENTLY i",
        "REINDEX DATABASE a",
        "VACUUM a",
        "CLUSTER",
        "ALTER TABLE a DETACH PARTITION b CONCURRENTLY",
    ],
)
def test_what_no_transaction_may_hold_needs_a_file_that_says_that_it_has_none(sql):
    assert "no transaction" in only(sql).allowed, "the file may say so"
    assert not mistakes(OUTSIDE + sql), "and then it runs outside of one"
    assert not mistakes(f"-- Why: it is large.\n{OUTSIDE}{sql}"), "a reason may stand before it"


def test_the_other_layouts_leave_a_transaction_in_their_own_way():
    assert "executeInTransaction=false" in only(CONCURRENT, layout="flyway").allowed
    changelog = f"--liquibase formatted sql\n--changeset a:1 {{}}\n{CONCURRENT}\n"
    assert "runInTransaction:false" in only(changelog.format(""), layout="liquibase").allowed
    assert not mistakes(changelog.format("runInTransaction:false"), layout="liquibase"), "as Liquibase has it"


@pytest.mark.parametrize("layout", ["flyway", "liquibase"])
def test_a_placeholder_that_nobody_would_replace_is_refused(layout):
    head = "--liquibase formatted sql\n--changeset a:1\n" if layout == "liquibase" else ""
    assert only(f"{head}SELECT '${{schema}}';", layout=layout).found == "${schema}", "it would stand there as it is"


@pytest.mark.parametrize(
    ("sql", "since", "what"),
    [
        ("MERGE INTO a USING b ON a.x = b.x WHEN MATCHED THEN DELETE", 15, "MERGE"),
        ("CREATE UNIQUE INDEX ON a (x) NULLS NOT DISTINCT", 15, "NULLS NOT DISTINCT"),
        ("CREATE TABLE a (x int UNIQUE NULLS NOT DISTINCT)", 15, "NULLS NOT DISTINCT"),
        ("SELECT x IS JSON FROM a", 16, "IS JSON"),
        ("SELECT * FROM JSON_TABLE('[]', '$[*]' COLUMNS (a int PATH '$.a')) t", 17, "JSON_TABLE"),
        ("MERGE INTO a USING b ON a.x = b.x WHEN MATCHED THEN DELETE RETURNING a.x", 17, "MERGE with RETURNING"),
        ("CREATE TABLE a (x int, y int GENERATED ALWAYS AS (x) VIRTUAL)", 18, "a virtual generated column"),
        ("CREATE TABLE a (x int CHECK (x > 1) NOT ENFORCED)", 18, "NOT ENFORCED"),
        ("ALTER TABLE a ADD CHECK (x > 1) NOT ENFORCED", 18, "NOT ENFORCED"),
        ("CREATE TABLE a (x int, v int4range, PRIMARY KEY (x, v WITHOUT OVERLAPS))", 18, "WITHOUT OVERLAPS and PERIOD"),
        ("UPDATE a SET x = 1 RETURNING WITH (OLD AS o) o.x", 18, "RETURNING WITH"),
    ],
)
def test_what_only_a_newer_version_has_is_refused_for_an_older_one(sql, since, what):
    assert only(sql, version=since - 1).found == f"{what}, which PostgreSQL has from {since} on"
    assert not mistakes(sql, version=since), f"PostgreSQL {since} has it"


def test_every_version_takes_what_all_of_them_have():
    sql = """
CREATE TABLE a (x int PRIMARY KEY CHECK (x > 0), y int GENERATED ALWAYS AS (x + 1) STORED, z text[] DEFAULT '{}');
ALTER TABLE a ADD CONSTRAINT c FOREIGN KEY (y) REFERENCES a NOT VALID;
CREATE FUNCTION f(VARIADIC i int[]) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN i[1]; END $$;
CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN NEW.y := 1; RETURN NEW; END $f$;
INSERT INTO a (x) VALUES (1) ON CONFLICT (x) DO NOTHING RETURNING x;
SELECT z[1:x], 'a:USER', y::text /* :USER */ FROM a; -- :HOST
CREATE EXTENSION IF NOT EXISTS pgcrypto;
ANALYZE a;
SET search_path = a, public;
"""
    assert not mistakes(sql, version=14), "nothing of this is newer, or the owner's not to do"


def test_an_extension_of_the_list_is_the_superusers_to_make():
    listed = ("pg_stat_statements",)
    assert not mistakes("CREATE EXTENSION IF NOT EXISTS pg_stat_statements", extensions=listed), "it is there by then"
    wrong = only("CREATE EXTENSION pg_stat_statements", extensions=listed)
    assert "IF NOT EXISTS" in wrong.allowed, "else it fails because it is there"
    assert "database.schema.extensions" in only("CREATE EXTENSION pg_cron").do, "what to do is said"


def test_a_file_too_large_for_a_configmap_is_refused_with_what_to_do():
    wrong = only(f"INSERT INTO a VALUES ('{'x' * check.LARGEST}');")
    assert "bytes" in wrong.found, "how large it is"
    assert wrong.do.startswith("part it"), "and what to do"


def test_every_mistake_of_every_file_is_told_at_once():
    files = {"001_a.sql": b"SELEC 1", "002_b.sql": b"COMMIT; VACUUM", "4_c.sql": b"SELECT 1"}
    found = check.mistakes("s", "plain", files, (), 18)
    assert sorted(one.file for one in found) == ["s/001_a.sql", "s/002_b.sql", "s/002_b.sql", "s/4_c.sql"], (
        "nobody corrects a file only to be told of the next one"
    )
