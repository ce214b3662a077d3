"""A migration runs once for its definition, whatever becomes of its Job; and where it fails the old app serves on."""

from tests.e2e.live import get, wait_for
from tests.e2e.stacks import ROW, Observer, app
from tests.e2e.traffic import Traffic

SELECTED = "app.kubernetes.io/name=observer-migration"
REVISIONS = "SELECT count(*) FROM postgres_apps.migration WHERE name = 'observer'"
FAILS = [
    "python3",
    "-c",
    "import sys; sys.exit('migrate: column price is of type text')",
]


def job(observer: Observer) -> str:
    """The name of the migration's one Job."""
    names = [each["metadata"]["name"] for each in observer.live.objects("jobs", "-l", SELECTED)]
    assert len(names) == 1, f"a stack has one migration Job, that of its definition; found {names}"
    return names[0]


def log(observer: Observer, container: str) -> str:
    """What a container of the migration's Job wrote."""
    return observer.live.kubectl("logs", f"job/{job(observer)}", "-c", container)


def test_the_first_up_ran_the_migration_and_recorded_it(observer: Observer) -> None:
    assert observer.live.rows(REVISIONS) == "1", "the ledger must hold the one definition that ran"
    assert "version 1: made table observation" in log(observer, "migrate"), "the command itself must have run"


def test_new_resources_make_a_new_job_that_runs_nothing_again(observer: Observer) -> None:
    before = job(observer)
    observer.trial.change(app(resources={"limits": {"memory": "272Mi"}}))
    observer.trial.up()
    assert job(observer) != before, "a Job's template can't be changed, so this must be another Job"
    assert "was applied before" in log(observer, "look-up"), "the ledger says that this definition ran already"
    assert log(observer, "migrate") == "", "the same command on the same image must not run a second time"
    assert observer.live.rows(REVISIONS) == "1", "and so nothing is recorded a second time"


def test_a_job_that_is_gone_is_made_again_and_runs_nothing_again(observer: Observer) -> None:
    # As after an hour, when the finished Job's time is up.
    observer.live.kubectl("delete", "job", job(observer))
    observer.trial.refresh("--yes", "--skip-preview")
    observer.trial.up()
    assert log(observer, "migrate") == "", "a migration must not run twice because its Job was cleaned up"
    assert observer.live.rows(REVISIONS) == "1", "and so nothing is recorded a second time"


def test_another_command_runs(observer: Observer) -> None:
    observer.trial.change(app(migration={"command": ["python3", "-u", "-m", "observer.migrate"]}))
    observer.trial.up()
    assert "nothing to do, the schema is at version" in log(observer, "migrate"), "a new definition must run"
    assert observer.live.rows(REVISIONS) == "2", "the ledger must hold both definitions"


def test_a_migration_that_fails_stops_the_rollout_and_the_old_app_serves_on(observer: Observer) -> None:
    live, (before,) = observer.live, observer.live.pods("observer")
    broken = app(migration={"command": FAILS, "retries": 0}, variables={"LOG_LEVEL": "WARNING"})
    with observer.trial.having(broken), Traffic(f"{observer.url}/ready") as traffic:
        ended = observer.trial.up(code=None)
    assert ended.code != 0, f"a failed migration must fail the up:\n{ended.text}"
    assert "column price is of type text" in ended.text, f"the migration's own words say why:\n{ended.text}"
    (after,) = live.pods("observer")
    assert after["metadata"]["uid"] == before["metadata"]["uid"], "the app of the revision must not start"
    assert not traffic.failed, f"the app of before must serve all along: {traffic.says()}"
    assert live.rows(REVISIONS) == "2", "what failed must not be recorded as applied"


def test_with_the_definition_of_before_all_is_well_again(observer: Observer) -> None:
    observer.trial.up()
    assert (answer := get(f"{observer.url}/ready")).ok, f"the app must be ready: {answer.text}"
    assert "-m" in str(observer.live.one("job", job(observer))["spec"]), "the failed Job must be gone"
    observer.trial.preview("--expect-no-changes")


OF_BEFORE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> 'postgres';
REASSIGN OWNED BY observer_owner TO postgres;
DROP OWNED BY observer_owner CASCADE;
DROP OWNED BY observer_app CASCADE;
DROP OWNED BY observer_reader CASCADE;
DROP ROLE observer_owner, observer_app, observer_reader;
CREATE SCHEMA legacy;
CREATE TYPE legacy.side AS ENUM ('buy', 'sell');
CREATE TABLE legacy.trade (id serial PRIMARY KEY, side legacy.side, price numeric);
INSERT INTO legacy.trade (side, price) VALUES ('buy', 1);
CREATE VIEW legacy.bought AS SELECT * FROM legacy.trade WHERE side = 'buy';
CREATE FUNCTION legacy.total() RETURNS numeric LANGUAGE sql AS 'SELECT sum(price) FROM legacy.trade';
"""


def test_the_bootstrap_adopts_a_database_that_was_there_before(observer: Observer) -> None:
    live = observer.live
    made = live.psql("superuser", "ALTER DATABASE observer OWNER TO postgres; " + OF_BEFORE)
    assert made.ok, made.text
    bootstrap = live.objects("jobs", "-l", "app.kubernetes.io/name=postgres-bootstrap")[0]["metadata"]["name"]
    live.kubectl("delete", "job", bootstrap)
    observer.trial.refresh("--yes", "--skip-preview")
    observer.trial.up()
    mine = "relnamespace IN ('legacy'::regnamespace, 'public'::regnamespace)"
    owners = live.rows(f"SELECT DISTINCT relowner::regrole FROM pg_class WHERE {mine}")
    assert owners == "observer_owner", "what the superuser made before is the owner role's to migrate"
    assert live.rows("SELECT proowner::regrole FROM pg_proc WHERE proname = 'total'") == "observer_owner", (
        "functions too"
    )
    for sql in ("INSERT INTO legacy.trade (side, price) VALUES ('sell', 2)", "SELECT legacy.total()"):
        assert (answer := live.psql("app", sql)).ok, f"the app must work with what was there: {sql}: {answer.text}"
    assert live.psql("reader", "SELECT * FROM legacy.bought").ok, "the reader must see what was there"
    assert live.psql("owner", "ALTER TABLE legacy.trade ADD note text").ok, "the owner must be able to migrate it"
    denied = live.psql("app", "DROP TABLE legacy.trade")
    assert not denied.ok, f"rule 2: the app must not be able to drop it: {denied.text}"
    wait_for("the app's readiness", lambda: get(f"{observer.url}/ready").ok, 30)
    assert live.rows("SELECT symbol FROM observation") == ROW["symbol"], "and not one row may be lost"
