"""An app: a Deployment, and all that it is wired to."""

from typing import Any

from components import authority, declared, environment, migration, network, volumes
from components.connection import Authority
from components.environment import Environment
from components.manifest import Manifest
from components.names import Scope, checksums, selector
from components.namespace import service_account
from components.observability import exposed
from components.pod import container, from_field, one_node, pod_spec, requirements, template
from components.postgres.database import Published
from components.settings.app import App
from components.settings.volume import Volume

COMPONENT = "app"
PORT_NAME = "http"
_PROBE_PERIOD = 2

DRAIN_SECONDS = 5
"""A pod that is told to end gets requests until every node's proxy knows that it does: it serves them before it hears
SIGTERM. Without, a rollout on the embedded node cost 1 of 100 requests. The action `sleep` needs Kubernetes 1.30."""


def _files(scope: Scope, name: str, app: App) -> dict[str, Manifest]:
    """Volume → the ConfigMap with its files."""
    labels = scope.labels(name, COMPONENT)
    return {
        volume: scope.manifest("v1", "ConfigMap", f"{name}-{volume}-files", {"data": settings.files}, labels=labels)
        for volume, settings in app.volumes.items()
        if settings.files is not None
    }


def _pod_volume(name: str, settings: Volume, files: dict[str, Manifest]) -> dict[str, Any]:
    if settings.claim:
        return volumes.of_claim(name, settings.claim)
    if settings.scratch:
        return volumes.scratch(name, settings.scratch)
    return volumes.of_config_map(name, files[name].name)


def _probes(app: App) -> dict[str, Any]:
    def ask(path: str) -> dict[str, Any]:
        return {"httpGet": {"path": path, "port": PORT_NAME}, "timeoutSeconds": 3}

    tries = -(-app.probes.start_seconds // _PROBE_PERIOD)
    return {
        "startupProbe": {**ask(app.probes.health), "periodSeconds": _PROBE_PERIOD, "failureThreshold": tries},
        "livenessProbe": {**ask(app.probes.health), "periodSeconds": 10, "failureThreshold": 3},
        "readinessProbe": {**ask(app.probes.ready), "periodSeconds": 5, "failureThreshold": 2},
    }


def _container(name: str, app: App, read: Environment, signed_by: Authority | None) -> dict[str, Any]:
    mounts = [
        volumes.mount(volume, settings.path, read_only=settings.files is not None)
        for volume, settings in app.volumes.items()
    ]
    mounts += authority.mounts(signed_by)
    return container(
        name,
        app.image,
        command=app.command,
        args=app.args,
        envFrom=read.env_from,
        env=[
            from_field("POD_NAME", "metadata.name"),
            from_field("POD_NAMESPACE", "metadata.namespace"),
            {"name": "TZ", "value": app.timezone},
            *read.env,
        ],
        ports=[{"name": PORT_NAME, "containerPort": app.port}],
        resources=requirements(app.resources),
        mounts=mounts,
        lifecycle={"preStop": {"sleep": {"seconds": DRAIN_SECONDS}}},
        **_probes(app),
    )


def _pod(
    name: str,
    app: App,
    read: Environment,
    files: dict[str, Manifest],
    signed_by: Authority | None,
    pull: list[str],
) -> Any:
    own = [_pod_volume(volume, settings, files) for volume, settings in app.volumes.items()]
    return pod_spec(
        user=app.user,
        account=name,
        containers=[_container(name, app, read, signed_by)],
        volumes=[*own, *authority.pod_volumes(signed_by)],
        pull_secrets=pull,
        affinity=one_node(selector(name)) if app.one_node else None,
        nodeSelector=app.node_selector,
        terminationGracePeriodSeconds=drain_seconds(app),
    )


def _service(scope: Scope, name: str, app: App) -> Manifest:
    ports = [{"name": PORT_NAME, "port": 80, "targetPort": PORT_NAME, "protocol": "TCP"}]
    spec = {"type": "ClusterIP", "selector": selector(name), "ports": ports}
    # With no replica there will be no endpoint to wait for.
    skip = {"pulumi.com/skipAwait": "true"} if app.replicas == 0 else None
    return scope.manifest(
        "v1",
        "Service",
        name,
        {"spec": spec},
        labels=scope.labels(name, COMPONENT),
        annotations=skip,
        after=(("Deployment", name),),
    )


def render(
    scope: Scope, name: str, app: App, database: Published, *, psql_image: str, pull_secrets: list[str]
) -> list[Manifest]:
    """Every object of one app, in an order in which each comes after what it needs."""
    labels = scope.labels(name, COMPONENT)
    read = environment.of_app(scope, name, app, database.connections["app"], database.manifests, labels)
    if database.turning:
        read = read.told_after(database.ready)
    files = _files(scope, name, app)
    claims = [volumes.claim(scope, c, labels) for settings in app.volumes.values() if (c := settings.as_claim)]
    account = service_account(scope, name, COMPONENT)
    made = [*read.whole, *files.values()]
    migrated: list[Manifest] = []
    if app.migration is not None:
        migrated = migration.render(
            scope,
            name,
            app,
            app.migration,
            config=read.whole[0],
            owner=database.connections["owner"],
            makers=database.manifests,
            psql_image=psql_image,
            pull_secrets=pull_secrets,
            after=(database.ready,),
            makes_ledger=database.makes_ledger,
        )
    needs = (*(manifest.reference for manifest in (*made, *claims, account, *migrated[-1:])), database.ready)
    signed_by = database.connections["app"].authority if app.connection.fields else None
    pod_labels = labels | (database.connections["app"].client_labels if app.connection.fields else {})
    spec = {
        "replicas": app.replicas,
        "selector": {"matchLabels": selector(name)},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        "template": template(
            pod_labels,
            read.checksums | checksums(*files.values()) | declared.of_app(app),
            _pod(name, app, read, files, signed_by, pull_secrets),
        ),
    }
    deployment = scope.manifest(
        "apps/v1", "Deployment", name, {"spec": spec}, labels=labels, annotations=read.reloaded, after=needs
    )
    return [
        account,
        *made,
        *claims,
        *migrated,
        *network.app_traffic(scope, name, app.port, app.allow_from, app.allow_to),
        deployment,
        _service(scope, name, app),
        *exposed(scope, name, app),
    ]


def drain_seconds(app: App) -> int:
    """For how long a pod that was told to end may go on signing in to its database."""
    return DRAIN_SECONDS + app.shutdown_seconds


def notes(name: str, app: App) -> list[str]:
    """What a reader of the plan must know about this app (rule 8)."""
    single = [volume for volume, settings in app.volumes.items() if (c := settings.as_claim) and not c.shareable]
    if not (app.one_node and single):
        return []
    return [
        f"{name}: {app.replicas} replica(s), and the next revision's, are bound to one node by pod affinity, because "
        f"{', '.join(single)} can be mounted on one node only; that node's loss stops them all until it is back"
    ]
