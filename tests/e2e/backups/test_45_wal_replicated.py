"""WAL of a replicated database: archived by whoever is primary, and a second stack begun from it."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from devcluster import cluster as clusters
from devcluster import images
from devcluster.images import minio, pgbackrest, rclone
from tests.e2e.backups.archive import Archived, make_bucket
from tests.e2e.live import Live, wait_for
from tests.e2e.replicated.database import Replicated
from tests.e2e.replicated.settings import REPLICATED
from tests.e2e.shared import operators
from tests.e2e.stacks import make_trial, remove_namespace
from tests.e2e.store import Store
from tests.e2e.trial import Trial

IMAGE = pgbackrest.IMAGES["trixie"]
BUCKET = "archive"
LED_WITHIN = 60.0
SMALLER = {**REPLICATED["replicated"], "members": 2, "etcd": {**REPLICATED["replicated"]["etcd"], "members": 1}}


@pytest.fixture(scope="module")
def store(node_environment: Mapping[str, str]) -> Iterator[Store]:
    """A MinIO with TLS and a bucket."""
    operators.load(minio.IMAGE, rclone.IMAGE, IMAGE, *images.named(REPLICATED))
    found = Store(Live("wal-ha-e2e-store", tuple(clusters.EMBEDDED.kubectl())))
    found.bring_up()
    make_bucket(found, BUCKET)
    yield found
    remove_namespace(found.live, wait=False)


def stack_of(trial: Trial, store: Store, path: str, **database: Any) -> None:
    """A replicated database without apps that archives below `path`."""
    place = {**store.settings(BUCKET), "path": path}
    section = {**REPLICATED, "replicated": {**SMALLER, "exporter": False}}
    archiving = {"backup": {"wal": {"s3": place, "image": IMAGE.reference}}}
    trial.change({"database": {**section, **archiving, **database}, "apps": {"observer": None}})
    trial.pulumi("config", "rm", "kisAppKey", code=0)
    for key, value in {"backupKeyId": store.user, "backupKey": store.password}.items():
        trial.pulumi("config", "set", "--secret", key, code=0, stdin=value)


@pytest.fixture(scope="module")
def first(
    node_environment: Mapping[str, str], store: Store, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Replicated]:
    """The database whose WAL is archived."""
    trial = make_trial("wal-ha-e2e", tmp_path_factory.mktemp("first"), node_environment)
    stack_of(trial, store, "first")
    try:
        trial.up()
        yield Replicated.of(trial.live, "postgres", 2)
    finally:
        remove_namespace(trial.live, wait=False)


@pytest.fixture
def database(first: Replicated) -> Archived:
    return Archived(first.live, first.said)


def test_the_primary_archives_and_has_a_base_backup_taken(database: Archived) -> None:
    database.rows("CREATE TABLE orders AS SELECT 1 AS number")
    assert database.archive().startswith("00000001")
    assert "full backup size" in database.first_base_backup(), "asked for through the router, taken by the primary"


def test_the_next_primary_goes_on_archiving(first: Replicated, database: Archived) -> None:
    candidate = first.members.synchronous
    words = ["-c", "/etc/patroni/patroni.yml", "switchover", "postgres-ha", "--candidate", candidate, "--force"]
    first.live.kubectl("exec", first.members.leader, "-c", "patroni", "--", "patronictl", *words)
    wait_for("the candidate to lead", lambda: first.members.leader == candidate, LED_WITHIN)
    database.rows("INSERT INTO orders VALUES (2)")
    assert database.archive().startswith("00000002"), "of its own timeline, into the same archive"


def test_a_second_stack_begins_at_the_moment_before_an_accident(
    node_environment: Mapping[str, str],
    store: Store,
    first: Replicated,
    database: Archived,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    moment = database.moment()
    database.rows("DROP TABLE orders")
    database.archive()
    trial = make_trial("wal-ha-e2e-back", tmp_path_factory.mktemp("second"), node_environment)
    source = {"server": "postgres-1", "s3": {**store.settings(BUCKET), "path": "first"}, "target": {"time": moment}}
    stack_of(trial, store, "second", recovery=source)
    try:
        trial.up()
        second = Replicated.of(trial.live, "postgres", 2)
        assert second.said("SELECT string_agg(number::text, ' ' ORDER BY number) FROM orders") == "1 2", (
            "what both primaries wrote up to the moment"
        )
        second.members.healed()
        Archived(second.live, second.said).archive()
    finally:
        remove_namespace(trial.live, wait=False)
