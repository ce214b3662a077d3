"""The same app from a standalone database to a replicated one."""

from collections.abc import Mapping
from pathlib import Path

from tests.e2e import moving
from tests.e2e.live import wait_for
from tests.e2e.replicated.client import Client
from tests.e2e.replicated.database import Replicated
from tests.e2e.stacks import Observer

INSERT = "INSERT INTO observation (symbol, price, pod) VALUES ('AFTER', $1::numeric, 'nobody') RETURNING symbol"


def test_a_standalone_database_moves_with_its_rows_and_no_app_is_changed(
    node_environment: Mapping[str, str], tmp_path: Path, replicated: Observer, database: Replicated
) -> None:
    with moving.standalone("observer-e2e-old", tmp_path, node_environment) as old:
        assert "the topology would go from standalone to replicated" in moving.refused(old, "replicated")
        before = moving.moved(
            old,
            replicated,
            database.members.leader,
            "-c",
            "patroni",
            where="-h /var/run/postgresql -U postgres",
            environment="PGPASSWORD=$PATRONI_SUPERUSER_PASSWORD",
        )
    assert database.said(moving.ROWS).splitlines() == before, "every row is there"
    with Client(database.write_at, INSERT) as app:
        wait_for("a row of the app's role", lambda: bool(app.answers), 30.0)
    assert replicated.live.one("deployment", "observer")["status"]["readyReplicas"] == 1, "the app is as it was"
