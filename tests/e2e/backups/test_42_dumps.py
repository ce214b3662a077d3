"""Dumps on a real node: taken, restored on trial, restored for good; and each way in which one is none."""

import re
import shutil
from collections.abc import Iterator, Mapping

import pytest

from devcluster import cluster
from devcluster.images import minio, postgres, rclone
from tests.e2e.backups.dumped import FACTS, Dumped, in_store, make_bucket, on_claim
from tests.e2e.live import Live
from tests.e2e.shared import operators
from tests.e2e.stacks import make_trial, remove_namespace
from tests.e2e.store import Store

BUCKET = "dumps"
UNREACHABLE_WITHIN = 90.0
"""Seconds until a store that is not there has failed a Job."""

NEWER = {"version": 17, "image": postgres.IMAGES[17].reference}
PASSWORD = "a word of nobody's"


@pytest.fixture(scope="module")
def store(node_environment: Mapping[str, str]) -> Iterator[Store]:
    """A MinIO with TLS and a bucket."""
    operators.load(minio.IMAGE, rclone.IMAGE, postgres.IMAGES[17])
    found = Store(Live("dumps-e2e-store", tuple(cluster.EMBEDDED.kubectl())))
    found.bring_up()
    make_bucket(found, BUCKET)
    yield found
    remove_namespace(found.live, wait=False)


@pytest.fixture(scope="module")
def stack(
    node_environment: Mapping[str, str], store: Store, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dumped]:
    """A standalone database without apps, with rows, and with dumps to a claim."""
    found = Dumped(make_trial("dumps-e2e", tmp_path_factory.mktemp("dumps"), node_environment))
    found.trial.change({**on_claim(), "apps": {"observer": None}})
    found.trial.pulumi("config", "rm", "kisAppKey", code=0)
    try:
        found.trial.up()
        made = found.live.psql("owner", FACTS)
        assert made.ok, f"the owner makes tables: {made.text}"
        found.live.rows("INSERT INTO hidden VALUES (7)")
        yield found
    finally:
        remove_namespace(found.live, wait=False)


def test_a_dump_is_none_until_it_was_restored(stack: Dumped) -> None:
    stack.run("dump-now")
    (before,) = stack.listed()
    assert "not proved" in before, f"nobody has restored it yet: {before}"
    stack.run("prove-now")
    (after,) = stack.listed()
    assert "proved at" in after and "1 checks" in after, f"restored, compared, and asked: {after}"


def test_rows_that_only_their_owner_may_see_are_in_the_dump(stack: Dumped) -> None:
    facts = stack.newest_file().with_suffix(".facts").read_text()
    assert "rows public.hidden 1" in facts, "row-level security hides nothing from a dump"


def test_a_restore_onto_a_database_with_tables_is_refused(stack: Dumped) -> None:
    said = stack.run("restore", code=1).text
    assert "holds 2 tables" in said and "restore-copy" in said, f"it says why, and what to do: {said}"
    assert stack.live.rows("SELECT count(*) FROM fact").strip() == "1000", "nothing was lost"


def test_a_table_that_was_dropped_is_in_the_copy_beside_the_live_database(stack: Dumped) -> None:
    stack.live.rows("DROP TABLE hidden")
    (copy,) = re.findall(r"observer_restored_\d+", stack.run("restore-copy").text)
    found = stack.live.psql("superuser", "SELECT id FROM hidden", copy)
    assert found.text.strip() == "7", f"what was dropped is there: {found.text}"
    owner = "SELECT tableowner FROM pg_tables WHERE tablename = 'hidden'"
    assert stack.live.psql("superuser", owner, copy).text.strip() == "observer_owner", "and is its owner's"
    assert stack.live.rows("SELECT to_regclass('hidden')").strip() == "", "the live database is as it was"


def test_what_is_replaced_stays_under_another_name(stack: Dumped) -> None:
    stack.live.rows("INSERT INTO fact VALUES (2000, 'later')")
    said = stack.run("restore", "--replace").text
    (before,) = re.findall(r"observer_before_\d+", said)
    assert stack.live.rows("SELECT count(*) FROM hidden").strip() == "1", f"the dump is in place: {said}"
    late = stack.live.psql("superuser", "SELECT word FROM fact WHERE id = 2000", before)
    assert late.text.strip() == "later", f"what was written since is in {before}: {late.text}"
    written = stack.live.psql("app", "INSERT INTO fact VALUES (3000, 'app') RETURNING id")
    assert written.ok, f"the app goes on with its own rights: {written.text}"


@pytest.mark.parametrize("harm", ["a changed byte", "a missing end"])
def test_a_dump_that_was_damaged_is_found(stack: Dumped, harm: str) -> None:
    file = stack.newest_file()
    kept = file.with_suffix(".kept")
    shutil.copy2(file, kept)
    with file.open("r+b") as dump:
        if harm == "a missing end":
            dump.truncate(file.stat().st_size - 100)
        else:
            dump.seek(file.stat().st_size // 2)
            byte = dump.read(1)
            dump.seek(-1, 1)
            dump.write(bytes([byte[0] ^ 1]))
    try:
        said = stack.run("prove-now", code=1).text
        assert "corrupted" in said, f"the proof says what is wrong: {said}"
    finally:
        kept.replace(file)


@pytest.fixture(scope="module")
def stored(
    node_environment: Mapping[str, str], store: Store, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dumped]:
    """A second database, of a newer version, whose dumps go to the store, encrypted."""
    found = Dumped(make_trial("dumps-e2e-stored", tmp_path_factory.mktemp("stored"), node_environment))
    found.trial.change(in_store(store, BUCKET))
    found.trial.change({"database": NEWER, "apps": {"observer": None}})
    found.trial.pulumi("config", "rm", "kisAppKey", code=0)
    for key, value in {"backupKeyId": store.user, "backupKey": store.password, "dumpPassword": PASSWORD}.items():
        found.trial.pulumi("config", "set", "--secret", key, code=0, stdin=value)
    try:
        found.trial.up()
        made = found.live.psql("owner", FACTS)
        assert made.ok, f"the owner makes tables: {made.text}"
        yield found
    finally:
        remove_namespace(found.live, wait=False)


def test_a_database_that_lost_its_tables_gets_them_back_from_the_store(stored: Dumped) -> None:
    stored.run("dump-now")
    stored.run("prove-now")
    stored.live.rows("DROP TABLE fact, hidden")
    stored.run("restore")
    assert stored.live.rows("SELECT count(*) FROM fact").strip() == "1000", "all rows are there"
    read = stored.live.psql("reader", "SELECT count(*) FROM fact")
    assert read.text.strip() == "1000", f"for the roles that had them: {read.text}"


def test_a_store_that_is_out_of_reach_fails_the_dump_in_time(stored: Dumped, store: Store) -> None:
    nowhere = store.endpoint.replace("9000", "9009")
    stored.trial.change(in_store(store, BUCKET, endpoint=nowhere))
    stored.trial.up()
    ended = stored.run("dump-now", code=1)
    assert "reach: the store can't be written to" in ended.text, f"it says which step, and why: {ended.text}"
    assert ended.seconds < UNREACHABLE_WITHIN, "before anything was dumped"


def test_no_secret_was_said(stored: Dumped, store: Store) -> None:
    said = "\n".join(stored.trial.said)
    assert store.password not in said and PASSWORD not in said, "not in logs, not in refusals"
