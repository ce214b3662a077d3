"""Who may read a Cluster's metrics, and which alerts it has."""

import re

import pytest
from pydantic import ValidationError
from shared_backups import LIMITS, SERVICE, backup, monitoring, scope

from components.postgres.shared.monitoring import render, rules
from components.settings.monitoring import Monitoring, check_monitoring


def made(instances, settings, archive=None):
    return {m.kind: m.body for m in render(scope(), SERVICE, instances, LIMITS, settings, archive)}


def named(instances, settings=None, archive=None):
    """Name → rule."""
    settings = settings or monitoring(rules=True)
    return {rule.alert: rule for rule in rules(scope(), SERVICE, instances, LIMITS, settings, archive)}


def test_nothing_is_made_unless_the_stack_asks_and_no_rule_unless_it_asks_for_rules():
    assert made(3, None) == {}, "the CRDs may be missing in the cluster (rule 12)"
    assert set(made(3, monitoring())) == {"NetworkPolicy", "PodMonitor"}
    assert set(made(3, monitoring(rules=True))) == {"NetworkPolicy", "PodMonitor", "PrometheusRule"}


def test_prometheus_finds_the_objects_by_the_stack_s_labels_and_the_instances_by_the_operator_s():
    objects = made(3, monitoring(rules=True, interval="15s", labels={"release": "prometheus"}))
    for kind in ("PodMonitor", "PrometheusRule"):
        assert objects[kind]["metadata"]["labels"]["release"] == "prometheus", "kube-prometheus-stack looks for it"
    spec = objects["PodMonitor"]["spec"]
    assert spec["selector"]["matchLabels"] == {"cnpg.io/cluster": SERVICE, "cnpg.io/podRole": "instance"}
    assert spec["podMetricsEndpoints"] == [{"port": "metrics", "interval": "15s"}]


def test_who_scrapes_is_let_in_to_the_metrics_and_to_nothing_else():
    policy = made(1, monitoring())["NetworkPolicy"]["spec"]
    assert policy["podSelector"]["matchLabels"] == {"cnpg.io/cluster": SERVICE, "cnpg.io/podRole": "instance"}
    (rule,) = policy["ingress"]
    assert rule["ports"] == [{"protocol": "TCP", "port": 9187}]
    (peer,) = rule["from"]
    assert peer["podSelector"] == {"matchLabels": {"app": "prometheus"}}
    assert policy["policyTypes"] == ["Ingress"], "all others stay as denied as they were"


def test_metrics_that_nobody_could_read_are_refused():
    with pytest.raises(ValidationError) as error:
        Monitoring.model_validate({"allowFrom": []})
    assert "allowFrom" in str(error.value), "the namespace denies what no policy allows"


@pytest.mark.parametrize(
    ("thresholds", "told"),
    [
        ({"connections": {"warning": 95, "critical": 80}}, "a warning that comes before it is critical"),
        ({"disk": {"warning": 70, "critical": 100}}, "less than 100"),
        ({"lag": {"warning": 0, "critical": 15}}, "greater than 0"),
        ({"archiving": 60}, "greater than or equal to 600"),
        ({"transactionIds": 1000}, "greater than or equal to 200000000"),
        ({"transactionIds": 2_000_000_000}, "less than or equal to 1600000000"),
        ({"lastBackup": 1}, "Extra inputs"),
    ],
)
def test_a_threshold_that_makes_no_sense_is_refused(thresholds, told):
    with pytest.raises(ValidationError) as error:
        monitoring(rules=True, thresholds=thresholds)
    assert told in str(error.value), "it would alert for ever, or never"


def test_thresholds_without_rules_are_refused():
    with pytest.raises(ValidationError) as error:
        monitoring(thresholds={"deadlocks": 5})
    assert "`rules: true` with thresholds" in str(error.value), "somebody thinks that he will be called"


def test_more_standbys_than_there_can_be_are_refused():
    wanted = monitoring(rules=True, thresholds={"standbys": 3})
    check_monitoring("shared", wanted, 4, {}, exporter=False)
    check_monitoring("shared", monitoring(rules=True), 1, {}, exporter=False)
    with pytest.raises(ValueError, match="up to 2, for 3 instances") as error:
        check_monitoring("shared", wanted, 3, {}, exporter=False)
    assert "for ever" in str(error.value)


def test_a_single_instance_has_no_alert_about_standbys():
    about = {"PostgresNoStandby", "PostgresStandbysMissing", "PostgresStandbyBroken", "PostgresLagWarning"}
    assert not about & set(named(1)), "each would fire for ever"
    assert about <= set(named(3))
    assert "PostgresStandbysMissing" not in named(2), "with one standby missing there is none, which says more"


def test_the_charts_thresholds_hold_until_the_stack_gives_others():
    found = named(3)
    for alert, end in {
        "PostgresConnectionsWarning": "> 80",
        "PostgresConnectionsCritical": "> 95",
        "PostgresDiskWarning": "> 70",
        "PostgresDiskCritical": "> 90",
        "PostgresLagWarning": "> 1",
        "PostgresLagCritical": "> 15",
        "PostgresStandbysMissing": "< 2",
        "PostgresNoStandby": "< 1",
        "PostgresZoneShared": "< 3",
        "PostgresLongTransaction": "> 300",
        "PostgresTransactionIds": "> 300000000",
    }.items():
        assert found[alert].expression.endswith(end), alert
    changed = named(3, monitoring(rules=True, thresholds={"disk": {"warning": 60, "critical": 85.5}}))
    assert changed["PostgresDiskCritical"].expression.endswith("> 85.5")


def test_a_backup_is_too_old_when_the_next_one_should_have_been_done():
    nightly = named(1, archive=backup(schedule="@daily"))
    assert nightly["PostgresBackupTooOld"].expression.endswith(f"> {26 * 3600}"), "a day, and two hours for taking it"
    longer = monitoring(rules=True, thresholds={"baseBackupHours": 12})
    weekly = named(1, longer, backup(schedule="@weekly"))
    assert weekly["PostgresBackupTooOld"].expression.endswith(f"> {(168 + 12) * 3600}")
    assert weekly["PostgresBackupMissing"].holds_for == "12h"
    assert not [alert for alert in named(1) if "Backup" in alert or "Archiving" in alert], (
        "without backups there is none"
    )


def test_every_alert_looks_at_this_cluster_only():
    for alert, rule in named(3, archive=backup()).items():
        series = re.findall(r"[a-z_]+\{[^}]*\}", rule.expression)
        assert series, alert
        assert all('namespace="databases"' in text for text in series), f"{alert}: another stack's Cluster is not ours"


def test_every_alert_says_where_its_runbook_is():
    ours = named(3, archive=backup())
    assert all(f"docs/alerts.md, {alert}" in rule.description for alert, rule in ours.items())
    elsewhere = named(3, monitoring(rules=True, runbooks="https://wiki.example.org/alerts"), backup())
    assert elsewhere["PostgresOffline"].runbook == "https://wiki.example.org/alerts#postgresoffline"
