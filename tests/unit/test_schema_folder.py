"""A folder of SQL files: which names it may have, in which order its units come, what makes a text the same."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.schema import check
from components.schema.flyway import version
from components.settings.mistakes import Mistake

SQL = b"SELECT 1;\n"


def read(*names: str, layout: str = "plain", content: bytes = SQL):
    return check.read("sql/shop", layout, dict.fromkeys(names, content))


def only(found) -> Mistake:
    (mistake,) = found.mistakes
    return mistake


def names(found) -> list[str]:
    assert not found.mistakes, f"nothing is wrong with these names: {found.mistakes}"
    return [unit.name for unit in found.units]


@given(st.integers(0, 90), st.integers(1, 30), st.randoms())
def test_plain_files_come_in_the_order_of_their_numbers_however_they_are_listed(first, count, shuffle: random.Random):
    numbered = [f"{number}_step.sql" for number in range(first, first + count)]
    listed = list(numbered)
    shuffle.shuffle(listed)
    assert names(read(*listed)) == numbered, "10 comes after 9, though its name sorts before"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (("1_a.sql", "001_b.sql"), "the number 1, which 001_b.sql has too"),
        (("001_a.sql", "003_b.sql"), "the number 3"),
        (("001_a.sql", "two.sql"), "the name 'two.sql'"),
        (("001_a b.sql",), "the name '001_a b.sql'"),
        (("001_a';drop.sql",), "the name"),
        (("001_$(id).sql",), "the name"),
        (("001_a.sql", "notes.txt"), "the name 'notes.txt'"),
    ],
)
def test_plain_names_that_leave_the_order_open_are_refused(files, found):
    mistake = only(read(*files))
    assert mistake.found.startswith(found), "the mistake says which file, and what is wrong with its name"
    assert mistake.do, "and what to do"


def test_numbers_that_are_dates_have_gaps_and_a_readme_is_no_migration():
    assert names(read("20260101_a.sql", "20260708_b.sql", "README.md", ".gitkeep")) == [
        "20260101_a.sql",
        "20260708_b.sql",
    ], "nobody makes a migration each day"


versions = st.lists(st.integers(0, 30), min_size=1, max_size=4)


@given(st.lists(versions, min_size=1, max_size=12, unique_by=lambda parts: version(".".join(map(str, parts)))))
def test_flyway_versions_come_in_the_order_of_their_numbers_and_repeatables_last(all_versions):
    files = [f"V{'_'.join(map(str, parts))}__step.sql" for parts in all_versions]
    found = names(read(*files, "R__views.sql", "R__a.sql", layout="flyway"))
    assert found[-2:] == ["R__a.sql", "R__views.sql"], "what is repeatable may need all that is versioned"
    repeatable = [
        unit.name for unit in read(*files, "R__views.sql", "R__a.sql", layout="flyway").units if unit.repeatable
    ]
    assert repeatable == found[-2:], "and it alone runs again"
    told = [version(name[1:].partition("__")[0]) for name in found[:-2]]
    assert told == sorted(told), "number by number: 1.10 after 1.9"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (("V1__a.sql", "V1.0__b.sql"), "the version 1, which V1.0__b.sql has too"),
        (("V1_a.sql",), "the name 'V1_a.sql'"),
        (("U1__a.sql",), "the name 'U1__a.sql'"),
        (("V1__a.sql", "V2__b.sql.conf"), "no V2__b.sql beside it"),
    ],
)
def test_flyway_names_that_would_not_run_are_refused(files, found):
    assert only(read(*files, layout="flyway")).found == found, "what is wrong with the name is said"


def test_a_flyway_file_leaves_its_transaction_by_its_conf_and_by_nothing_else():
    files = {"V1__a.sql": SQL, "V1__a.sql.conf": b"# why\nexecuteInTransaction=false\n", "V2__b.sql": SQL}
    first, second = check.read("s", "flyway", files).units
    assert (first.transaction, second.transaction) == (False, True), "as the file beside it says"
    files["V1__a.sql.conf"] = b"encoding=latin1\n"
    assert only(check.read("s", "flyway", files)).path == "line 1", "what is not done here is not passed over"


CHANGELOG = """\
--liquibase formatted sql

--changeset ada:1
CREATE TABLE a (x int);
--rollback DROP TABLE a;

--changeset bob:view runOnChange:true
CREATE OR REPLACE VIEW v AS SELECT x FROM a;

--changeset bob:index runInTransaction:false splitStatements:false
CREATE INDEX CONCURRENTLY i ON a (x);
"""


def liquibase(text: str):
    return check.read("s", "liquibase", {"001.sql": text.encode()})


def test_each_changeset_is_a_unit_that_keeps_the_lines_of_its_file():
    first, view, index = liquibase(CHANGELOG).units
    assert [unit.name for unit in (first, view, index)] == ["001.sql/ada:1", "001.sql/bob:view", "001.sql/bob:index"]
    assert (first.repeatable, view.repeatable) == (False, True), "runOnChange runs again"
    assert (view.transaction, index.transaction) == (True, False), "runInTransaction:false is outside of one"
    for unit in (first, view, index):
        line = unit.text.splitlines()[0]
        number = next(n for n, written in enumerate(CHANGELOG.splitlines()) if written == line)
        assert unit.script.splitlines()[number] == line, "psql tells the line that an editor shows"


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("--liquibase formatted sql", "-- sql", "the first line '-- sql'"),
        ("bob:view", "ada:1", "the changeset ada:1, which stands above too"),
        ("runOnChange", "runAlways", "runAlways:true"),
        ("--rollback", "--preconditions onFail:HALT\n--rollback", "--preconditions"),
        ("splitStatements:false", "endDelimiter:/", "endDelimiter:/"),
        ("\n--changeset ada:1", "SELECT 1;\n--changeset ada:1", "SQL before the first changeset"),
        ("ada:1", "a'da:1", "a'da:1"),
    ],
)
def test_what_liquibase_would_do_and_this_does_not_is_refused(old, new, found):
    assert only(liquibase(CHANGELOG.replace(old, new, 1))).found == found, "it is not passed over"


@given(st.lists(st.text(alphabet="ab ';$요-", max_size=20), min_size=1, max_size=8))
def test_the_same_text_has_the_same_digest_whatever_editor_saved_it(lines):
    text = "\n".join([*lines, "SELECT 1;"])
    ways = [text.encode(), b"\xef\xbb\xbf" + text.encode(), text.replace("\n", "\r\n").encode(), f"{text}\n".encode()]
    digests = {read("1_a.sql", content=way).units[0].digest for way in ways}
    assert len(digests) == 1, "a checkout on Windows must not look like an edited file"


@pytest.mark.parametrize("content", ["SELECT '요금';".encode("euc-kr"), "SELECT 1;".encode("utf-16"), b"SELECT 1;\0"])
def test_bytes_that_are_no_utf_8_are_refused_by_file(content):
    mistake = only(read("1_a.sql", content=content))
    assert mistake.file == "sql/shop/1_a.sql", "the file is named"
    assert "UTF-8" in mistake.do, "and how it should be saved"


def test_an_empty_folder_is_refused():
    assert only(read("README.md")).found == "no SQL file", "a database with nothing in it was not meant"
