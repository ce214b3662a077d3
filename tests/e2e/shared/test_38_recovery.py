"""Backups that were restored: WAL and base backups in a real object store, and a database back at a moment."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from components.names import Scope
from components.postgres.shared import monitoring
from components.settings.backup import Backup
from components.settings.monitoring import Monitoring
from components.settings.workload import Amounts
from devcluster import cluster as clusters
from devcluster import images
from devcluster.images import barman_cloud, minio
from devcluster.operators import barman
from tests.e2e.live import Live, wait_for
from tests.e2e.shared import operators
from tests.e2e.shared.database import Shared
from tests.e2e.shared.settings import SHARED, of
from tests.e2e.stacks import make_trial, remove_namespace
from tests.e2e.store import Store
from tests.e2e.trial import Trial

PLUGIN_WITHIN = 180.0
BACKED_UP_WITHIN = 300.0
ARCHIVED_WITHIN = 120.0
GONE_WITHIN = 180.0

NOW = """SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
SWITCH = "SELECT pg_walfile_name(pg_switch_wal())"
ARCHIVED = "SELECT coalesce(last_archived_wal, '') FROM pg_stat_archiver"
WATCHED = {"allowFrom": [{"namespace": "monitoring"}], "rules": True}


@pytest.fixture(scope="module")
def plugin(operator: Callable[[str], None]) -> Iterator[None]:
    """The operator with the Barman Cloud plugin beside it."""
    operator("1.30")
    operators.load(barman_cloud.IMAGE, minio.IMAGE, *images.named(SHARED))
    kubectl, said = tuple(clusters.EMBEDDED.kubectl()), barman.objects()
    barman.have(kubectl, said, PLUGIN_WITHIN)
    yield
    barman.remove(kubectl, said)


@pytest.fixture(scope="module")
def store(node_environment: Mapping[str, str], plugin: None) -> Iterator[Store]:
    """A MinIO with TLS."""
    found = Store(Live("recovery-e2e-store", tuple(clusters.EMBEDDED.kubectl())))
    found.bring_up()
    yield found
    remove_namespace(found.live, wait=False)


@pytest.fixture(scope="module")
def stack(
    node_environment: Mapping[str, str], store: Store, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Trial]:
    """A Cluster without apps, with backups into that store."""
    trial = make_trial("recovery-e2e", tmp_path_factory.mktemp("recovery"), node_environment)
    trial.change({"database": of("1.30", backup={"s3": store.settings("e2e")}), "apps": {"observer": None}})
    trial.pulumi("config", "rm", "kisAppKey", code=0)
    for key, value in {"backupKeyId": store.user, "backupKey": store.password}.items():
        trial.pulumi("config", "set", "--secret", key, code=0, stdin=value)
    try:
        trial.up()
        yield trial
    finally:
        remove_namespace(trial.live)


@pytest.fixture
def database(stack: Trial) -> Shared:
    return Shared(stack.live)


def condition(database: Shared, kind: str) -> str:
    """What the operator says of a condition: `True`, or `False` with the reason."""
    found = {one["type"]: one for one in database.cluster["status"].get("conditions", [])}
    one = found.get(kind, {"status": "Unknown"})
    return one["status"] if one["status"] == "True" else f"{one['status']}: {one.get('message', '')}"


def backed_up(stack: Trial, generation: int) -> dict[str, Any]:
    """The status of a base backup of this generation, once one is complete; the schedule gives it its name."""

    def complete() -> dict[str, Any] | None:
        found = stack.live.objects("backups.postgresql.cnpg.io")
        mine = [one["status"] for one in found if one["metadata"]["name"].startswith(f"postgres-{generation}-")]
        return next((one for one in mine if one.get("phase") == "completed"), None)

    return wait_for(f"a base backup of generation {generation}", complete, BACKED_UP_WITHIN)


def folders(stack: Trial) -> set[str]:
    """The servers of which the store has base backups, as the plugin says."""
    found = stack.live.one("objectstore.barmancloud.cnpg.io", "postgres-backup")
    return set(found.get("status", {}).get("serverRecoveryWindow", {}))


def archive(database: Shared) -> None:
    """Have all that was written archived."""
    ((segment,),) = database.superuser(SWITCH)
    wait_for("its WAL to be archived", lambda: database.superuser(ARCHIVED)[0][0] >= segment, ARCHIVED_WITHIN)


def test_wal_is_archived_and_a_first_base_backup_taken_at_once(stack: Trial, database: Shared) -> None:
    archiving = lambda: condition(database, "ContinuousArchiving") == "True"  # noqa: E731
    wait_for("archiving", archiving, ARCHIVED_WITHIN)
    backed_up(stack, 1)
    wait_for("a folder of its own", lambda: folders(stack), ARCHIVED_WITHIN)
    assert folders(stack) == {"postgres-1"}, "the folder of the first generation, and no other"


def test_every_metric_that_an_alert_reads_is_served(stack: Trial, database: Shared) -> None:
    rules = monitoring.rules(
        Scope(stack.live.namespace, {}, False, "cluster.local"),
        database.service,
        3,
        Amounts(cpu="1", memory="384Mi"),
        Monitoring.model_validate(WATCHED),
        Backup.model_validate({"s3": Store(stack.live).settings("e2e") | {"authority": None}}),
    )
    wanted = {name for rule in rules for name in re.findall(r"\b((?:cnpg|barman)_\w+)\{", rule.expression)}
    path = f"/api/v1/namespaces/{stack.live.namespace}/pods/{database.primary}:9187/proxy/metrics"
    served = {line.split("{")[0].split(" ")[0] for line in stack.live.kubectl("get", "--raw", path).splitlines()}
    assert wanted - served == set(), "an alert on a metric that nobody has never fires"


def test_a_database_goes_back_to_the_moment_before_an_accident(stack: Trial, database: Shared) -> None:
    database.superuser("CREATE TABLE orders AS SELECT 1 AS number", "observer")
    ((moment,),) = database.superuser(NOW)
    time.sleep(1)  # a commit must lie after the moment, or recovery would not know that it is past it
    database.superuser("DROP TABLE orders", "observer")
    archive(database)

    stack.live.kubectl("delete", "cluster.postgresql.cnpg.io", database.service)
    pods = lambda: not stack.live.objects("pods,persistentvolumeclaims", "-l", f"cnpg.io/cluster={database.service}")  # noqa: E731
    wait_for("its pods and volumes to go", pods, GONE_WITHIN)
    back = {"backup": {"generation": 2}, "recovery": {"generation": 1, "target": {"time": moment}}}
    stack.change({"database": {"shared": back}})
    ended = stack.up("--refresh")

    assert database.superuser("SELECT number FROM orders", "observer") == [(1,)], ended.text
    archive(database)
    assert condition(database, "ContinuousArchiving") == "True", "into the folder of the second generation"
    backed_up(stack, 2)
    wait_for("a folder of its own", lambda: folders(stack) == {"postgres-1", "postgres-2"}, ARCHIVED_WITHIN)
