"""Bill-Inquiry's schema on a real PostgreSQL 14: applied once each, whatever comes between, and never wrongly."""

from tests.e2e.bill_inquiry.schemas import BillInquiry

TABLES = ["bill_info_cache", "bill_inquiry_history", "customer_info", "kos_inquiry_history", "system_config"]
FILES = [
    "001_schemas.sql",
    "002_customer_info.sql",
    "003_bill_inquiry_history.sql",
    "004_kos_inquiry_history.sql",
    "005_bill_info_cache.sql",
    "006_system_config.sql",
]
NEW = "007_note.sql"
SLOW = "008_slow.sql"
SLOWLY = "CREATE TABLE slow (id int PRIMARY KEY);\nSELECT pg_sleep(4);\nINSERT INTO slow VALUES (1);\n"
UNDONE = "DROP TABLE slow; DELETE FROM postgres_apps.migration WHERE name = 'schema/008_slow.sql'"


def test_the_first_up_made_the_tables_with_their_rows_and_extensions(bill_inquiry: BillInquiry) -> None:
    assert bill_inquiry.applied() == FILES, "each file once, in the order of their numbers"
    tables = bill_inquiry.rows("SELECT tablename, tableowner FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    assert tables.splitlines() == [f"{table}|bill_inquiry_owner" for table in TABLES], "rule 2: they are the owner's"
    seeds = bill_inquiry.rows("SELECT config_key, config_value, config_type FROM system_config ORDER BY 1")
    assert seeds.splitlines() == [
        "bill.cache.ttl.hours|4|INTEGER",
        "kos.connection.timeout.ms|30000|INTEGER",
        "kos.retry.max.attempts|3|INTEGER",
    ], "the seed rows"
    found = bill_inquiry.rows("SELECT description FROM system_config WHERE config_key = 'bill.cache.ttl.hours'")
    assert found == "요금정보 캐시 TTL (시간)", "a text of a file arrives as it was written"
    schemas = bill_inquiry.rows("SELECT nspname FROM pg_namespace WHERE nspname IN ('audit', 'cache') ORDER BY 1")
    assert schemas.splitlines() == ["audit", "cache"], "the schemas beside public"
    assert bill_inquiry.rows("SELECT uuid_generate_v4() IS NOT NULL") == "t", "uuid-ossp must be there"
    assert int(bill_inquiry.rows("SELECT count(*) FROM pg_stat_statements")) > 0, "with its library loaded"


def test_the_server_is_as_its_plan_has_it(bill_inquiry: BillInquiry) -> None:
    asked = {
        "server_encoding": "UTF8",
        "TimeZone": "Asia/Seoul",
        "max_connections": "100",
        "shared_buffers": "256MB",
        "effective_cache_size": "1GB",
        "work_mem": "4MB",
        "maintenance_work_mem": "64MB",
        "log_min_duration_statement": "1s",
        "log_connections": "on",
        "log_statement": "none",
        "password_encryption": "scram-sha-256",
    }
    names = ", ".join(f"'{name}'" for name in asked)
    rows = bill_inquiry.rows(f"SELECT name, current_setting(name) FROM unnest(ARRAY[{names}]) AS name").splitlines()
    assert dict(row.split("|") for row in rows) == asked, "the parameters of the plan of its installation"
    assert bill_inquiry.rows("SHOW server_version").startswith("14."), "version 14"


def test_the_roles_may_do_what_they_are_for(bill_inquiry: BillInquiry) -> None:
    into = "INSERT INTO customer_info (customer_id, line_number, operator_code, expires_at"
    row = f"{into}) VALUES ('c', '010', 'KT', now())"
    assert (made := bill_inquiry.psql("app", row)).ok, f"the app writes: {made.text}"
    assert bill_inquiry.psql("reader", "SELECT * FROM customer_info").ok, "the reader reads"
    for role, sql in (
        ("reader", "DELETE FROM customer_info"),
        ("app", "DROP TABLE customer_info"),
        ("owner", "DELETE FROM postgres_apps.migration"),
        ("owner", "UPDATE postgres_apps.migration SET digest = ''"),
    ):
        assert not bill_inquiry.psql(role, sql).ok, f"rule 2: the {role} must not be able to `{sql}`"
    refused = bill_inquiry.psql("app", f"{into}, status) VALUES ('d', '011', 'KT', now(), 'GONE')")
    assert "ck_customer_info_status" in refused.text, "a state that nobody knows is kept out"


def test_a_second_up_changes_nothing(bill_inquiry: BillInquiry) -> None:
    before = bill_inquiry.live.versions()
    bill_inquiry.trial.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", code=0)
    assert bill_inquiry.live.versions() == before, "not one object may be touched"


def test_wrong_sql_never_reaches_the_cluster(bill_inquiry: BillInquiry) -> None:
    before = bill_inquiry.live.versions()
    file = bill_inquiry.folder / NEW
    file.write_text("CREATE TABLE note (id int PRIMARY KEY);\nALTER TABLE note ADD COLUM text varchar(80);\n")
    for ended in (bill_inquiry.trial.preview(code=None), bill_inquiry.trial.up(code=None)):
        assert ended.code != 0, f"it must be refused:\n{ended.text}"
        assert f"sql/bill-inquiry/{NEW} · line 2, column" in ended.text, f"with its place:\n{ended.text}"
    assert bill_inquiry.live.versions() == before, "not one object may be touched"
    file.unlink()


def test_a_new_file_is_applied_and_only_that(bill_inquiry: BillInquiry) -> None:
    (bill_inquiry.folder / NEW).write_text("CREATE TABLE note (id int PRIMARY KEY);\n")
    bill_inquiry.trial.up()
    assert bill_inquiry.applied() == [*FILES, NEW], "the ledger goes on"
    said = [line for line in bill_inquiry.log().splitlines() if line.startswith("applying")]
    assert said == [f"applying {NEW}"], "what was applied is not applied again"
    assert bill_inquiry.rows("SELECT count(*) FROM customer_info") == "1", "and no row is lost"


def test_an_edited_file_and_one_that_is_gone_are_refused_with_both_named(bill_inquiry: BillInquiry) -> None:
    first, new = bill_inquiry.folder / FILES[0], bill_inquiry.folder / NEW
    texts = first.read_text(), new.read_text()
    first.write_text(texts[0] + "CREATE SCHEMA another;\n")
    new.rename(bill_inquiry.folder / "007_other.sql")
    ended = bill_inquiry.trial.up(code=None)
    assert ended.code != 0, f"a database that is otherwise than its files must fail the up:\n{ended.text}"
    said = bill_inquiry.log()
    assert f"{FILES[0]} was edited after it was applied on" in said, f"the log says what:\n{said}"
    assert f"{NEW} was applied on" in said, f"and all of it at once:\n{said}"
    assert bill_inquiry.applied() == [*FILES, NEW], "nothing was applied"
    assert bill_inquiry.rows("SELECT count(*) FROM pg_namespace WHERE nspname = 'another'") == "0", (
        "not the edit either"
    )
    (bill_inquiry.folder / "007_other.sql").unlink()
    first.write_text(texts[0])
    new.write_text(texts[1])
    bill_inquiry.trial.up()
    assert bill_inquiry.applied() == [*FILES, NEW], "with the files of before all is well again"


def test_what_fails_leaves_nothing_and_is_gone_on_with(bill_inquiry: BillInquiry) -> None:
    file = bill_inquiry.folder / SLOW
    file.write_text("CREATE TABLE slow (id int PRIMARY KEY);\nINSERT INTO slow SELECT 1 FROM nowhere;\n")
    ended = bill_inquiry.trial.up(code=None)
    assert ended.code != 0, f"a file that fails must fail the up:\n{ended.text}"
    assert f"{SLOW}:2: ERROR:  relation" in bill_inquiry.log(), "with its file and line"
    assert bill_inquiry.rows("SELECT to_regclass('slow') IS NULL") == "t", "nothing of the file may remain"
    file.write_text(SLOWLY)
    bill_inquiry.trial.up()
    assert bill_inquiry.applied()[-1] == SLOW, "corrected, it is applied: it never was before"


def test_two_jobs_that_race_apply_a_file_once(bill_inquiry: BillInquiry) -> None:
    bill_inquiry.rows(UNDONE)
    jobs = [bill_inquiry.copied(name) for name in ("one", "other")]
    for job in jobs:
        bill_inquiry.succeeded(job)
    said = [bill_inquiry.log(job) for job in jobs]
    assert sum(f"applying {SLOW}" in text for text in said) == 1, f"one of them applies it: {said}"
    assert sum("another Job applies the schema" in text for text in said) == 1, f"the other one waits: {said}"
    assert bill_inquiry.rows("SELECT count(*) FROM slow") == "1", "it ran once"


def test_a_job_that_is_interrupted_is_gone_on_with(bill_inquiry: BillInquiry) -> None:
    bill_inquiry.rows(UNDONE)
    job = bill_inquiry.copied("interrupted")
    bill_inquiry.until_it_says(job, f"applying {SLOW}")
    bill_inquiry.live.kubectl("delete", "pods", "-l", f"job-name={job}", "--grace-period=0", "--force")
    bill_inquiry.succeeded(job)
    assert bill_inquiry.rows("SELECT count(*) FROM slow") == "1", "it ran once as a whole"
    assert bill_inquiry.applied() == [*FILES, NEW, SLOW], "and what came before it did not run again"
