"""Volume snapshots: who makes them may do nothing else, and how many stay."""

import os
import subprocess
from pathlib import Path

import plans
import pytest

from components import gate
from components.postgres.snapshots import cron

SNAPSHOTS = {
    "className": "csi-disk",
    "count": 2,
    "allowTo": [{"cidr": "10.96.0.1/32", "ports": [443]}, {"cidr": "192.0.2.10/32", "ports": [6443]}],
}
PATCH = {"database": {"backup": {"snapshots": SNAPSHOTS}}}

KUBECTL = """#!/bin/sh
echo "$*" >> "$SAID"
case "$1" in
  api-resources) echo "$KINDS" ;;
  create) cat >> "$SAID" ;;
  get) cat "$THERE" ;;
esac
"""


@pytest.mark.parametrize("stack", ["dev", "pg-ha"])
def test_every_contract_holds_with_snapshots(stack: str) -> None:
    assert gate.passed(plans.system(stack, PATCH), plans.plan(stack, PATCH)) == [], "nothing needs a waiver"


def test_who_makes_snapshots_may_do_nothing_else() -> None:
    role = plans.one(plans.plan("dev", PATCH), "Role", "postgres-snapshot")
    (rule,) = role.body["rules"]
    assert rule["resources"] == ["volumesnapshots"], "no Secret, no pod, no claim"


def test_each_members_claim_is_taken() -> None:
    plan = plans.plan("pg-ha", PATCH)
    made = {manifest.name for manifest in plan.manifests if manifest.kind == "PersistentVolumeClaim"}
    taken = cron.claims(plans.system("pg-ha", PATCH).database)
    assert len(taken) == 3 and set(taken) <= made, f"by the names that the claims have: {taken}"


def _run(place: Path, kinds: str, there: str) -> tuple[int, str, str]:
    """snapshot.sh with a kubectl that says what is there: exit code, what it asked for, and what it said."""
    for name, text in {"kubectl": KUBECTL, "said": "", "there": there}.items():
        (place / name).write_text(text)
    (place / "kubectl").chmod(0o755)
    script = Path(cron.__file__).with_name("snapshot.sh")
    env = {"PATH": f"{place}:{os.environ['PATH']}", "SAID": str(place / "said"), "THERE": str(place / "there")}
    env |= {"KINDS": kinds, "CLASS": "disk", "COUNT": "2"}
    done = subprocess.run(["sh", str(script), "data"], env=env, capture_output=True, text=True, check=False)
    return done.returncode, (place / "said").read_text(), done.stderr


def test_the_newest_snapshots_stay_and_others_claims_are_left_alone(tmp_path: Path) -> None:
    there = "data data-1\nother other-1\ndata data-2\ndata data-3\n"
    code, said, _ = _run(tmp_path, "volumesnapshots.snapshot.storage.k8s.io", there)
    assert code == 0 and "delete volumesnapshot data-1" in said, "the oldest goes"
    assert said.count("delete ") == 1, "and nothing else"
    assert '"persistentVolumeClaimName": "data"' in said, "after a new one is there"


def test_a_cluster_without_snapshots_is_told_so(tmp_path: Path) -> None:
    code, said, why = _run(tmp_path, "", "")
    assert code == 1 and "CRDs" in why and "delete" not in said, "it fails loudly, and takes nothing away"
