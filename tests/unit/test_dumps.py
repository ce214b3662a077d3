"""Dumps, proofs and restores as objects: what each may reach and read, and what is written where."""

import datetime
import subprocess
from pathlib import Path

import dumps
import plans
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import gate
from components.manifest import Configured, Existing, Generated, markers_in, shown
from components.postgres.dumps.pods import FOLDER

PLACES = {"a claim": dumps.on_claim(), "a store": dumps.in_store(), "sealed": dumps.in_store(encrypt={"config": "key"})}
STACKS = ["dev", "pg-ha"]


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("place", PLACES)
def test_every_contract_holds_with_dumps(stack: str, place: str) -> None:
    patch = PLACES[place]
    assert gate.passed(plans.system(stack, patch), plans.plan(stack, patch)) == [], "nothing needs a waiver"


@pytest.mark.parametrize("stack", STACKS)
def test_without_the_section_nothing_is_made(stack: str) -> None:
    names = [manifest.name for manifest in plans.plan(stack).manifests]
    assert not [name for name in names if "dump" in name or "restore" in name], "rule 12: only where it is asked for"


def test_who_dumps_is_no_superuser_and_sees_every_row() -> None:
    (script,) = plans.template(plans.one(plans.plan("dev", dumps.on_claim()), "Job", "postgres-bootstrap"))["spec"][
        "containers"
    ]
    sql = script["command"][-1]
    assert 'ALTER ROLE "postgres_dump" LOGIN NOSUPERUSER' in sql, "a dump needs no superuser"
    assert sql.index("NOBYPASSRLS PASSWORD") < sql.index('ALTER ROLE "postgres_dump" BYPASSRLS'), "the last word counts"


def test_only_a_restore_reads_the_superusers_secret() -> None:
    plan = plans.plan("dev", dumps.in_store())
    readers = {
        workload.name
        for workload in plans.workloads(plan)
        if workload.kind == "CronJob" and "postgres-superuser" in str(shown(workload.body))
    }
    assert readers == {"postgres-restore"}, "dump and proof do without it"


def test_a_restore_waits_for_somebody() -> None:
    spec = plans.one(plans.plan("dev", dumps.on_claim()), "CronJob", "postgres-restore").body["spec"]
    assert spec["suspend"] is True, "it is a template, no schedule"
    assert spec["jobTemplate"]["spec"]["backoffLimit"] == 0, "a second try would make a second copy"


def test_no_secret_stands_in_an_environment() -> None:
    plan = plans.plan("dev", dumps.in_store(encrypt={"config": "dumpKey"}))
    for workload in plans.workloads(plan):
        spec = plans.template(workload)["spec"]
        found = [marker for marker in markers_in(spec) if isinstance(marker, (Generated, Existing, Configured))]
        assert not found, f"{workload.name}: secrets are read from Secrets"


def test_the_proof_has_room_for_the_dump_and_what_becomes_of_it() -> None:
    plan = plans.plan("dev", dumps.on_claim())
    spec = plans.template(plans.one(plan, "CronJob", "postgres-restore-proof"))["spec"]
    (work,) = [volume for volume in spec["volumes"] if volume["name"] == "work"]
    asked = work["ephemeral"]["volumeClaimTemplate"]["spec"]["resources"]["requests"]["storage"]
    assert asked == "20480Mi", "twice the database's 10Gi"


def test_pods_that_share_a_claim_share_a_node() -> None:
    for name in ("postgres-dump", "postgres-restore-proof", "postgres-restore"):
        spec = plans.template(plans.one(plans.plan("dev", dumps.on_claim()), "CronJob", name))["spec"]
        assert "podAffinity" in spec["affinity"], f"{name}: the claim is ReadWriteOnce"


def old(tmp_path: Path, count: int, days: int, ages: list[int], proved: int | None) -> tuple[list[str], list[str]]:
    """All names by age in days, the oldest first, and those of them that old.sh lets go."""
    now = datetime.datetime(2026, 11, 21, 2, 17, tzinfo=datetime.UTC)

    def stamp(age: float) -> str:
        return (now - datetime.timedelta(days=age)).strftime("%Y%m%dT%H%M%SZ")

    names = [f"observer-{stamp(age)}" for age in sorted(set(ages), reverse=True)]
    there, restored = tmp_path / "there", tmp_path / "proved"
    there.write_text("".join(f"{name}.dump\n" for name in names))
    restored.write_text(f"{names[proved % len(names)]}.proved\n" if proved is not None and names else "")
    words = ["sh", str(FOLDER / "old.sh"), str(count), stamp(days + 0.5), str(there), str(restored)]
    return names, subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()


@given(
    st.integers(1, 5),
    st.integers(1, 30),
    st.lists(st.integers(0, 60), max_size=9),
    st.one_of(st.none(), st.integers(0, 8)),
)
def test_retention_never_lets_the_last_good_dump_go(
    tmp_path_factory: pytest.TempPathFactory, count: int, days: int, ages: list[int], proved: int | None
) -> None:
    names, gone = old(tmp_path_factory.mktemp("old"), count, days, ages, proved)
    kept = [name for name in names if name not in gone]
    assert kept[-count:] == names[-count:], "the newest ones stay however old they are"
    late = [name for name, age in zip(names, sorted(set(ages), reverse=True), strict=True) if age > days]
    assert set(gone) <= set(late), "what is younger stays"
    if proved is not None and names:
        assert names[proved % len(names)] in kept, "the newest dump that is known to restore stays"


def test_what_is_old_goes(tmp_path: Path) -> None:
    names, gone = old(tmp_path, 1, 7, [1, 8, 20], None)
    assert gone == names[:2], "else the store is full one day"


def test_a_dump_checks_whose_certificate_the_server_shows() -> None:
    patch = plans.layered(dumps.on_claim(), {"database": {"tls": {}}})
    plan = plans.plan("dev", patch)
    for name, step in (("postgres-dump", "initContainers"), ("postgres-restore", "containers")):
        spec = plans.template(plans.one(plan, "CronJob", name))["spec"]
        env = {entry["name"]: entry.get("value") for entry in spec[step][-1]["env"]}
        assert env.get("PGSSLMODE") == "verify-full", f"{name}: rows leave the database encrypted, to whom it should be"
    assert gate.passed(plans.system("dev", patch), plan) == [], "and the file with the authority is mounted"


def test_who_reads_the_plan_is_told_where_the_dumps_go() -> None:
    notes = plans.plan("dev", dumps.in_store(encrypt={"config": "dumpKey"})).notes
    note = next(note for note in notes if "dumped" in note)
    assert "s3://dumps/observer" in note and "encrypted" in note and "17 2 * * *" in note, f"where, how, when: {note}"
