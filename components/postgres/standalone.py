"""`topology: standalone`: a StatefulSet of one, on a claim of its own."""

from collections.abc import Mapping
from typing import Any

from components import declared, volumes
from components.connection import Connection
from components.images import is_named, layout
from components.manifest import Manifest
from components.names import Scope, checksums, selector
from components.namespace import service_account
from components.network import database_access
from components.pod import container, pod_spec, requirements, template
from components.postgres import certificates, entry, superuser
from components.postgres.configuration import DIRECTORY, HBA_FILE, PORT
from components.postgres.endpoint import Endpoint
from components.postgres.monitoring import standalone as monitoring
from components.postgres.wal import recovery
from components.postgres.wal.server import Archiving
from components.settings.database import Database
from components.settings.probes import ServerProbes
from components.settings.quantity import mebibytes
from components.settings.tenant import Tenant

COMPONENT = "database"
_PROBE_PERIOD = 5
_ANSWERS = f"pg_isready -q -h 127.0.0.1 -p {PORT}"


def _probes(database: Database) -> dict[str, Any]:
    """Readiness asks whether connections are accepted. Liveness asks only whether anybody is there: pg_isready ends
    with 1 while the server recovers and refuses, with 2 when nobody answers (postgresql.org/docs, pg_isready), and
    a recovery that is killed begins again. Until the first answer the start has the whole recovery budget."""
    asked = _ANSWERS if is_named(database.image, database.run_as) else f"{_ANSWERS} -U {database.roles.superuser}"
    ready = {"exec": {"command": ["sh", "-c", f"exec {asked}"]}}
    alive = {"exec": {"command": ["sh", "-c", f"{asked}; [ $? -lt 2 ]"]}}
    tries = -(-database.crash_recovery_seconds // _PROBE_PERIOD)
    probes = database.probes or ServerProbes()
    return {
        "startupProbe": {**ready, "timeoutSeconds": 3, "periodSeconds": _PROBE_PERIOD, "failureThreshold": tries},
        "readinessProbe": ready | probes.readiness.figures,
        "livenessProbe": alive | probes.liveness.figures,
    }


def directory(database: Database) -> str:
    """PGDATA: each generation has one of its own, so that a recovery leaves the data before it where it is."""
    first = layout(database.image, database.version).data
    return f"{first}-{database.wal.generation}" if database.wal and database.wal.generation > 1 else first


def _server(database: Database, archiving: Archiving) -> dict[str, Any]:
    image = layout(database.image, database.version)
    hba = ["-c", f"hba_file={HBA_FILE}"] if image.hba else []
    return container(
        COMPONENT,
        database.image,
        args=[*image.arguments, "-c", f"config_file={DIRECTORY}/postgresql.conf", *hba],
        envFrom=[{"secretRef": {"name": superuser.name(database)}}, *archiving.env_from],
        env=[
            {"name": "PGDATA", "value": directory(database)},
            {"name": "POSTGRES_INITDB_ARGS", "value": image.initdb},
            *archiving.variables,
        ],
        ports=[{"name": "postgresql", "containerPort": PORT}],
        resources=requirements(database.resources),
        mounts=[
            volumes.mount("data", image.mount),
            volumes.mount("configuration", DIRECTORY, read_only=True),
            volumes.mount("socket", "/var/run/postgresql"),
            volumes.mount("shared-memory", "/dev/shm"),  # noqa: S108
            *(volumes.mount(name, place) for name, place in image.written.items()),
            *archiving.mounts,
            *entry.mount(database),
        ],
        # SIGINT is PostgreSQL's fast shutdown; the kubelet's own SIGTERM would wait for every client to leave.
        lifecycle={"preStop": {"exec": {"command": ["sh", "-c", 'kill -INT "$(head -n 1 "$PGDATA/postmaster.pid")"']}}},
        **_probes(database),
    )


def _recovering(database: Database) -> tuple[str, list[dict[str, Any]], list[dict[str, Any]]]:
    """Image, credentials and mounts of who recovers, as the server's own."""
    superusers = [{"secretRef": {"name": superuser.name(database)}}]
    mounts = [
        volumes.mount("data", layout(database.image, database.version).mount),
        volumes.mount("socket", "/var/run/postgresql"),
        volumes.mount("shared-memory", "/dev/shm"),  # noqa: S108
    ]
    return database.image, superusers, mounts


def _pods(database: Database, configuration: str, archiving: Archiving) -> dict[str, Any]:
    # Parallel queries share memory here; Docker's default of 64 MB is too small for them.
    shared = f"{max(64, mebibytes(database.resources.limits.memory) // 4)}Mi"
    return pod_spec(
        user=database.run_as,
        account=database.service,
        containers=[_server(database, archiving)],
        initContainers=[*archiving.program, *recovery.init_containers(archiving, *_recovering(database))],
        volumes=[
            volumes.of_claim("data", database.storage.claim),
            volumes.of_config_map("configuration", configuration),
            volumes.scratch("socket", "1Mi"),
            volumes.in_memory("shared-memory", shared),
            *(volumes.scratch(name, "1Mi") for name in layout(database.image, database.version).written),
            *archiving.volumes,
            *entry.volume(database),
        ],
        nodeSelector=database.node_selector,
        terminationGracePeriodSeconds=database.shutdown_seconds,
    )


def _stateful_set(
    scope: Scope,
    database: Database,
    configuration: Manifest,
    secret: Manifest,
    rolled_by: Mapping[str, Any],
    certificate: list[Manifest],
    archiving: Archiving,
) -> Manifest:
    labels = scope.labels(database.service, COMPONENT)
    spec = {
        "serviceName": database.headless,
        "replicas": 1,
        "selector": {"matchLabels": selector(database.service)},
        "template": template(
            labels,
            {**rolled_by, **checksums(secret, *archiving.read)}
            | declared.of_server(database)
            | declared.of_archiving(database, COMPONENT, archiving.data),
            _pods(database, configuration.name, archiving),
        ),
    }
    after = (
        configuration.reference,
        secret.reference,
        ("PersistentVolumeClaim", database.storage.claim),
        ("ServiceAccount", database.service),
        ("Service", database.headless),
        *(made.reference for made in (*certificate, *archiving.programs, *archiving.read)),
    )
    return scope.manifest(
        "apps/v1",
        "StatefulSet",
        database.service,
        {"spec": spec},
        labels=labels,
        annotations=declared.of_logins(database),
        after=after,
    )


def _services(scope: Scope, database: Database) -> tuple[Manifest, Manifest]:
    """The headless Service, which the StatefulSet needs, and the one that clients use, which comes after it."""
    labels = scope.labels(database.service, COMPONENT)
    ports = [{"name": "postgresql", "port": PORT, "targetPort": "postgresql", "protocol": "TCP"}]
    spec = {"selector": selector(database.service), "ports": ports}
    # The StatefulSet needs this Service's name before it has a pod: waiting for endpoints would never end.
    skip = {"pulumi.com/skipAwait": "true"}
    headless = {"spec": {**spec, "clusterIP": "None"}}
    cluster = {"spec": {**spec, "type": "ClusterIP"}}
    after = (("StatefulSet", database.service),)
    return (
        scope.manifest("v1", "Service", database.headless, headless, labels=labels, annotations=skip),
        scope.manifest("v1", "Service", database.service, cluster, labels=labels, after=after),
    )


def endpoint(_scope: Scope, database: Database) -> Endpoint:
    """Clients find the server by its Service."""
    return Endpoint(
        host=database.service,
        port=PORT,
        sslmode="verify-full" if database.tls else "prefer",
        peers=selector(database.service),
        ready=("Service", database.service),
        authority=certificates.authority_of(database.service, database.tls) if database.tls else None,
    )


def render(
    scope: Scope,
    database: Database,
    secret: Manifest,
    connections: dict[str, Connection],
    _tenants: Mapping[str, Tenant],
) -> list[Manifest]:
    """Every object of the server; `secret` is the superuser's, with which it initialises itself with."""
    labels = scope.labels(database.service, COMPONENT)
    configuration, rolled_by = entry.configuration(scope, database, labels)
    certificate = entry.certificate(scope, database)
    headless, service = _services(scope, database)
    archiving = Archiving(scope, database, directory(database), connections.get("archive"))
    return [
        service_account(scope, database.service, COMPONENT),
        configuration,
        *certificate,
        volumes.claim(scope, database.storage, labels),
        headless,
        *archiving.made,
        _stateful_set(scope, database, configuration, secret, rolled_by, certificate, archiving),
        service,
        *database_access(scope, connections["app"]),
        *monitoring.render(scope, database, connections, COMPONENT),
        *archiving.policy(selector(database.service)),
        *entry.reload(scope, database, secret, endpoint(scope, database), configuration, certificate),
    ]
