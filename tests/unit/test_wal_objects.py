"""What archiving and recovery make of a standalone server."""

from typing import Any

import plans
import wal

from components.gate import judged
from components.manifest import Configured
from components.postgres.wal.access import COMMANDS
from tests.examples import S3

RECOVERY = {"generation": 1, "target": {"time": wal.MOMENT}}


def server(**patch: Any) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The pod of the server, and the variables of each container."""
    made = wal.plan(**patch)
    pod = plans.template(plans.one(made, "StatefulSet", "postgres"))["spec"]
    return pod, {c["name"]: wal.variables(made, c) for c in (*pod["initContainers"], *pod["containers"])}


def test_each_segment_is_archived_and_one_that_is_not_full_in_time() -> None:
    conf = plans.one(wal.plan(timeout=60), "ConfigMap", "postgres-config").body["data"]["postgresql.conf"]
    assert "archive_command = '/opt/pgbackrest/pgbackrest --io-timeout=10 archive-push \"%p\"'" in conf
    assert "archive_mode = 'on'" in conf and "archive_timeout = '60s'" in conf


def test_the_server_finds_its_archive_and_reads_the_keys_from_a_secret() -> None:
    found = server()[1]["database"]
    assert found["PGBACKREST_REPO1_PATH"] == "/databases/postgres-1", "each generation has a folder of its own"
    assert (found["PGBACKREST_REPO1_S3_ENDPOINT"], found["PGBACKREST_REPO1_STORAGE_PORT"]) == (
        "minio.storage.svc",
        "9000",
    )
    assert found["PGBACKREST_REPO1_S3_KEY_SECRET"] is None, "by reference, never as text"
    entries = plans.one(wal.plan(), "Secret", "postgres-wal").body["stringData"]
    assert entries["PGBACKREST_REPO1_S3_KEY_SECRET"] == Configured("backupKey")


def test_a_passphrase_hides_the_data_from_the_store() -> None:
    found = server(encrypt={"config": "passphrase"})[1]["database"]
    assert found["PGBACKREST_REPO1_CIPHER_TYPE"] == "aes-256-cbc"
    assert "PGBACKREST_REPO1_CIPHER_PASS" in found


def test_a_recovery_fills_the_directory_of_its_generation_from_the_earlier_one() -> None:
    pod, by_container = server(recovery=RECOVERY, generation=2)
    program, _ = pod["initContainers"]
    found, archiving = by_container["recover"], by_container["database"]
    assert program["command"][1].endswith("program.sh"), "the program is there before it is needed"
    assert found["SOURCE_PGBACKREST_REPO1_PATH"] == "/databases/postgres-1", "it reads the earlier archive"
    assert archiving["PGBACKREST_REPO1_PATH"] == "/databases/postgres-2", "and writes its own"
    assert found["PGBACKREST_PG1_PATH"] == archiving["PGDATA"] == "/var/lib/postgresql/data/pgdata-2"
    assert found["SOURCE_PGBACKREST_TARGET"] == "2026-11-20 05:05:00.000000+00", "the moment, in UTC"


def test_a_recovery_from_another_store_writes_nothing_there() -> None:
    other = {
        **S3,
        "bucket": "production",
        "credentials": {"accessKeyId": {"config": "a"}, "secretAccessKey": {"config": "b"}},
    }
    _, by_container = server(recovery={"server": "postgres-7", "s3": other})
    assert by_container["recover"]["SOURCE_PGBACKREST_REPO1_S3_BUCKET"] == "production"
    assert "production" not in by_container["database"].values(), "only the recovery knows the other store"
    policy = plans.one(wal.plan({"server": "postgres-7", "s3": other}), "NetworkPolicy", "postgres-wal")
    assert len(policy.body["spec"]["egress"]) == 2, "both are let through to"


def test_a_base_backup_is_taken_at_once_and_by_schedule() -> None:
    made = wal.plan(schedule="5 4 * * *")
    nightly = plans.one(made, "CronJob", "postgres-base-backup").body["spec"]
    assert nightly["schedule"] == "5 4 * * *"
    first = [each for each in made.manifests if each.kind == "Job" and each.name.startswith("postgres-base-backup-")]
    assert len(first) == 1, "without one there is nothing that WAL could be replayed on"


def test_another_generation_takes_a_first_base_backup_and_makes_the_roles_again() -> None:
    jobs = [
        {each.name for each in wal.plan(recovery, generation=number).manifests if each.kind == "Job"}
        for number, recovery in ((1, None), (2, RECOVERY))
    ]
    assert not jobs[0] & jobs[1] & {name for name in jobs[0] if "bootstrap" in name or "base-backup" in name}, (
        "what was recovered has the passwords of its own time, and its archive no base backup"
    )


def test_the_role_can_have_nothing_run_but_pgbackrest() -> None:
    job = next(each for each in wal.plan().manifests if each.name.startswith("postgres-bootstrap-"))
    (psql,) = plans.template(job)["spec"]["containers"]
    sql = psql["command"][2]
    for command in COMMANDS:
        assert f"'{command}'" in sql
    assert "IS NOT TRUE" in sql, "a null is no command either"
    assert "REVOKE ALL ON FUNCTION postgres_apps.pgbackrest(text) FROM PUBLIC" in sql


def test_the_contracts_hold_with_archiving_and_recovery() -> None:
    for patch in (wal.patch(), wal.patch(RECOVERY, generation=2)):
        system = plans.system("dev", patch)
        report = judged(system, plans.plan("dev", patch))
        assert report.holds, report
