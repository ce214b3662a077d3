"""A member's pod: Patroni with PostgreSQL, and the exporter."""

from typing import Any

from components import volumes
from components.manifest import Manifest
from components.pod import apart, container, from_field, from_secret, pod_spec, requirements
from components.postgres.configuration import SOCKETS
from components.postgres.monitoring import exporter
from components.postgres.replicated import patroni, programs
from components.postgres.replicated.addresses import EXPORTER, PATRONI, PORT, Addresses
from components.postgres.wal import recovery
from components.postgres.wal.server import Archiving
from components.settings.quantity import mebibytes

_PERIOD = 5


def _probes(seconds: int) -> dict[str, Any]:
    """patroni.readthedocs.io, «REST API»: /liveness fails when Patroni itself hangs, not while PostgreSQL recovers or
    etcd is away; /readiness is a leader, or a standby that streams. The API opens once etcd has answered, so until then
    the start has the whole recovery budget of `seconds`."""

    def ask(path: str) -> dict[str, Any]:
        return {"httpGet": {"path": path, "port": "patroni", "scheme": "HTTPS"}, "timeoutSeconds": 5}

    return {
        "startupProbe": {**ask("/liveness"), "periodSeconds": _PERIOD, "failureThreshold": -(-seconds // _PERIOD)},
        "livenessProbe": {**ask("/liveness"), "periodSeconds": 10, "failureThreshold": 3},
        "readinessProbe": {**ask("/readiness"), "periodSeconds": 2, "failureThreshold": 3},
    }


def _environment(addresses: Addresses, superuser: str, passwords: str) -> list[dict[str, Any]]:
    own = addresses.member("$(PATRONI_NAME)")
    return [
        from_field("PATRONI_NAME", "metadata.name"),
        {"name": "PATRONI_RESTAPI_CONNECT_ADDRESS", "value": f"{own}:{PATRONI}"},
        {"name": "PATRONI_POSTGRESQL_CONNECT_ADDRESS", "value": f"{own}:{PORT}"},
        from_secret("PATRONI_SUPERUSER_PASSWORD", superuser, "POSTGRES_PASSWORD"),
        from_secret("PATRONI_REPLICATION_PASSWORD", passwords, "REPLICATION_PASSWORD"),
        from_secret("PATRONI_REWIND_PASSWORD", passwords, "REWIND_PASSWORD"),
        # Patroni reads the password only beside a further variable of etcd's (patroni/config.py, _build_environment).
        {"name": "PATRONI_ETCD3_PROTOCOL", "value": "https"},
        from_secret("PATRONI_ETCD3_PASSWORD", passwords, "ETCD_PASSWORD"),
    ]


def _server(addresses: Addresses, superuser: str, passwords: str, archiving: Archiving) -> dict[str, Any]:
    database = addresses.database
    directory = patroni.DIRECTORY
    return container(
        "patroni",
        database.replicated.server_image(database.version),
        # Not the image's own script: the same start, whatever brings PostgreSQL and Patroni.
        command=["patroni", directory],
        envFrom=archiving.env_from or None,
        env=[*_environment(addresses, superuser, passwords), *archiving.variables, *recovery.variables(archiving)],
        ports=[{"name": "postgresql", "containerPort": PORT}, {"name": "patroni", "containerPort": PATRONI}],
        resources=requirements(database.resources),
        mounts=[
            volumes.mount(database.storage.claim, database.replicated.data),
            *(
                volumes.mount(volume, f"{directory}/{file}", read_only=True) | {"subPath": file}
                for volume, file in (("configuration", "patroni.yml"), ("shared", "bootstrap.yml"))
            ),
            volumes.mount("tls", patroni.TLS, read_only=True),
            programs.mount(),
            volumes.mount("socket", SOCKETS),
            volumes.mount("shared-memory", "/dev/shm"),  # noqa: S108
            *archiving.mounts,
        ],
        lifecycle=programs.before_stop(database),
        **_probes(database.crash_recovery_seconds),
    )


def _exporter(addresses: Addresses, monitor: str | None) -> list[dict[str, Any]]:
    settings = addresses.database.replicated.exporter
    if settings is None or monitor is None:
        return []
    return [
        container(
            "exporter",
            settings.image,
            args=exporter.flags(addresses.database.monitoring),
            env=[
                exporter.source("127.0.0.1", PORT, "require"),
                from_secret("DATA_SOURCE_USER", monitor, "username"),
                from_secret("DATA_SOURCE_PASS", monitor, "password"),
            ],
            ports=[{"name": "metrics", "containerPort": EXPORTER}],
            resources=requirements(settings.resources),
        )
    ]


def spec_of(
    addresses: Addresses,
    superuser: str,
    passwords: str,
    monitor: str | None,
    scripts: Manifest,
    archiving: Archiving,
) -> dict[str, Any]:
    """The spec of a member's pod; `superuser`, `passwords` and `monitor` are the names of Secrets."""
    database = addresses.database
    user, group = database.replicated.run_as
    shared = f"{max(64, mebibytes(database.resources.limits.memory) // 4)}Mi"
    return pod_spec(
        user=user,
        group=group,
        account=database.service,
        containers=[_server(addresses, superuser, passwords, archiving), *_exporter(addresses, monitor)],
        initContainers=archiving.program,
        volumes=[
            volumes.of_config_map("configuration", f"{database.service}-config"),
            volumes.of_config_map("shared", f"{database.service}-shared"),
            volumes.of_secret("tls", f"{database.service}-tls"),
            programs.volume(scripts),
            volumes.scratch("socket", "1Mi"),
            volumes.in_memory("shared-memory", shared),
            *archiving.volumes,
        ],
        affinity=apart(addresses.member_pods, database.replicated.spread),
        nodeSelector=database.replicated.node_selector or database.node_selector,
        terminationGracePeriodSeconds=database.shutdown_seconds,
    )
