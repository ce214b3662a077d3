"""What is edited arrives: in place where it can, by a rollout that nobody notices where it can't."""

from typing import Any

import pytest

from tests.e2e.live import wait_for
from tests.e2e.stacks import ROW, Observer, app
from tests.e2e.traffic import Traffic

SELECTED = "app.kubernetes.io/name=observer"
GROWS_WITHIN = 60.0
"""Seconds for the volume behind a claim to grow; the kubelet looks at its volumes about once a minute at the most."""


def test_a_changed_variable_rolls_the_pods_and_no_request_fails(observer: Observer) -> None:
    live = observer.live
    config, (old,) = live.one("configmap", "observer-config"), live.pods("observer")
    observer.trial.change(app(variables={"LOG_LEVEL": "DEBUG"}))
    with Traffic(f"{observer.url}/ready") as traffic:
        observer.trial.up()
        wait_for("the old pod's end", lambda: len(live.objects("pods", "-l", SELECTED)) == 1, GROWS_WITHIN)
    changed, (new,) = live.one("configmap", "observer-config"), live.pods("observer")
    assert changed["data"]["LOG_LEVEL"] == "DEBUG", "the ConfigMap holds what the file says"
    assert changed["metadata"]["uid"] == config["metadata"]["uid"], "rule 7: a ConfigMap changes in place"
    assert new["metadata"]["uid"] != old["metadata"]["uid"], "rule 7: envFrom is read at a start, so the pods must roll"
    shown = live.kubectl("exec", "deployment/observer", "--", "printenv", "LOG_LEVEL")
    assert shown == "DEBUG", f"the new pod must see the new value, it sees {shown}"
    assert len(traffic.requests) > 20, f"too few requests to tell anything: {traffic.says()}"
    assert not traffic.failed, f"a rolling update with no pod unavailable must not be noticed: {traffic.says()}"


@pytest.mark.parametrize(
    ("claim", "workload", "patch"),
    [
        ("observer-db-pvc", "postgres", {"database": {"storage": {"size": "2Gi"}}}),
        ("observer-data-pvc", "observer", app(volumes={"data": {"size": "2Gi"}})),
    ],
)
def test_a_claim_grows_in_place_under_a_running_pod(
    observer: Observer, claim: str, workload: str, patch: dict[str, Any]
) -> None:
    live = observer.live
    before, (pod,) = live.one("pvc", claim), live.pods(workload)
    observer.trial.change(patch)
    observer.trial.up()

    def capacity() -> bool:
        return live.one("pvc", claim)["status"]["capacity"]["storage"] == "2Gi"

    wait_for(f"the new capacity of {claim}", capacity, GROWS_WITHIN)
    after, (same,) = live.one("pvc", claim), live.pods(workload)
    assert after["metadata"]["uid"] == before["metadata"]["uid"], f"rule 6: {claim} must be the same claim"
    assert after["spec"]["volumeName"] == before["spec"]["volumeName"], f"{claim} must keep its volume"
    volume = live.one("pv", after["spec"]["volumeName"])
    assert volume["spec"]["capacity"]["storage"] == "2Gi", f"the volume behind {claim} must have grown too"
    if workload == "observer":
        assert same["metadata"]["uid"] == pod["metadata"]["uid"], "an app's volume grows under its running pod"


def test_the_row_of_the_first_test_outlived_all_of_it(observer: Observer) -> None:
    assert observer.live.rows("SELECT symbol FROM observation") == ROW["symbol"], "no change may cost a row"
