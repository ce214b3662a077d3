"""A development stack goes with all that it had."""

from tests.e2e.live import wait_for
from tests.e2e.stacks import Observer

VOLUMES_GONE_WITHIN = 60.0
"""Seconds for the provisioner to take away the volumes of claims that are gone."""


def test_destroy_leaves_nothing_of_a_development_stack(observer: Observer) -> None:
    live, trial = observer.live, observer.trial
    ended = trial.destroy()
    assert not live.ask("get", "namespace", live.namespace).ok, f"its namespace must be gone:\n{ended.text}"
    assert not trial.resources() or list(trial.resources()) == [], f"its state must be empty: {list(trial.resources())}"

    def volumes() -> list[str]:
        found = live.objects("persistentvolumes")
        return [v["metadata"]["name"] for v in found if v["spec"]["claimRef"]["namespace"] == live.namespace]

    wait_for("the end of its volumes", lambda: not volumes(), VOLUMES_GONE_WITHIN)
