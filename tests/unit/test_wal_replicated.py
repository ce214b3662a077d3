"""What archiving and recovery make of a replicated database."""

from typing import Any

import plans
import wal
import yaml

from components.changes import refusals
from components.compose import Plan
from components.gate import judged
from components.identity import NAME

RECOVERY = {"server": "observer-7", "target": {"time": wal.MOMENT}}


def patch(**more: Any) -> dict[str, Any]:
    found = wal.patch(topology="replicated", **more)
    found["database"] |= {"image": "postgres:17-bookworm", "version": 17}
    return found


def plan(**more: Any) -> Plan:
    return plans.plan("dev", patch(**more))


def member(**more: Any) -> dict[str, Any]:
    """The variables of a member's Patroni."""
    made = plan(**more)
    pod = plans.template(plans.one(made, "StatefulSet", "postgres"))["spec"]
    return wal.variables(made, pod["containers"][0])


def bootstrap(**more: Any) -> dict[str, Any]:
    shared = plans.one(plan(**more), "ConfigMap", "postgres-shared")
    return yaml.safe_load(shared.body["data"]["bootstrap.yml"])["bootstrap"]


def test_whoever_is_primary_archives() -> None:
    shared = bootstrap()["dcs"]["postgresql"]
    assert shared["parameters"]["archive_mode"] == "on", "a standby with `on` archives nothing until it is promoted"
    assert shared["parameters"]["archive_command"].endswith('archive-push "%p"')
    assert {"PGBACKREST_REPO1_PATH", "PGBACKREST_REPO1_S3_KEY_SECRET", "ARCHIVE_PASSWORD"} <= member().keys()


def test_the_archiving_role_comes_by_tls_only() -> None:
    rows = bootstrap()["dcs"]["postgresql"]["pg_hba"]
    assert [row for row in rows if "postgres_archive" in row] == [
        "local postgres postgres_archive scram-sha-256",
        "hostssl postgres postgres_archive all scram-sha-256",
    ]


def test_a_cluster_begins_with_an_archive_only_where_it_is_told_to() -> None:
    assert "method" not in bootstrap(), "without it initdb makes an empty one"
    recovered = bootstrap(recovery=RECOVERY)
    assert recovered["pgbackrest"]["keep_existing_recovery_conf"] is True, "pgBackRest's own, with the target"
    assert recovered["method"] == "pgbackrest"


def test_the_first_member_reads_one_archive_and_writes_another() -> None:
    found = member(recovery=RECOVERY)
    assert found["SOURCE_PGBACKREST_REPO1_PATH"] == "/databases/observer-7"
    assert found["PGBACKREST_REPO1_PATH"] == "/databases/postgres-1"
    assert found["SOURCE_PGBACKREST_TARGET"] == "2026-11-20 05:05:00.000000+00"


def test_members_don_t_go_to_another_generation_one_after_another() -> None:
    here = plans.one(plan(), "ConfigMap", NAME).body["data"]
    there = plans.one(plan(recovery={"generation": 1}, generation=2), "ConfigMap", NAME).body["data"]
    (refusal,) = refusals(here, there)
    assert "two of them would be primary" in refusal


def test_the_contracts_hold_for_members_that_archive_and_recover() -> None:
    for section in (patch(), patch(recovery=RECOVERY)):
        assert judged(plans.system("dev", section), plans.plan("dev", section)).holds
