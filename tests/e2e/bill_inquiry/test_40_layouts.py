"""The script of each layout on a real PostgreSQL 14, in a database of its own: what runs again, and what is refused."""

import pytest

from components.postgres import applying
from components.postgres.rights import LEDGER_SQL
from components.schema import check
from tests.e2e.bill_inquiry.schemas import DATABASE, BillInquiry
from tests.e2e.live import Answer

SCRATCH = "layouts"
VIEW = "CREATE OR REPLACE VIEW v AS SELECT x FROM a{};\n"
FLYWAY = {
    "V1__a.sql": "CREATE TABLE a (x int);\n",
    "V1_10__z.sql": "ALTER TABLE a ADD z int;\n",
    "V1_2__y.sql": "-- 요금\nALTER TABLE a ADD y int;\n",
    "V2__index.sql": "CREATE INDEX CONCURRENTLY i ON a (x);\n",
    "V2__index.sql.conf": "executeInTransaction=false\n",
    "R__view.sql": VIEW.format(""),
}
LIQUIBASE = """\
--liquibase formatted sql

--changeset ada:1
CREATE TABLE b (x int);

--changeset ada:2
INSERT INTO b VALUES (1)
"""


@pytest.fixture(scope="module")
def scratch(bill_inquiry: BillInquiry) -> BillInquiry:
    """An empty database with a ledger."""
    bill_inquiry.rows(f"DROP DATABASE IF EXISTS {SCRATCH} (FORCE)")
    bill_inquiry.rows(f"CREATE DATABASE {SCRATCH}")
    bill_inquiry.rows(LEDGER_SQL, SCRATCH)
    return bill_inquiry


def applied(scratch: BillInquiry, layout: str, files: dict[str, str]) -> Answer:
    """What psql says that runs the script of these files in the server's own pod."""
    contents = {name: text.encode() for name, text in files.items()}
    assert not check.mistakes("s", layout, contents, (), 14), "what preview refuses is not tried"
    units = check.read("s", layout, contents).units
    texts = {unit.key: unit.script for unit in units} | {applying.SCRIPT: applying.script(units)}
    return scratch.run_script({name: text.replace("\\i /schema/", "\\ir ") for name, text in texts.items()}, SCRATCH)


def run(answer: Answer) -> list[str]:
    assert answer.ok, f"the script failed: {answer.text}"
    return [line.removeprefix("applying ") for line in answer.text.splitlines() if line.startswith("applying")]


def test_flyways_versions_run_once_and_what_is_repeatable_whenever_it_changed(scratch: BillInquiry) -> None:
    in_order = ["V1__a.sql", "V1_2__y.sql", "V1_10__z.sql", "V2__index.sql", "R__view.sql"]
    assert run(applied(scratch, "flyway", FLYWAY)) == in_order, "by number, and views last"
    assert run(applied(scratch, "flyway", FLYWAY)) == [], "each once"
    changed = {**FLYWAY, "R__view.sql": VIEW.format(" WHERE x > 1")}
    assert run(applied(scratch, "flyway", changed)) == ["R__view.sql"], "another text runs"
    assert run(applied(scratch, "flyway", FLYWAY)) == ["R__view.sql"], "and so does the former one after it"
    assert run(applied(scratch, "flyway", FLYWAY)) == [], "which then is the last that ran"


def test_a_file_that_comes_before_an_applied_one_is_refused(scratch: BillInquiry) -> None:
    answer = applied(scratch, "flyway", {**FLYWAY, "V1_3__late.sql": "SELECT 1;\n"})
    assert not answer.ok, "two branches met: it would have run on another schema than where it was tried"
    assert "V1_3__late.sql is new, and comes before V2__index.sql, which was applied on" in answer.text, answer.text


def test_changesets_run_each_for_itself_and_tell_the_lines_of_their_file(scratch: BillInquiry) -> None:
    scratch.rows("DELETE FROM postgres_apps.migration", SCRATCH)
    assert run(applied(scratch, "liquibase", {"1.sql": LIQUIBASE})) == ["1.sql/ada:1", "1.sql/ada:2"], "in order"
    failing = f"{LIQUIBASE};\n\n--changeset ada:3\nINSERT INTO b VALUES (2);\nSELECT 1/0;\n"
    answer = applied(scratch, "liquibase", {"1.sql": failing.replace("(1)\n;", "(1)")})
    assert ":11: ERROR:  division by zero" in answer.text, f"line 11 of the file, not 2 of its changeset: {answer.text}"
    assert scratch.rows("SELECT count(*) FROM b", SCRATCH) == "1", "what failed left nothing, what ran stays"


def test_nothing_of_it_is_in_the_database_beside(scratch: BillInquiry) -> None:
    assert scratch.rows("SELECT to_regclass('a') IS NULL", DATABASE) == "t", "a ledger is its database's own"
