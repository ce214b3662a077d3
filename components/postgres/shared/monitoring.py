"""How a Cluster is shown to Prometheus, and when somebody is called: nothing unless the stack asks for it (rule 12)."""

from dataclasses import replace

from components import network
from components.manifest import Manifest
from components.names import Scope
from components.observability import MONITORING, Rule, prometheus_rule
from components.postgres.shared import alerts
from components.settings.backup import Backup
from components.settings.monitoring import Monitoring

PORT = 9187
"""Of the instances' metrics; its name in their pods is `metrics` (cloudnative-pg, «Monitoring»)."""

_COMPONENT = "monitoring"


def _instances(service: str) -> dict[str, str]:
    """Without the role a Pooler's pods were meant too; they have a port of that name, of their own."""
    return {"cnpg.io/cluster": service, "cnpg.io/podRole": "instance"}


def _pod_monitor(scope: Scope, service: str, settings: Monitoring) -> Manifest:
    endpoint = {"port": "metrics", "interval": settings.interval}
    spec = {"selector": {"matchLabels": _instances(service)}, "podMetricsEndpoints": [endpoint]}
    labels = scope.labels(service, _COMPONENT) | settings.labels
    return scope.manifest(MONITORING, "PodMonitor", service, {"spec": spec}, labels=labels)


def _with_runbook(rule: Rule, place: str | None) -> Rule:
    """A heading's anchor is its text in lower case."""
    if place is not None:
        return replace(rule, runbook=f"{place}#{rule.alert.lower()}")
    return replace(rule, description=f"What to do: docs/alerts.md, {rule.alert}")


def rules(scope: Scope, service: str, instances: int, settings: Monitoring, backup: Backup | None) -> list[Rule]:
    """The alerts of a Cluster; those of its backups where it has some."""
    watched = alerts.Watched(scope.namespace, service, instances)
    found = alerts.availability(watched, settings.thresholds) + alerts.load(watched, settings.thresholds)
    if backup is not None:
        found += alerts.backups(watched, settings.thresholds, backup)
    return [_with_runbook(rule, settings.runbooks) for rule in found]


def render(
    scope: Scope, service: str, instances: int, settings: Monitoring | None, backup: Backup | None
) -> list[Manifest]:
    """PodMonitor, PrometheusRule and NetworkPolicy of the Cluster `service`, those that its settings have."""
    if settings is None:
        return []
    accepts = [(peer, [PORT]) for peer in settings.allow_from]
    found = [
        network.workload(scope, f"{service}-metrics", _instances(service), accepts),
        _pod_monitor(scope, service, settings),
    ]
    if settings.rules:
        labels = scope.labels(service, _COMPONENT) | settings.labels
        found.append(prometheus_rule(scope, service, labels, rules(scope, service, instances, settings, backup)))
    return found
