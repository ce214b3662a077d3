"""What a month costs: the seed's own example, and the sums of every kind of object."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.__main__ import main
from components.cost.asked import HOURS, disks, pods
from components.cost.bill import bill, total
from components.cost.text import cost
from components.manifest import Manifest
from components.settings.mistakes import SettingsRefused
from components.settings.prices import Prices, Snapshots
from tests.unit import plans

PRICED: dict[str, Any] = {
    "currency": "USD",
    "source": "made up for tests",
    "storage": {"managed-standard": 0.10, "synology-csi": 0.2},
    "defaultClass": "managed-standard",
    "compute": {"cpu": 0, "memory": 0},
}


SNAPSHOTS = {"className": "csi", "allowTo": [{"cidr": "10.0.0.1/32", "ports": [443]}]}


def printed(stack: str, patch: dict[str, Any] | None = None, **prices: Any) -> str:
    patch = {**(patch or {}), "prices": {**PRICED, **prices}}
    return cost(stack, plans.system(stack, patch), plans.plan(stack, patch))


def sum_of(manifests: list[Manifest], **prices: Any) -> Decimal:
    section = Prices.model_validate({**PRICED, **prices})
    return total(bill("x", section, disks(manifests), pods(manifests, section.compute.job_minutes), 1))


def test_the_second_systems_example_costs_what_its_plan_says():
    """Section 12.2: 20 GB of standard disk $2, compute on nodes that are there $0, its snapshots $1, in all $3."""
    own = {"database": {"backup": None}}
    text = cost("bill-inquiry-dev", plans.system("bill-inquiry-dev", own), plans.plan("bill-inquiry-dev", own))
    assert text.startswith("bill-inquiry-dev: 3.00 USD a month"), text
    assert "storage 2.00 + compute 0.00 + snapshots 1.00" in text, f"each part is the plan's: {text}"
    assert "0: paid with the nodes" in text, "a 0 is said to be meant"


def test_requests_are_paid_by_the_hour_for_each_replica():
    found = pods(plans.plan("prod").manifests, None)
    app = next(one for one in found if one.name == "Deployment observer")
    assert (app.count, app.hours) == (plans.system("prod").apps["observer"].replicas, 730), "each runs all the month"
    alone = sum_of(plans.plan("prod").manifests, storage={"managed-standard": 0}, compute={"cpu": 1, "memory": 0})
    assert alone == sum((one.count * one.cpu for one in found), Decimal(0)) * 730, "a core for an hour, 730 times"


@pytest.mark.parametrize(
    ("stack", "gib"),
    [("pg-ha", 3 * 100 + 3 * 2), ("databases-prod", 3 * 100), ("dev", 10 + 20 + 5 + 1)],
)
def test_every_volume_is_counted_once_whoever_makes_it(stack: str, gib: int):
    found = disks(plans.plan(stack).manifests)
    assert sum(disk.gib for disk in found) == gib, f"claims, templates of the same claims, Clusters: {found}"


def test_a_claim_that_only_a_stateful_set_makes_is_counted():
    spec = {"resources": {"requests": {"storage": "1Gi"}}, "storageClassName": "synology-csi"}
    made = {"metadata": {"name": "data"}, "spec": spec}
    own = {"kind": "PersistentVolumeClaim", "metadata": {"name": "data-s-0"}, "spec": spec}
    body = {"kind": "StatefulSet", "metadata": {"name": "s"}, "spec": {"replicas": 3, "volumeClaimTemplates": [made]}}
    (claim, rest) = disks([Manifest(own), Manifest(body)])
    assert (claim.count, rest.count) == (1, 2), "data-s-0 is an object of its own, -1 and -2 are not"


def _pod(containers: list[str], before: list[tuple[str, bool]]) -> Manifest:
    def one(cpu: str) -> dict[str, Any]:
        return {"resources": {"requests": {"cpu": cpu}}}

    inits = [{**one(cpu), **({"restartPolicy": "Always"} if stays else {})} for cpu, stays in before]
    pod = {"containers": [one(cpu) for cpu in containers], "initContainers": inits}
    return Manifest({"kind": "Deployment", "metadata": {"name": "d"}, "spec": {"template": {"spec": pod}}})


@pytest.mark.parametrize(
    ("containers", "before", "cores"),
    [
        (["1", "500m"], [], "1.5"),
        (["1"], [("3", False)], "3"),
        (["1"], [("2", True)], "3"),
        (["1"], [("1", True), ("4", False)], "5"),
        (["1"], [("4", False), ("1", True)], "4"),
    ],
)
def test_a_pod_requests_what_the_scheduler_keeps_free_for_it(containers, before, cores):
    (found,) = pods([_pod(containers, before)], None)
    assert found.cpu == Decimal(cores), "containers with sidecars, or the largest that runs before them"


def test_a_limit_without_a_request_is_a_request():
    body = {"containers": [{"resources": {"limits": {"cpu": "2", "memory": "1Gi"}, "requests": {"cpu": "1"}}}]}
    (found,) = pods(
        [Manifest({"kind": "StatefulSet", "metadata": {"name": "s"}, "spec": {"template": {"spec": body}}})], 1
    )
    assert (found.cpu, found.memory) == (1, 1), "Kubernetes takes it as one"


def _nightly(schedule: str) -> Manifest:
    pod = {"containers": [{"resources": {"requests": {"cpu": "1", "memory": "1Gi"}}}]}
    spec = {"schedule": schedule, "jobTemplate": {"spec": {"template": {"spec": pod}}}}
    return Manifest({"kind": "CronJob", "metadata": {"name": "nightly"}, "spec": spec})


def test_a_cron_job_is_paid_for_its_runs():
    (found,) = pods([_nightly("17 2 * * *")], 6)
    assert found.hours == HOURS / 24 * 6 / 60, "730 / 24 nights of six minutes"
    assert pods([_nightly("17 2 * * *")], None) == [], "nobody said how long it takes"


def test_what_is_not_counted_is_said():
    patch = {"database": {"backup": {"snapshots": SNAPSHOTS}}}
    text = printed("dev", patch)
    assert "snapshots are not counted: prices.snapshots" in text, text
    assert "traffic between zones" in text, "the sum is no invoice"


def test_as_many_snapshots_are_paid_as_the_stack_keeps():
    patch = {"database": {"backup": {"snapshots": {**SNAPSHOTS, "count": 5}}}}
    text = printed("dev", patch, snapshots={"gibMonth": 1, "changed": 0.1})
    assert "14 GiB, 5 kept" in text, f"10 GiB, and four times a tenth of it: {text}"
    assert "prices.snapshots.changed" not in text, "somebody has said what changes between two"
    unsaid = printed("dev", patch, snapshots={"gibMonth": 1})
    assert "snapshots after the first cost nothing here: prices.snapshots.changed" in unsaid, unsaid
    stated = printed("dev", patch, snapshots={"gibMonth": 1, "kept": 2, "changed": 0.1})
    assert "11 GiB, 2 kept" in stated, f"the price table's own word goes before: {stated}"
    assert stated.count(" kept") == 1, f"of the database's volume, not of the app's: {stated}"


@given(st.integers(1, 1000), st.decimals(0, 1, places=3), st.decimals(0, 1, places=3), st.integers(1, 1000))
def test_one_more_snapshot_costs_what_changed(size: int, used: Decimal, changed: Decimal, kept: int):
    section = Snapshots.model_validate({"gibMonth": 1, "used": used, "changed": changed})
    more = section.gib(Decimal(size), kept + 1) - section.gib(Decimal(size), kept)
    assert more == size * changed, "and no other part of the volume"


@pytest.mark.parametrize(
    ("prices", "said"),
    [
        ({"storage": {"managed-standrd": 1}, "defaultClass": "managed-standard"}, "did you mean `managed-standrd`"),
        ({"storage": {"a": -0.1}, "defaultClass": "a"}, "a number from 0 on"),
        ({"storage": {"a": "0.1"}, "defaultClass": "a"}, "a number, without quotes"),
        ({"storage": {"a": True}, "defaultClass": "a"}, "a number, without quotes"),
        ({"storage": {"a": float("nan")}, "defaultClass": "a"}, "a number from 0 on"),
        ({"storage": {}, "defaultClass": None}, "at least 1"),
        ({"currency": "dollars"}, "[A-Z]{3}"),
        ({"source": ""}, "at least 10"),
        ({"snapshots": {"gibMonth": 1, "changed": 5}}, "is it per cent?"),
        ({"compute": {"cpu": 1}}, "this key is required"),
    ],
)
def test_prices_that_make_no_sense_are_refused(prices: dict[str, Any], said: str):
    with pytest.raises(SettingsRefused) as refused:
        plans.system("dev", {"prices": {**PRICED, **prices}})
    assert said in str(refused.value), str(refused.value)


def test_every_class_without_a_price_is_named_at_once():
    storage = {"storageClass": "synology-cs"}
    patch = {"database": {"storage": storage}}
    with pytest.raises(SettingsRefused) as refused:
        printed("dev", patch, defaultClass=None)
    text = str(refused.value)
    assert "`synology-cs` of PersistentVolumeClaim observer-db-pvc" in text, text
    assert "did you mean `synology-csi`" in text, "the nearest one that has a price"
    assert "observer-data-pvc, which names no storage class" in text, "the other claims too, and what to say of them"


def test_a_stack_without_prices_is_told_what_to_write(capsys: pytest.CaptureFixture[str]):
    assert main(["cost", "--stack", "pg-ha"]) == 1, "no figure was made up"
    assert "docs/cost.md" in capsys.readouterr().err, "where there is one to start from"
