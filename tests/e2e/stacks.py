"""The stacks that the tests share: their settings, and what they leave behind on a cluster."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devcluster import cluster
from tests.e2e.live import Live, get
from tests.e2e.trial import Ended, Trial

SECRET_KEY = "e2e-Key-4f1c9a7d2b"
"""A secret of the configuration, to be looked for in all places where it must not be."""

SMALL = {"requests": {"cpu": "20m", "memory": "64Mi"}, "limits": {"cpu": "1", "memory": "256Mi"}}
"""Resources for tests: the least memory that PostgreSQL may have, and enough CPU not to wait for it."""

VOLUMES = ("data", "logs", "universe")
CLAIMS = ("observer-data-pvc", "observer-db-pvc", "observer-logs-pvc", "observer-universe-pvc")

WITHOUT_CLAIM = {"claim": None, "size": None, "scratch": "1Gi"}
"""A volume whose path stays and whose data would go."""

ROW = {"symbol": "005930", "price": "71200"}
"""An observation that each stack is given right after its first `up`."""

GONE_WITHIN = 120.0
"""Seconds for a namespace to go with all in it; PostgreSQL's shutdown is most of that."""


def settings(namespace: str) -> dict[str, Any]:
    """The local stack's settings, made smaller, and with a configured secret: a patch on Pulumi.local.yaml."""
    return {
        "environment": "e2e",
        "namespace": {"name": namespace},
        "database": {"storage": {"size": "1Gi"}, "resources": SMALL},
        "apps": {
            "observer": {
                "resources": SMALL,
                "secrets": {"KIS_APP_KEY": {"generate": None, "config": "kisAppKey"}},
                "volumes": {volume: {"size": "1Gi"} for volume in VOLUMES},
            }
        },
    }


def app(**patch: Any) -> dict[str, Any]:
    """A patch of the Observer's own section."""
    return {"apps": {"observer": patch}}


@dataclass
class Observer:
    """A stack that is up, and how its first `up` ended."""

    trial: Trial
    first_up: Ended

    @property
    def live(self) -> Live:
        """What really is in its namespace."""
        return self.trial.live

    @property
    def url(self) -> str:
        """Where the app's Service answers."""
        return f"http://{self.live.address('observer')}"


def bring_up(trial: Trial) -> Observer:
    """The first `up`, and one row by way of the app. Fails with what was printed where one of them does."""
    observer = Observer(trial, trial.up())
    posted = get(f"{observer.url}/observations", json.dumps(ROW).encode())
    assert posted.ok, f"the app did not keep a row: {posted.text}"
    return observer


def make_trial(name: str, place: Path, environment: Mapping[str, str]) -> Trial:
    """An empty stack with the settings of the tests, whose namespace is not there yet."""
    live = Live(name, tuple(cluster.EMBEDDED.kubectl()))
    remove_namespace(live)
    trial = Trial.make(name, place, environment, live)
    trial.change(settings(name))
    trial.pulumi("config", "set", "--secret", "kisAppKey", stdin=SECRET_KEY, code=0)
    return trial


def remove_namespace(live: Live, *, wait: bool = True) -> None:
    """Take away what an earlier run, or a test that failed, may have left; with `wait`, until all of it is gone."""
    words = ["--ignore-not-found", f"--wait={str(wait).lower()}"]
    gone = live.ask("delete", "namespace", live.namespace, *words, within=GONE_WITHIN)
    assert gone.ok, f"the namespace {live.namespace} did not go: {gone.text}"
