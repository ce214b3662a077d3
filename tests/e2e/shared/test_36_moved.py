"""The same app from a standalone database to a shared Cluster."""

from collections.abc import Mapping
from pathlib import Path

from tests.e2e import moving
from tests.e2e.shared.database import Shared
from tests.e2e.stacks import Observer


def test_a_standalone_database_moves_with_its_rows_and_no_app_is_changed(
    node_environment: Mapping[str, str], tmp_path: Path, shared: Observer, cluster: Shared
) -> None:
    with moving.standalone("observer-e2e-old", tmp_path, node_environment) as old:
        assert "the topology would go from standalone to shared" in moving.refused(old, "shared")
        before = moving.moved(old, shared, cluster.primary, "-c", "postgres")
    assert [row for (row,) in cluster.superuser(moving.ROWS, "observer")] == before, "every row is there"
    for role, sql in (
        ("app", "INSERT INTO observation (symbol, price, pod) VALUES ('AFTER', 2, 'nobody')"),
        ("reader", moving.ROWS),
    ):
        cluster.ask(cluster.where(cluster.live.secret(f"postgres-{role}")), sql)
    assert shared.live.one("deployment", "observer")["status"]["readyReplicas"] == 1, "the app is as it was"
