"""All that watches a replicated database: nothing unless the stack asks for it (rule 12)."""

from typing import Any

from components.manifest import Manifest
from components.names import Scope
from components.observability import Rule
from components.postgres.certificates import authority_of
from components.postgres.monitoring import dashboard, objects, panels, servers
from components.postgres.monitoring.backups import backups
from components.postgres.monitoring.certificates import certificates as renewed
from components.postgres.monitoring.dashboard import Panel
from components.postgres.monitoring.rules import with_runbooks
from components.postgres.monitoring.watched import Watched
from components.postgres.replicated import alerts, certificates
from components.postgres.replicated.addresses import ETCD_HEALTH, EXPORTER, PATRONI, Addresses
from components.settings.database import Database
from components.settings.monitoring import Monitoring


def watched(addresses: Addresses) -> tuple[Watched, Watched]:
    """The members, and those of etcd; volumes of both are looked at with the members."""
    database, namespace = addresses.database, addresses.scope.namespace
    roles, number = database.roles, "[0-9]+"
    volumes = f"{database.storage.claim}-{database.service}-{number}|data-{database.etcd}-{number}"
    pods, users = f"{database.service}-{number}", (roles.app, roles.reader)
    members = Watched(namespace, database.service, database.instances, pods, volumes, "patroni", database.name, users)
    etcd = Watched(
        namespace, database.service, database.replicated.etcd.members, f"{database.etcd}-{number}", "", "etcd"
    )
    return members, etcd


def _patroni(addresses: Addresses) -> dict[str, Any]:
    """The members' REST API. Prometheus asks a pod's address, which is in no certificate: each member's is good for the
    router's name too."""
    found = authority_of(addresses.database.service, addresses.database.replicated.certificates)
    kind = "secret" if found.kind == "Secret" else "configMap"
    spoken = addresses.names_of_service(addresses.database.router)[-1]
    return {
        "port": "patroni",
        "path": "/metrics",
        "scheme": "https",
        "tlsConfig": {"ca": {kind: {"name": found.name, "key": "ca.crt"}}, "serverName": spoken},
    }


def graphs(members: Watched, etcd: Watched, database: Database, *, counted: bool) -> list[Panel]:
    """What there is to see of members and of etcd; `counted`: of statements too."""
    fsync = f"sum by (pod, le) (rate({etcd.of('etcd_disk_wal_fsync_duration_seconds_bucket')}[5m]))"
    lag = f"max by (pod) ({members.of('pg_replication_lag_seconds')})"
    return [
        *panels.of_servers(members, database.resources.limits, counted=counted),
        Panel("Who is primary", "none", {"{{pod}}": members.of("patroni_primary")}),
        Panel("Seconds behind the primary", "s", {"{{pod}}": lag}),
        Panel("etcd's writes to disk, 99 %", "s", {"{{pod}}": f"histogram_quantile(0.99, {fsync})"}),
    ]


def rules(addresses: Addresses, settings: Monitoring) -> list[Rule]:
    """The alerts of a replicated database, those of its dumps where it has some."""
    database, thresholds = addresses.database, settings.thresholds
    members, etcd = watched(addresses)
    secrets = (certificates.members_secret(addresses), certificates.etcd_secret(addresses))
    found = [
        *servers.there(members),
        *alerts.members(members, thresholds, database.replicated),
        *alerts.consensus(etcd),
        *servers.load(members, thresholds, database.resources.limits, counted=settings.statements),
        *backups(members, thresholds, database.backup),
        *renewed(members.namespace, secrets, database.replicated.certificates),
    ]
    return with_runbooks(found, settings.runbooks)


def render(scope: Scope, addresses: Addresses) -> list[Manifest]:
    """PodMonitors and policies of members and etcd, PrometheusRule and dashboard, those that the settings have."""
    database = addresses.database
    settings, name = database.monitoring, database.service
    if settings is None:
        return []
    endpoints = [{"port": "metrics"}, _patroni(addresses)]
    found = [
        *objects.targets(scope, name, settings, addresses.member_pods, endpoints, [EXPORTER, PATRONI]),
        *objects.targets(scope, database.etcd, settings, addresses.etcd_pods, [{"port": "health"}], [ETCD_HEALTH]),
    ]
    if settings.rules:
        found.append(objects.alerts(scope, name, settings, rules(addresses, settings)))
    if settings.dashboard is not None:
        members, etcd = watched(addresses)
        drawn = graphs(members, etcd, database, counted=settings.statements)
        found.append(dashboard.config_map(scope, settings.dashboard, members, drawn))
    return found
