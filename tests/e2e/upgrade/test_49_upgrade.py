"""A database from PostgreSQL 14 to 17 by the commands of docs/upgrading.md, and a minor version by the image's tag."""

from collections.abc import Iterator, Mapping

import pytest

from devcluster import paths
from devcluster.images import postgres
from tests.e2e import moving
from tests.e2e.shared import operators
from tests.e2e.stacks import Observer, bring_up, make_trial, remove_namespace

COMPARE = (paths.CHECKOUT / "docs" / "compare.sql").read_text()
_COMPARED = (
    "PGPASSWORD=$POSTGRES_PASSWORD exec psql -X -A -t -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -U $POSTGRES_USER -d observer"
)

ANALYZE = "PGPASSWORD=$POSTGRES_PASSWORD exec vacuumdb -h 127.0.0.1 -U $POSTGRES_USER --all --analyze-in-stages"

EXTENSIONS = 'CREATE EXTENSION "uuid-ossp"; CREATE EXTENSION pg_trgm'
"""Of these the owner may make the second only: what the restore must not try is the first."""

CONTENTS = """
CREATE TYPE state AS ENUM ('new', 'paid');
CREATE SCHEMA audit;
CREATE TABLE bill (
  id uuid PRIMARY KEY DEFAULT uuid_generate_v4(), number serial UNIQUE, name varchar(50) NOT NULL,
  amount numeric(12, 2) CHECK (amount >= 0), state state NOT NULL DEFAULT 'new', seen timestamptz, ratio float8,
  raw bytea
);
CREATE INDEX bill_name ON bill USING gin (name gin_trgm_ops);
CREATE TABLE audit.entry (at timestamptz NOT NULL, bill uuid REFERENCES bill, PRIMARY KEY (at, bill))
  PARTITION BY RANGE (at);
CREATE TABLE audit.entry_2026 PARTITION OF audit.entry FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO audit.entry VALUES (coalesce(NEW.seen, '2026-06-01'), NEW.id); RETURN NEW; END $$;
CREATE TRIGGER noted AFTER INSERT ON bill FOR EACH ROW EXECUTE FUNCTION noted();
INSERT INTO bill (name, amount, seen, ratio, raw)
  SELECT 'Kim ' || n, n * 1.01, '2026-01-01'::timestamptz + n * interval '1 minute', n / 3.0,
         decode(md5(n::text), 'hex')
    FROM generate_series(1, 5000) n;
CREATE VIEW paid AS SELECT number, amount FROM bill WHERE state = 'paid';
CREATE MATERIALIZED VIEW total AS SELECT state, sum(amount) FROM bill GROUP BY state;
CREATE SEQUENCE invoice START 1000; SELECT nextval('invoice'), nextval('invoice');
GRANT TRUNCATE ON bill TO observer_app; GRANT SELECT (number) ON bill TO observer_reader;
SELECT lo_from_bytea(0, 'a large one');
"""


def server(image: str, version: int) -> dict[str, object]:
    """A patch that has the database run `image`."""
    return {"database": {"image": image, "version": version}}


def compared(observer: Observer) -> str:
    """What docs/compare.sql says of a stack's database, but for the table that the app writes all the time."""
    said = observer.live.kubectl("exec", "--stdin", "postgres-0", "--", "sh", "-c", _COMPARED, stdin=COMPARE)
    return "\n".join(line for line in said.splitlines() if not line.startswith("table public.heartbeat:"))


@pytest.fixture(scope="module")
def two(
    node_environment: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Observer, Observer]]:
    """The Observer on the minor version before the last of 14, with contents of every kind; and an empty one on 17."""
    operators.load(postgres.BEFORE, postgres.IMAGES[14], postgres.IMAGES[17])
    trials = {
        "upgrade-e2e-old": server(postgres.BEFORE.reference, 14),
        "upgrade-e2e-new": server(postgres.IMAGES[17].reference, 17),
    }
    made = []
    try:
        for name, patch in trials.items():
            made.append(make_trial(name, tmp_path_factory.mktemp(name), node_environment))
            made[-1].change(patch)
        old, new = (bring_up(trial) for trial in made)
        for one in (old, new):
            one.live.rows(EXTENSIONS)
        old.live.rows(moving.OWN)
        answer = old.live.psql("owner", CONTENTS)
        assert answer.ok, answer.text
        yield old, new
    finally:
        for trial in made:
            remove_namespace(trial.live, wait=False)


def test_a_minor_version_rolls_by_the_images_tag(two: tuple[Observer, Observer]) -> None:
    old, _ = two
    before = compared(old)
    assert old.live.rows("SHOW server_version").startswith("14.23"), "the one before"
    old.trial.change(server(postgres.IMAGES[14].reference, 14))
    old.trial.up()
    assert old.live.rows("SHOW server_version").startswith("14.24"), "the server of the new tag"
    assert compared(old) == before, "on the same data"


def test_a_major_version_is_refused_with_the_way_to_it(two: tuple[Observer, Observer]) -> None:
    old, _ = two
    with old.trial.having(server(postgres.IMAGES[17].reference, 17)):
        ended = old.trial.preview(code=None)
    assert ended.code != 0, "17 can't read the data directory of 14"
    assert "docs/upgrading.md" in ended.text, f"the way stands there: {ended.text}"


def test_everything_in_it_is_in_the_new_version_by_the_documented_way(two: tuple[Observer, Observer]) -> None:
    old, new = two
    moving.moved(
        old, new, "postgres-0", where="-h 127.0.0.1 -U $POSTGRES_USER", environment="PGPASSWORD=$POSTGRES_PASSWORD"
    )
    assert new.live.rows("SHOW server_version").startswith("17."), "the new server"
    assert compared(new) == compared(old), "rows, sequences, definitions, owners, rights and extensions are the same"
    new.live.kubectl("exec", "postgres-0", "--", "sh", "-c", ANALYZE)
    known = new.live.rows("SELECT count(*) > 0 FROM pg_stats WHERE tablename = 'bill'")
    assert known == "t", "the planner knows its tables before the app comes"
    for role, sql, may in (
        ("app", "INSERT INTO bill (name) VALUES ('after')", True),
        ("app", "DROP TABLE bill", False),
        ("reader", "SELECT count(*) FROM audit.entry", True),
        ("reader", "INSERT INTO bill (name) VALUES ('after')", False),
    ):
        answer = new.live.psql(role, sql)
        assert answer.ok == may, f"the {role}'s `{sql}` in the new version: {answer.text}"
    assert new.live.one("deployment", "observer")["status"]["readyReplicas"] == 1, "the app runs on it"


def test_the_old_one_is_as_it_was_to_go_back_to(two: tuple[Observer, Observer]) -> None:
    old, _ = two
    before = compared(old)
    old.trial.change({"apps": {"observer": {"replicas": 1}}})
    old.trial.up()
    assert compared(old) == before, "nothing of it was touched"
    assert old.live.one("deployment", "observer")["status"]["readyReplicas"] == 1, "and the app runs on it again"
