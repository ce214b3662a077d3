"""A schema of SQL files in a replicated database: its Job goes through the router, to whoever is primary."""

from tests.e2e.replicated.database import Replicated
from tests.e2e.stacks import Observer

SCHEMA = {"database": {"schema": {"folder": "sql/bill-inquiry", "extensions": ["uuid-ossp"]}}}
FOUND = (
    "SELECT (SELECT count(*) FROM postgres_apps.migration WHERE name LIKE 'schema/%'), "
    "(SELECT count(*) FROM system_config), (SELECT tableowner FROM pg_tables WHERE tablename = 'system_config'), "
    "(SELECT count(*) FROM pg_extension WHERE extname = 'uuid-ossp')"
)


def test_the_files_are_applied_once_each_as_the_owner(replicated: Observer, database: Replicated) -> None:
    with replicated.trial.having(SCHEMA):
        replicated.trial.up()
        assert database.said(FOUND) == "6|3|observer_owner|1", "files in the ledger, seed rows, their owner, extension"
        replicated.trial.preview("--expect-no-changes")
