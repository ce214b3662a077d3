"""PostgreSQL's parameters from the container's limits: pgtune's figures, and what containers need otherwise."""

import re

import plans
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.postgres.configuration import parameters, pg_hba_conf, postgresql_conf
from components.postgres.tuning import computed
from components.settings.database import Database
from components.settings.parameters import DECIDED

KB = {"kB": 1, "MB": 1024, "GB": 1024 * 1024}

# Computed from pgtune@7caef27's rules (web, SSD, Linux), as the facts have them:
# memory, cores, connections → shared_buffers, effective_cache_size, maintenance_work_mem, wal_buffers, work_mem in kB.
VECTORS = [
    ("512Mi", "1", 100, "128MB", "384MB", "32MB", 3932, 4096),
    ("1Gi", "1", 100, "256MB", "768MB", "64MB", 7864, 4096),
    ("2Gi", "2", 100, "512MB", "1536MB", "128MB", 16384, 4854),
    ("4Gi", "2", 200, "1GB", "3GB", "256MB", 16384, 5041),
    ("8Gi", "4", 200, "2GB", "6GB", "512MB", 16384, 10280),
    ("16Gi", "8", 200, "4GB", "12GB", "1GB", 16384, 20164),
]


BASE = plans.system("dev").database.model_dump(by_alias=True)


def database(**fields) -> Database:
    return Database.model_validate(plans.layered(BASE, fields))


def sized(memory="1Gi", cpu="1", connections=100, size="100Gi", **fields) -> Database:
    amounts = {"cpu": cpu, "memory": memory}
    return database(
        resources={"requests": amounts, "limits": amounts}, maxConnections=connections, storage={"size": size}, **fields
    )


def kilobytes(text: str) -> int:
    match = re.fullmatch(r"(\d+)(kB|MB|GB)", text)
    assert match, f"{text} is no memory as postgresql.conf has it"
    return int(match[1]) * KB[match[2]]


@pytest.mark.parametrize(("memory", "cpu", "connections", "shared", "cache", "maintenance", "wal", "work"), VECTORS)
def test_pgtunes_own_figures(memory, cpu, connections, shared, cache, maintenance, wal, work):
    found = computed(sized(memory, cpu, connections))
    assert found["max_connections"] == str(connections)
    assert (found["shared_buffers"], found["effective_cache_size"]) == (shared, cache)
    assert found["maintenance_work_mem"] == maintenance
    assert (kilobytes(found["wal_buffers"]), kilobytes(found["work_mem"])) == (wal, work)
    assert (found["min_wal_size"], found["max_wal_size"]) == ("1GB", "4GB"), "where the volume is large"
    fixed = {
        "checkpoint_completion_target": "0.9",
        "default_statistics_target": "100",
        "random_page_cost": "1.1",
        "effective_io_concurrency": "200",
        "jit": "off",
        "huge_pages": "off",
        "wal_compression": "lz4",
    }
    assert found.items() >= fixed.items()


@pytest.mark.parametrize(
    ("cpu", "parallel"), [("3", None), ("4", ("4", "2")), ("7", ("7", "4")), ("8", ("8", "4")), ("3900m", None)]
)
def test_parallel_workers_from_four_cores_on(cpu, parallel):
    found = computed(sized("8Gi", cpu))
    names = ("max_worker_processes", "max_parallel_workers_per_gather")
    assert tuple(found.get(name) for name in names) == (parallel or (None, None))
    assert found.get("max_parallel_workers") == found.get("max_worker_processes")
    assert found.get("max_parallel_maintenance_workers") == found.get("max_parallel_workers_per_gather")


@pytest.mark.parametrize(("cpu", "workers"), [("8", None), ("16", "4"), ("32", "5")])
def test_autovacuum_workers_by_cores(cpu, workers):
    assert computed(sized("8Gi", cpu)).get("autovacuum_max_workers") == workers


@pytest.mark.parametrize(("memory", "found"), [("16Gi", None), ("32Gi", "2GB"), ("64Gi", "2GB")])
def test_autovacuum_memory_is_bounded(memory, found):
    assert computed(sized(memory)).get("autovacuum_work_mem") == found


@pytest.mark.parametrize(("version", "compression"), [(14, "on"), (15, "lz4"), (18, "lz4")])
def test_wal_compression_by_version(version, compression):
    settings = sized(version=version, image=f"postgres:{version}-alpine")
    assert computed(settings)["wal_compression"] == compression, "14 knows on and off only"


@given(
    memory=st.integers(256, 200_000),
    millicores=st.integers(10, 64_000),
    connections=st.integers(10, 2000),
    gib=st.integers(1, 2000),
)
def test_the_sums_stay_within_the_container_and_the_volume(memory, millicores, connections, gib):
    found = computed(sized(f"{memory}Mi", f"{millicores}m", connections, f"{gib}Gi"))
    limit = memory * 1024
    shared, work = kilobytes(found["shared_buffers"]), kilobytes(found["work_mem"])
    maintenance, wal = kilobytes(found["maintenance_work_mem"]), kilobytes(found["wal_buffers"])
    shm = max(64 * 1024, limit // 4)
    assert shared + maintenance + wal + work + shm < limit, "one of each, and all of /dev/shm, fit the limit"
    workers = int(found.get("max_worker_processes", 8))
    if work > 4096:
        assert shared + 3 * work * (connections + workers) <= limit, "above its floor, all sorts together fit"
    assert work >= 4096, "PostgreSQL's own default, and pgtune's floor"
    assert 32 <= wal <= 16 * 1024
    most, least = kilobytes(found["max_wal_size"]), kilobytes(found["min_wal_size"])
    assert most <= gib * 1024 * 1024 // 4, "a full volume stops the server: WAL gets a quarter of it"
    assert 2 * 16 * 1024 <= least < most <= 4 * 1024 * 1024, "at least two segments of 16 MB, or it does not start"


@given(st.integers(256, 100_000), st.integers(256, 100_000))
def test_more_memory_never_means_less_of_anything(one, other):
    small, large = (computed(sized(f"{memory}Mi")) for memory in sorted((one, other)))
    for name in ("shared_buffers", "effective_cache_size", "maintenance_work_mem", "wal_buffers", "work_mem"):
        assert kilobytes(small[name]) <= kilobytes(large[name]), name


def test_what_the_stack_sets_wins():
    settings = database(parameters={"work_mem": "64MB", "jit": True, "autovacuum": False, "random_page_cost": 2})
    found = parameters(settings)
    chosen = {"work_mem": "64MB", "jit": "on", "autovacuum": "off", "random_page_cost": "2"}
    assert found.items() >= chosen.items(), "an override wins over what was computed"
    assert computed(settings)["work_mem"] != "64MB"


def test_what_the_program_decides_no_stack_can_set():
    assert {"listen_addresses", "port", "hba_file", "password_encryption"} <= DECIDED.keys() & parameters(
        database()
    ).keys()
    assert all(not reason.endswith(".") and len(reason) < 80 for reason in DECIDED.values()), "one clause in a message"


def test_the_file_is_one_parameter_a_line_with_quotes_doubled():
    text = postgresql_conf(database(parameters={"log_line_prefix": "it's %m"}))
    assert "log_line_prefix = 'it''s %m'\n" in text
    names = [line.partition(" = ")[0] for line in text.splitlines()]
    assert len(names) == len(set(names)), "a parameter that stands twice hides the first"
    for line in text.splitlines():
        assert re.fullmatch(r"[a-z_.]+ = '([^'\\]|'')*'", line), line


def test_every_way_in_asks_for_a_password():
    rows = [line.split() for line in pg_hba_conf(database()).splitlines()]
    assert {row[-1] for row in rows} == {"scram-sha-256"}, "trust or md5 in one row opens the server"
    remote = [row for row in rows if row[0] == "host"]
    assert [row[1:3] for row in remote] == [
        ["observer", "observer_owner,observer_app,observer_reader"],
        ["all", "postgres"],
    ], "each role reaches its own database"
