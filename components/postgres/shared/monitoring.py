"""How a Cluster is shown to Prometheus, and when somebody is called: nothing unless the stack asks for it (rule 12)."""

from components.manifest import Manifest
from components.names import Scope
from components.observability import Rule
from components.postgres.monitoring import objects
from components.postgres.monitoring.rules import with_runbooks
from components.postgres.shared import alerts
from components.settings.backup import Backup
from components.settings.monitoring import Monitoring
from components.settings.workload import Amounts

PORT = 9187
"""Of the instances' metrics; its name in their pods is `metrics` (cloudnative-pg, «Monitoring»)."""


def _instances(service: str) -> dict[str, str]:
    """Without the role a Pooler's pods were meant too; they have a port of that name, of their own."""
    return {"cnpg.io/cluster": service, "cnpg.io/podRole": "instance"}


def rules(
    scope: Scope, service: str, instances: int, limits: Amounts, settings: Monitoring, backup: Backup | None
) -> list[Rule]:
    """The alerts of a Cluster; those of its backups where it has some."""
    watched = alerts.cluster(scope.namespace, service, instances)
    found = alerts.availability(watched, settings.thresholds) + alerts.load(watched, settings.thresholds, limits)
    if backup is not None:
        found += alerts.backups(watched, settings.thresholds, backup)
    return with_runbooks(found, settings.runbooks)


def render(
    scope: Scope, service: str, instances: int, limits: Amounts, settings: Monitoring | None, backup: Backup | None
) -> list[Manifest]:
    """PodMonitor, PrometheusRule and NetworkPolicy of the Cluster `service`, those that its settings have."""
    if settings is None:
        return []
    found = objects.targets(scope, service, settings, _instances(service), [{"port": "metrics"}], [PORT])
    if settings.rules:
        alerting = rules(scope, service, instances, limits, settings, backup)
        found.append(objects.alerts(scope, service, settings, alerting))
    return found
