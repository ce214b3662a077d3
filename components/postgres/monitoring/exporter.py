"""postgres_exporter: what it is told wherever it runs, and its Deployment beside a standalone server.

A Deployment, not a container in the server's pod: it says that the server is down while the server is, and a new image
of it, or another password, restarts no database.
"""

from collections.abc import Sequence
from typing import Any

from components import authority, declared, volumes
from components.connection import AUTHORITY_FILE, Connection
from components.manifest import Manifest
from components.names import Scope, checksums, client_labels, selector
from components.namespace import service_account
from components.pod import container, from_secret, pod_spec, requirements, template
from components.postgres.monitoring.objects import COMPONENT
from components.settings.database import Database
from components.settings.monitoring import Monitoring

PORT = 9187
_USER = 65534
"""`nobody` of the official image (postgres_exporter, Dockerfile)."""

_FILES = "/etc/postgres-exporter"
_DATABASE = "postgres"
"""Where it connects (postgres_exporter, README): the statistics are of all databases, and a session in an app's own
would be in the way of who restores or renames it."""

_CONNECTED_WITHIN = 2
"""Seconds, lib/pq's connect_timeout. It has none by itself: of a server that accepts and doesn't answer nothing was
told after 20 s, not even pg_up, and Prometheus gives up after 10; with it pg_up is 0 after 3 s (measured, v0.17)."""

_KNOWN_MODES = {"prefer": "disable", "allow": "disable"}
"""lib/pq, its driver, knows neither and refuses to start; «prefer» is what is said where the server has no TLS."""


def name(database: Database) -> str:
    """Of its Deployment, and of all that goes with it."""
    return f"{database.service}-exporter"


def flags(settings: Monitoring | None) -> list[str] | None:
    """What it collects beside its defaults: when the server started, how old transaction ids are, what statements
    take. None where nothing of this program reads it."""
    if settings is None:
        return None
    more = ["stat_statements"] if settings.statements else []
    return [f"--collector.{collector}" for collector in ("postmaster", "database_wraparound", *more)]


def source(host: str, port: int, sslmode: str, *, checked: bool = False) -> dict[str, Any]:
    """The variable with the server's address; `checked`: by the certificate of who signed the server's."""
    root = f"&sslrootcert={AUTHORITY_FILE}" if checked else ""
    mode = _KNOWN_MODES.get(sslmode, sslmode)
    words = f"sslmode={mode}&connect_timeout={_CONNECTED_WITHIN}{root}"
    return {"name": "DATA_SOURCE_URI", "value": f"{host}:{port}/{_DATABASE}?{words}"}


def _container(settings: Monitoring, connection: Connection) -> dict[str, Any]:
    def ask(period: int) -> dict[str, Any]:
        # Its landing page: whether it runs, whatever the server does.
        return {"httpGet": {"path": "/", "port": "metrics"}, "periodSeconds": period, "timeoutSeconds": 3}

    return container(
        "exporter",
        settings.exporter.image,
        args=flags(settings),
        env=[
            source(connection.host, connection.port, connection.sslmode, checked=connection.authority is not None),
            from_secret("DATA_SOURCE_USER", connection.secret, "username"),
            {"name": "DATA_SOURCE_PASS_FILE", "value": f"{_FILES}/password"},
        ],
        ports=[{"name": "metrics", "containerPort": PORT}],
        resources=requirements(settings.exporter.resources),
        mounts=[volumes.mount("credentials", _FILES, read_only=True), *authority.mounts(connection.authority)],
        readinessProbe=ask(5),
        livenessProbe=ask(10),
    )


def deployment(
    scope: Scope, database: Database, settings: Monitoring, connection: Connection, secret: Manifest
) -> Sequence[Manifest]:
    """ServiceAccount and Deployment. `connection` is the role monitor's, `secret` what makes its Secret."""
    own = name(database)
    labels = scope.labels(own, COMPONENT)
    account = service_account(scope, own, COMPONENT)
    spec = pod_spec(
        user=_USER,
        account=own,
        containers=[_container(settings, connection)],
        volumes=[
            volumes.of_secret("credentials", connection.secret, keys=["password"]),
            *authority.pod_volumes(connection.authority),
        ],
    )
    annotations = checksums(secret) | declared.of_exporter()
    pods = template(labels | client_labels(database.service), annotations, spec)
    content = {"spec": {"replicas": 1, "selector": {"matchLabels": selector(own)}, "template": pods}}
    after = (account.reference, secret.reference, ("Service", database.service))
    return [account, scope.manifest("apps/v1", "Deployment", own, content, labels=labels, after=after)]
