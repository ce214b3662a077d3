"""The alerts of a database, evaluated by Prometheus's own promtool on series that are made up.

Not a part of `make test`: promtool is built from its Go module once, which takes minutes. `make rules` runs this.
"""

import dataclasses
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from devcluster.build import versions
from devcluster.toolchain import install
from tests.rules.scenes import Scene, Suite
from tests.rules.series import Series
from tests.rules.servers.suites import REPLICATED, STANDALONE
from tests.rules.shared.suite import SHARED

ROOT = Path(__file__).resolve().parents[2]
SUITES = (SHARED, STANDALONE, REPLICATED)


def scenes(kind: str) -> list[Any]:
    """Every (suite, scene) of one kind, named after both."""
    found = [(suite, scene) for suite in SUITES for scene in getattr(suite, kind)]
    return [pytest.param(suite, scene, id=f"{suite.topology}: {scene.name}") for suite, scene in found]


@pytest.fixture(scope="session")
def promtool() -> Path:
    """The binary, built first where it is missing."""
    return install.install(versions.PROMTOOL_BUILD, (), lambda _: None).binary


def run(promtool: Path, *words: str, place: Path) -> str:
    """What promtool says, whether it finds anything or not."""
    done = subprocess.run([promtool, *words], cwd=place, capture_output=True, text=True, timeout=120, check=False)
    return f"{done.stdout}\n{done.stderr}"


def written(place: Path, groups: dict[str, list[dict[str, Any]]]) -> None:
    """rules.yaml in `place`, as `kubectl apply` hands it to Prometheus."""
    content = {"groups": [{"name": name, "rules": rules} for name, rules in groups.items()]}
    (place / "rules.yaml").write_text(yaml.safe_dump(content))


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.topology)
def test_prometheus_takes_the_rules_and_finds_nothing_to_say_about_them(promtool, tmp_path, suite):
    written(tmp_path, {suite.service: [rule.definition for rule in suite.rules]})
    said = run(promtool, "check", "rules", "--lint=all", "--lint-fatal", "rules.yaml", place=tmp_path)
    assert f"{len(suite.rules)} rules found" in said and "SUCCESS" in said and "FAILED" not in said, said


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.topology)
def test_prometheus_understands_every_graph(promtool, tmp_path, suite):
    queries = [query for panel in suite.panels for query in panel.queries.values()]
    records = [{"record": f"graph:{number}", "expr": query} for number, query in enumerate(queries)]
    written(tmp_path, {"graphs": records})
    said = run(promtool, "check", "rules", "rules.yaml", place=tmp_path)
    assert f"{len(records)} rules found" in said and "FAILED" not in said, f"Grafana would draw nothing: {said}"


def _expected(suite: Suite, scene: Scene) -> list[dict[str, Any]]:
    """Each alert of a scene as it must be told, and none of the others."""
    told: dict[str, list[dict[str, Any]]] = {rule.alert: [] for rule in suite.rules}
    for alert in scene.fires:
        rule = suite.named(alert.name)
        annotations = {"summary": alert.summary, "description": rule.description}
        labels = {**alert.labels, "severity": rule.severity}
        told[alert.name].append({"exp_labels": labels, "exp_annotations": annotations})
    return [{"eval_time": f"{scene.at}m", "alertname": name, "exp_alerts": alerts} for name, alerts in told.items()]


def judged(promtool: Path, place: Path, suite: Suite, scene: Scene, series: list[Series]) -> str:
    """What promtool says of the alerts of `scene` on `series`, to which its changes are made."""
    written(place, {suite.service: [rule.definition for rule in suite.rules]})
    for change in scene.changes:
        series = change.applied(series, scene.at + 5)
    test = {
        "name": scene.name,
        "interval": "1m",
        "input_series": [one.definition for one in series],
        "alert_rule_test": _expected(suite, scene),
    }
    content = {"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": [test]}
    (place / "scene.yaml").write_text(yaml.safe_dump(content))
    return run(promtool, "test", "rules", "scene.yaml", place=place)


def is_as_told(said: str) -> bool:
    """Whether promtool found every alert of a scene, and no other."""
    return "SUCCESS" in said and "FAILED" not in said


@pytest.mark.parametrize(("suite", "scene"), scenes("loud"))
def test_what_is_wrong_is_told_and_nothing_else(promtool, tmp_path, suite, scene):
    said = judged(promtool, tmp_path, suite, scene, suite.healthy(scene.at + 5))
    assert is_as_told(said), f"{scene.name}: {said}"


@pytest.mark.parametrize(("suite", "scene"), scenes("quiet"))
def test_what_is_well_is_not_told(promtool, tmp_path, suite, scene):
    said = judged(promtool, tmp_path, suite, scene, suite.healthy(scene.at + 5))
    assert is_as_told(said), f"{scene.name}: somebody would be called for nothing: {said}"


def _of_another(suite: Suite, series: list[Series]) -> list[Series]:
    """The same series of a database whose name begins as this one's does, and of one in another namespace."""
    other, found = f"{suite.service}-elsewhere", list[Series]()
    for one in series:
        named = {
            label: text.replace(suite.service, other)
            for label, text in one.labels.items()
            if label in {"pod", "persistentvolumeclaim", "cronjob", "name"}
        }
        if named and one.labels != {**one.labels, **named}:
            found.append(dataclasses.replace(one, labels={**one.labels, **named}))
            found.append(dataclasses.replace(one, labels={**one.labels, "namespace": "elsewhere"}))
    return found


@pytest.mark.parametrize(("suite", "scene"), scenes("loud"))
def test_what_is_wrong_with_another_database_is_not_told(promtool, tmp_path, suite, scene):
    at = min(scene.at, suite.fresh) if scene.changes else scene.at
    theirs = mine = suite.healthy(at + 5)
    for change in scene.changes:
        theirs = change.applied(theirs, at + 5)
    fresh = dataclasses.replace(scene, changes=(), fires=() if scene.changes else scene.fires, at=at)
    said = judged(promtool, tmp_path, suite, fresh, [*mine, *_of_another(suite, theirs)])
    assert is_as_told(said), f"{scene.name}, and not with ours: {said}"


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.topology)
def test_every_alert_has_a_scene_in_which_it_fires(suite):
    fired = {alert.name for scene in suite.loud for alert in scene.fires}
    assert fired == {rule.alert for rule in suite.rules}, "a rule that was never seen to fire may never fire"


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.topology)
def test_every_alert_has_its_section_in_the_runbook(suite):
    lines = (ROOT / "docs/alerts.md").read_text().splitlines()
    headings = {line.lstrip("# ") for line in lines if line.startswith("#")}
    assert {rule.alert for rule in suite.rules} <= headings, "the link in the alert leads there"
