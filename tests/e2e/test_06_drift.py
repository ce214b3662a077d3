"""What somebody changed behind the program's back is found by a refresh, and put right by the next `up`."""

from tests.e2e.live import wait_for
from tests.e2e.stacks import Observer
from tests.e2e.trial import differing

SETTLES_WITHIN = 60.0
"""Seconds for a second pod to come, or to go."""


def test_drift_is_found_by_a_refresh_and_corrected_by_an_up(observer: Observer) -> None:
    live, trial = observer.live, observer.trial
    live.kubectl("scale", "deployment", "observer", "--replicas=2")
    live.kubectl("patch", "configmap", "observer-config", "--type=merge", "-p", '{"data":{"LOG_LEVEL":"ERROR"}}')
    live.kubectl("delete", "networkpolicy", "allow-dns")
    wait_for("the second pod", lambda: live.one("deployment", "observer")["status"].get("readyReplicas") == 2, 60)

    found = trial.refresh("--preview-only", "--expect-no-changes", code=None)
    assert found.code != 0, f"somebody changed three objects, so --expect-no-changes must fail:\n{found.text}"
    missing = [name for name in ("observer-e2e/observer ", "observer-config", "allow-dns") if name not in found.text]
    assert not missing, f"a refresh must name each object that drifted, not {missing}:\n{found.text}"

    trial.refresh("--yes", "--skip-preview")
    trial.up()
    assert live.one("deployment", "observer")["spec"]["replicas"] == 1, "the file says one replica"
    assert live.one("configmap", "observer-config")["data"]["LOG_LEVEL"] == "DEBUG", "the file says DEBUG"
    assert live.ask("get", "networkpolicy", "allow-dns").ok, "the program has that policy, so it must be back"
    wait_for("the second pod's end", lambda: len(live.pods("observer")) == 1, SETTLES_WITHIN)
    trial.refresh("--preview-only", "--expect-no-changes")


def test_an_object_that_somebody_else_made_is_left_alone(observer: Observer) -> None:
    live = observer.live
    live.kubectl("create", "configmap", "somebody-elses", "--from-literal=a=b")
    before = live.one("configmap", "somebody-elses")
    observer.trial.up()
    assert not differing(before, live.one("configmap", "somebody-elses")), (
        "what the program did not make is not its own"
    )
    live.kubectl("delete", "configmap", "somebody-elses")
