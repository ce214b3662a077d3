"""The members: PostgreSQL under Patroni, each on a claim of its own."""

from typing import Any

from components import declared, network, volumes
from components.disruption import one_at_a_time
from components.manifest import Manifest
from components.names import Scope, checksums
from components.namespace import service_account
from components.pod import apart, container, from_field, from_secret, pod_spec, requirements, template
from components.postgres.configuration import SOCKETS
from components.postgres.monitoring import exporter
from components.postgres.replicated import patroni, programs
from components.postgres.replicated.addresses import ETCD, ETCD_HEALTH, EXPORTER, PATRONI, PORT, Addresses
from components.postgres.standalone import COMPONENT
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


def _pods(
    addresses: Addresses,
    superuser: str,
    passwords: str,
    monitor: str | None,
    scripts: Manifest,
    archiving: Archiving,
) -> dict[str, Any]:
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


def _services(scope: Scope, addresses: Addresses) -> list[Manifest]:
    """A Service for each member, ready or not, and the headless one that the StatefulSet must name.

    Patroni remembers the address of a name for ten minutes (patroni/dcs/etcd.py, DnsCachingResolver): behind a pod's
    own name a replaced member would be out of reach for so long, for failsafe mode and for a switchover.
    """
    ports = [
        {"name": "postgresql", "port": PORT, "targetPort": "postgresql", "protocol": "TCP"},
        {"name": "patroni", "port": PATRONI, "targetPort": "patroni", "protocol": "TCP"},
    ]
    every = {"publishNotReadyAddresses": True, "ports": ports}
    specs = {addresses.database.headless: {"clusterIP": "None", "selector": addresses.member_pods, **every}}
    for pod in addresses.members:
        one = {**addresses.member_pods, "statefulset.kubernetes.io/pod-name": pod}
        specs[pod] = {"type": "ClusterIP", "selector": one, **every}
    labels = scope.labels(addresses.database.service, COMPONENT)
    # Members come after their Services, so nobody may wait for endpoints.
    skip = {"pulumi.com/skipAwait": "true"}
    return [
        scope.manifest("v1", "Service", name, {"spec": spec}, labels=labels, annotations=skip)
        for name, spec in specs.items()
    ]


def render(
    scope: Scope,
    addresses: Addresses,
    superuser: Manifest,
    passwords: Manifest,
    monitor: Manifest | None,
    scripts: Manifest,
    needs: list[Manifest],
    archiving: Archiving,
) -> list[Manifest]:
    """Every object of the members, which start after `needs`: certificates, and etcd once it asks for passwords."""
    database = addresses.database
    name = database.service
    labels = scope.labels(name, COMPONENT)
    local = scope.manifest("v1", "ConfigMap", f"{name}-config", {"data": patroni.local_files(addresses)}, labels=labels)
    shared = scope.manifest(
        "v1", "ConfigMap", f"{name}-shared", {"data": patroni.shared_files(database)}, labels=labels
    )
    claims = volumes.claims_of(scope, name, database.storage, database.replicated.members, labels)
    services, account = _services(scope, addresses), service_account(scope, name, COMPONENT)
    credentials = [superuser, passwords, *([monitor] if monitor else []), *archiving.read]
    spec = {
        "serviceName": database.headless,
        "replicas": database.replicated.members,
        "podManagementPolicy": "Parallel",
        "minReadySeconds": 5,
        "selector": {"matchLabels": addresses.member_pods},
        # Not of the shared part, which a Job puts into etcd while all members run.
        "template": template(
            labels,
            checksums(local, *credentials)
            | declared.of_member(database)
            | declared.of_archiving(database, "patroni", archiving.data),
            _pods(addresses, superuser.name, passwords.name, monitor.name if monitor else None, scripts, archiving),
        ),
        "volumeClaimTemplates": [volumes.claim_template(database.storage)],
    }
    before = tuple(
        manifest.reference
        for manifest in (local, shared, scripts, *archiving.programs, *credentials, *services, account, *claims, *needs)
    )
    servers = scope.manifest(
        "apps/v1",
        "StatefulSet",
        name,
        {"spec": spec},
        labels=labels,
        after=before,
        frozen=("spec.volumeClaimTemplates",),
    )
    return [
        account,
        local,
        shared,
        *archiving.made,
        *claims,
        *services,
        servers,
        one_at_a_time(scope, name, addresses.member_pods, labels),
    ]


def policy(scope: Scope, addresses: Addresses) -> Manifest:
    """The router and the other members come in; members go to each other and to etcd."""
    accepts = [
        (addresses.router_pods, [PORT, PATRONI]),
        (addresses.member_pods, [PORT, PATRONI]),
        (addresses.job_pods("settle"), [PATRONI, PORT]),
    ]
    reaches = [(addresses.member_pods, [PORT, PATRONI]), (addresses.etcd_pods, [ETCD, ETCD_HEALTH])]
    return network.workload(scope, addresses.database.service, addresses.member_pods, accepts, reaches)
