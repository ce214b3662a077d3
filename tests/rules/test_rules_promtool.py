"""The alerts of a Cluster, evaluated by Prometheus's own promtool on series that are made up.

Not a part of `make test`: promtool is built from its Go module once, which takes minutes. `make rules` runs this.
"""

import dataclasses
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.names import Scope
from components.observability import Rule
from components.postgres.shared import monitoring
from components.settings.backup import Backup
from components.settings.monitoring import Monitoring
from devcluster.build import versions
from devcluster.toolchain import install
from tests.rules.healthy import NAMESPACE, SERVICE, Series, healthy
from tests.rules.loud import LOUD
from tests.rules.quiet import QUIET
from tests.rules.scenes import Scene

WATCHED = {"allowFrom": [{"namespace": "monitoring"}], "rules": True}
STORE = {"bucket": "backups", "inheritFromIAMRole": True, "allowTo": [{"cidr": "0.0.0.0/0", "ports": [443]}]}
NOBODY = f"{SERVICE}-elsewhere"


RULES = monitoring.rules(
    Scope(NAMESPACE, {}, False, "cluster.local"),
    SERVICE,
    3,
    Monitoring.model_validate(WATCHED),
    Backup.model_validate({"s3": STORE}),
)


@pytest.fixture(scope="session")
def promtool() -> Path:
    """The binary, built first where it is missing."""
    return install.install(versions.PROMTOOL_BUILD, (), lambda _: None).binary


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with the rules as `kubectl apply` hands them to Prometheus."""
    groups = [{"name": SERVICE, "rules": [rule.definition for rule in RULES]}]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": groups}))
    return tmp_path


def run(promtool: Path, *words: str, place: Path) -> str:
    """What promtool says; fails with that where it finds anything."""
    done = subprocess.run([promtool, *words], cwd=place, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_prometheus_takes_the_rules_and_finds_nothing_to_say_about_them(promtool, files):
    said = run(promtool, "check", "rules", "--lint=all", "--lint-fatal", "rules.yaml", place=files)
    assert f"{len(RULES)} rules found" in said


def _named(name: str) -> Rule:
    (rule,) = (rule for rule in RULES if rule.alert == name)
    return rule


def _expected(scene: Scene) -> list[dict[str, Any]]:
    """Each alert of a scene as it must be told, and none of the others."""
    told: dict[str, list[dict[str, Any]]] = {rule.alert: [] for rule in RULES}
    for alert in scene.fires:
        rule = _named(alert.name)
        annotations = {"summary": alert.summary, "description": rule.description}
        labels = {**alert.labels, "severity": rule.severity}
        told[alert.name].append({"exp_labels": labels, "exp_annotations": annotations})
    return [{"eval_time": f"{scene.at}m", "alertname": name, "exp_alerts": alerts} for name, alerts in told.items()]


def _judge(promtool: Path, place: Path, scene: Scene, series: list[Series]) -> None:
    for change in scene.changes:
        series = change.applied(series, scene.at + 5)
    test = {
        "name": scene.name,
        "interval": "1m",
        "input_series": [one.definition for one in series],
        "alert_rule_test": _expected(scene),
    }
    content = {"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": [test]}
    (place / "scene.yaml").write_text(yaml.safe_dump(content))
    run(promtool, "test", "rules", "scene.yaml", place=place)


@pytest.mark.parametrize("scene", LOUD, ids=lambda scene: scene.name)
def test_what_is_wrong_is_told_and_nothing_else(promtool, files, scene):
    _judge(promtool, files, scene, healthy(scene.at + 5))


@pytest.mark.parametrize("scene", QUIET, ids=lambda scene: scene.name)
def test_what_is_well_is_not_told(promtool, files, scene):
    _judge(promtool, files, scene, healthy(scene.at + 5))


def _of_another(series: list[Series]) -> list[Series]:
    """The same series of a Cluster whose name begins as this one's does, and of one in another namespace."""
    found = []
    for label in ("pod", "persistentvolumeclaim"):
        mine = [one for one in series if label in one.labels]
        found += [
            dataclasses.replace(one, labels={**one.labels, label: one.labels[label].replace(SERVICE, NOBODY)})
            for one in mine
        ]
        found += [dataclasses.replace(one, labels={**one.labels, "namespace": "elsewhere"}) for one in mine]
    return found


@pytest.mark.parametrize("scene", LOUD, ids=lambda scene: scene.name)
def test_what_is_wrong_with_another_cluster_is_not_told(promtool, files, scene):
    # Soon enough for ours to be well: its last backup is of the first minute.
    at = min(scene.at, 125) if scene.changes else scene.at
    theirs = mine = healthy(at + 5)
    for change in scene.changes:
        theirs = change.applied(theirs, at + 5)
    fresh = dataclasses.replace(scene, changes=(), fires=() if scene.changes else scene.fires, at=at)
    _judge(promtool, files, fresh, [*mine, *_of_another(theirs)])


def test_every_alert_has_a_scene_in_which_it_fires():
    fired = {alert.name for scene in LOUD for alert in scene.fires}
    assert fired == {rule.alert for rule in RULES}, "a rule that was never seen to fire may never fire"


def test_every_alert_has_its_section_in_the_runbook():
    lines = (Path(__file__).resolve().parents[2] / "docs/alerts.md").read_text().splitlines()
    headings = {line.lstrip("# ") for line in lines if line.startswith("#")}
    assert {rule.alert for rule in RULES} <= headings, "the link in the alert leads there"
