"""All that watches a standalone server: nothing unless the stack asks for it (rule 12)."""

from collections.abc import Mapping

from components import secrets
from components.connection import Connection
from components.manifest import Manifest
from components.names import Scope, selector
from components.observability import Rule
from components.postgres.certificates import secret_of
from components.postgres.monitoring import dashboard, exporter, objects, panels, servers
from components.postgres.monitoring.backups import backups
from components.postgres.monitoring.certificates import certificates
from components.postgres.monitoring.rules import with_runbooks
from components.postgres.monitoring.watched import Watched
from components.settings.database import Database
from components.settings.monitoring import Monitoring


def watched(scope: Scope, database: Database, container: str) -> Watched:
    """The one server, whose `container` it is."""
    roles = database.roles
    claim = database.storage.claim.replace(".", "[.]")
    pod = f"{database.service}-0"
    users = (roles.app, roles.reader)
    return Watched(scope.namespace, database.service, 1, pod, claim, container, database.name, users)


def rules(one: Watched, database: Database, settings: Monitoring) -> list[Rule]:
    """The alerts of a standalone server, those of its dumps where it has some."""
    limits = database.resources.limits
    found = [
        *servers.there(one),
        *servers.load(one, settings.thresholds, limits, counted=settings.statements),
        *backups(one, settings.thresholds, database.backup),
        *certificates(one.namespace, [secret_of(one.service)], database.tls),
    ]
    return with_runbooks(found, settings.runbooks)


def render(scope: Scope, database: Database, connections: Mapping[str, Connection], container: str) -> list[Manifest]:
    """Exporter, PodMonitor, NetworkPolicy, PrometheusRule and dashboard, those that the settings have."""
    settings = database.monitoring
    if settings is None:
        return []
    own, one, monitor = exporter.name(database), watched(scope, database, container), connections["monitor"]
    secret = secrets.credentials(scope, monitor, scope.labels(own, objects.COMPONENT))
    # The series of the server, whoever tells them: the exporter's own pod has another name after each change of it.
    endpoint = {"port": "metrics", "relabelings": [{"targetLabel": "pod", "replacement": one.pod}]}
    found = [
        *exporter.deployment(scope, database, settings, monitor, secret),
        *objects.targets(scope, own, settings, selector(own), [endpoint], [exporter.PORT]),
    ]
    if settings.rules:
        found.append(objects.alerts(scope, own, settings, rules(one, database, settings)))
    if settings.dashboard is not None:
        drawn = panels.of_servers(one, database.resources.limits, counted=settings.statements)
        found.append(dashboard.config_map(scope, settings.dashboard, one, drawn))
    return found
