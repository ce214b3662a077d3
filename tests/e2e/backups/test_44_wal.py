"""WAL in an object store, and a standalone database back at a moment from it."""

import json
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from devcluster import cluster as clusters
from devcluster.images import minio, pgbackrest, postgres, rclone
from tests.e2e.backups.archive import ARCHIVED_WITHIN, FAILED, SWITCH, Archived, make_bucket
from tests.e2e.live import Live, wait_for
from tests.e2e.shared import operators
from tests.e2e.stacks import make_trial, remove_namespace
from tests.e2e.store import Store
from tests.e2e.trial import Trial

IMAGE = pgbackrest.IMAGES["bookworm"]
BUCKET = "archive"
DIRECTORY = "SHOW data_directory"


@pytest.fixture(scope="module")
def store(node_environment: Mapping[str, str]) -> Iterator[Store]:
    """A MinIO with TLS and a bucket."""
    operators.load(minio.IMAGE, rclone.IMAGE, IMAGE, postgres.IMAGE)
    found = Store(Live("wal-e2e-store", tuple(clusters.EMBEDDED.kubectl())))
    found.bring_up()
    make_bucket(found, BUCKET)
    yield found
    remove_namespace(found.live, wait=False)


def archiving(store: Store, **more: Any) -> dict[str, Any]:
    """The sections that archive WAL there."""
    hidden = {"encrypt": {"config": "passphrase"}}
    return {"backup": {"wal": {"s3": store.settings(BUCKET), "image": IMAGE.reference, **hidden, **more}}}


def reach(store: Store, app: str) -> None:
    """Have the store's Service lead to the pods of `app`."""
    store.live.kubectl("patch", "service", "minio", "-p", json.dumps({"spec": {"selector": {"app": app}}}))


@pytest.fixture(scope="module")
def stack(
    node_environment: Mapping[str, str], store: Store, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Trial]:
    """A standalone database without apps that archives its WAL."""
    trial = make_trial("wal-e2e", tmp_path_factory.mktemp("wal"), node_environment)
    trial.change({"database": archiving(store), "apps": {"observer": None}})
    trial.pulumi("config", "rm", "kisAppKey", code=0)
    secret = {"backupKeyId": store.user, "backupKey": store.password, "passphrase": secrets.token_urlsafe(32)}
    for key, value in secret.items():
        trial.pulumi("config", "set", "--secret", key, code=0, stdin=value)
    try:
        trial.up()
        yield trial
    finally:
        remove_namespace(trial.live, wait=False)


@pytest.fixture
def database(stack: Trial) -> Archived:
    return Archived(stack.live, stack.live.rows)


def test_wal_is_archived_and_a_first_base_backup_taken(database: Archived) -> None:
    database.archive()
    assert "full backup size" in database.first_base_backup(), "the first of a generation is taken by `up`"


def test_what_the_store_does_not_take_is_kept_and_archived_later(store: Store, database: Archived) -> None:
    failed = int(database.rows(FAILED))
    reach(store, "nobody")
    try:
        database.rows("CREATE TABLE meanwhile AS SELECT 1 AS number")
        segment = database.rows(SWITCH)
        wait_for("a failure to be counted", lambda: int(database.rows(FAILED)) > failed, ARCHIVED_WITHIN)
        assert database.rows("INSERT INTO meanwhile VALUES (2) RETURNING number") == "2", "writes go on"
    finally:
        reach(store, "minio")
    assert database.archive() >= segment, "nothing of what could not be archived was thrown away"


def test_a_database_goes_back_to_the_moment_before_an_accident(stack: Trial, database: Archived) -> None:
    database.rows("CREATE TABLE orders AS SELECT 1 AS number")
    moment = database.moment()
    database.rows("DROP TABLE orders")
    database.archive()
    before = database.rows(DIRECTORY)

    back = {"backup": {"wal": {"generation": 2}}, "recovery": {"generation": 1, "target": {"time": moment}}}
    stack.change({"database": back})
    stack.up()

    assert database.rows("SELECT number FROM orders") == "1", "dropped after the moment"
    assert database.rows(DIRECTORY) == f"{before}-2", "beside the data before, which nobody touched"
    assert stack.live.psql("app", "SELECT 1").text == "1", "the roles have the stack's own passwords"


def test_archiving_goes_on_in_the_next_generation(stack: Trial, database: Archived) -> None:
    segment = database.archive()
    assert segment.startswith("00000002"), "the recovery began a timeline of its own"
    database.base_backup()


def test_a_generation_that_has_data_takes_no_recovery(stack: Trial) -> None:
    with stack.having({"database": {"recovery": {"target": None}}}):
        refused = stack.up(code=1)
    assert "a directory that is not empty" in refused.text
    assert "Raise `backup.wal.generation` to 3" in refused.text
