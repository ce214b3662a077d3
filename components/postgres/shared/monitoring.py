"""How a Cluster is shown to Prometheus, and when somebody is called: nothing unless the stack asks for it (rule 12)."""

from components.manifest import Manifest
from components.names import Scope
from components.observability import Rule
from components.postgres.monitoring import dashboard, objects, panels
from components.postgres.monitoring.dashboard import Panel
from components.postgres.monitoring.rules import with_runbooks
from components.postgres.monitoring.watched import Watched
from components.postgres.shared import alerts
from components.postgres.shared.alerts.load import connections
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


def graphs(watched: Watched, limits: Amounts) -> list[Panel]:
    """What there is to see of a Cluster."""
    longest = f"max by (pod, datname) ({watched.of('cnpg_backends_max_tx_duration_seconds')})"
    waiting = watched.of("cnpg_collector_pg_wal_archive_status", 'value="ready"')
    return [
        Panel("Instances that answer", "none", {"{{pod}}": watched.of("cnpg_collector_up")}),
        Panel("Who is primary", "none", {"{{pod}}": f"1 - {watched.of('cnpg_pg_replication_in_recovery')}"}),
        Panel("Seconds behind the primary", "s", {"{{pod}}": watched.of("cnpg_pg_replication_lag")}),
        Panel("Connections", "percent", {"{{pod}}": connections(watched)}),
        Panel("Longest transaction", "s", {"{{pod}} {{datname}}": longest}),
        *panels.of_databases(watched, "cnpg_"),
        *panels.of_pods(watched, limits),
        Panel("WAL that waits for being archived", "none", {"{{pod}}": waiting}),
    ]


def render(
    scope: Scope, service: str, instances: int, limits: Amounts, settings: Monitoring | None, backup: Backup | None
) -> list[Manifest]:
    """PodMonitor, NetworkPolicy, PrometheusRule and dashboard of a Cluster, those that its settings have."""
    if settings is None:
        return []
    found = objects.targets(scope, service, settings, _instances(service), [{"port": "metrics"}], [PORT])
    if settings.rules:
        alerting = rules(scope, service, instances, limits, settings, backup)
        found.append(objects.alerts(scope, service, settings, alerting))
    if settings.dashboard is not None:
        watched = alerts.cluster(scope.namespace, service, instances)
        found.append(dashboard.config_map(scope, settings.dashboard, watched, graphs(watched, limits)))
    return found
