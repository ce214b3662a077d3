"""The same app from a standalone database to a shared Cluster, as docs/shared.md has it."""

from collections.abc import Iterator, Mapping

import pytest

from tests.e2e.shared.database import Shared
from tests.e2e.stacks import Observer, app, bring_up, make_trial, remove_namespace

DUMP = (
    "PGPASSWORD=$POSTGRES_PASSWORD exec "
    "pg_dump -h 127.0.0.1 -U $POSTGRES_USER -N postgres_apps -Fc $POSTGRES_DB | base64 -w0"
)
"""In base64, because these tests read what a command prints as text."""

RESTORE = (
    "base64 -d | exec pg_restore --clean --if-exists --no-owner --role=observer_owner -d observer "
    "--single-transaction --exit-on-error"
)
ROWS = "SELECT symbol, price::text FROM observation ORDER BY 1, 2"


@pytest.fixture
def old(node_environment: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observer]:
    """The Observer on a standalone database, with a row of its own."""
    trial = make_trial("observer-e2e-old", tmp_path_factory.mktemp("old"), node_environment)
    try:
        yield bring_up(trial)
    finally:
        remove_namespace(trial.live, wait=False)


def test_a_standalone_database_moves_with_its_rows_and_no_app_is_changed(
    old: Observer, shared: Observer, cluster: Shared
) -> None:
    refused = "the topology would go from standalone to shared"
    with old.trial.having({"database": {"topology": "shared"}}):
        ended = old.trial.preview(code=None)
        assert ended.code != 0 and refused in ended.text, "rule 10: the word is not edited on data"
    old.live.rows("INSERT INTO observation (symbol, price, pod) VALUES ('MOVED', 1, 'nobody')")
    for stack in (old, shared):
        stack.trial.change(app(replicas=0))
        stack.trial.up()
    before = old.live.rows(ROWS)
    dump = old.live.kubectl("exec", "postgres-0", "--", "sh", "-c", DUMP)
    words = ("exec", "--stdin", cluster.primary, "-c", "postgres", "--", "sh", "-ec", RESTORE)
    cluster.live.kubectl(*words, stdin=dump)
    shared.trial.change(app(replicas=1))
    shared.trial.up()
    rows = [f"{symbol}|{price}" for symbol, price in cluster.superuser(ROWS, "observer")]
    assert rows == before.splitlines(), "every row is there"
    assert "MOVED|" in before, "and it is those of the old one"
    for role, sql in (
        ("app", "INSERT INTO observation (symbol, price, pod) VALUES ('AFTER', 2, 'nobody')"),
        ("reader", ROWS),
    ):
        cluster.ask(cluster.where(cluster.live.secret(f"postgres-{role}")), sql)
    posted = shared.live.one("deployment", "observer")["status"]["readyReplicas"]
    assert posted == 1, "the app is as it was"
