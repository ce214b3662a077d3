"""The router: HAProxy, behind the one Service that clients use."""

from typing import Any

from components import declared, volumes
from components.disruption import one_at_a_time
from components.manifest import Generated, Manifest
from components.names import Scope, checksums
from components.namespace import service_account
from components.pod import apart, container, from_secret, pod_spec, requirements, template
from components.postgres.replicated import certificates, haproxy
from components.postgres.replicated.addresses import READS, STATISTICS, WRITES, Addresses
from components.secrets import opaque

COMPONENT = "router"
_USER = 99
"""haproxy in the official image (docker-library/haproxy, Dockerfile)."""

DRAIN_SECONDS = 5
"""As for apps: until every node's proxy knows that this pod ends, connections still reach it."""


def _server(addresses: Addresses, statistics: str) -> dict[str, Any]:
    settings = addresses.database.replicated.router

    def ask(seconds: int, tries: int) -> dict[str, Any]:
        check = {"httpGet": {"path": "/healthz", "port": "statistics"}, "timeoutSeconds": 3}
        return {**check, "periodSeconds": seconds, "failureThreshold": tries}

    return container(
        "haproxy",
        settings.image,
        command=["haproxy", "-W", "-db", "-f", f"{haproxy.DIRECTORY}/haproxy.cfg"],
        env=[from_secret(haproxy.PASSWORD, statistics, "password")],
        ports=[
            {"name": "write", "containerPort": WRITES},
            {"name": "read", "containerPort": READS},
            {"name": "statistics", "containerPort": STATISTICS},
        ],
        resources=requirements(settings.resources),
        mounts=[
            volumes.mount("configuration", f"{haproxy.DIRECTORY}/haproxy.cfg", read_only=True)
            | {"subPath": "haproxy.cfg"},
            volumes.mount("tls", f"{haproxy.DIRECTORY}/tls", read_only=True),
        ],
        lifecycle={"preStop": {"sleep": {"seconds": DRAIN_SECONDS}}},
        startupProbe=ask(1, 30),
        livenessProbe=ask(10, 3),
        readinessProbe=ask(2, 2),
    )


def _service(scope: Scope, addresses: Addresses) -> Manifest:
    ports = [
        {"name": name, "port": port, "targetPort": name, "protocol": "TCP"}
        for name, port in (("write", WRITES), ("read", READS))
    ]
    name = addresses.database.router
    spec = {"type": "ClusterIP", "selector": addresses.router_pods, "ports": ports}
    # Who waits for this Service, as the bootstrap, finds members behind it: an image may take minutes to be there.
    after = (("Deployment", name), ("StatefulSet", addresses.database.service))
    return scope.manifest("v1", "Service", name, {"spec": spec}, labels=scope.labels(name, COMPONENT), after=after)


def render(scope: Scope, addresses: Addresses, tls: Manifest) -> list[Manifest]:
    """Every object of the router; `tls` is what brings the Secret whose authority its checks trust."""
    name, settings = addresses.database.router, addresses.database.replicated
    labels = scope.labels(name, COMPONENT)
    data = {"haproxy.cfg": haproxy.configuration(addresses)}
    configuration = scope.manifest("v1", "ConfigMap", f"{name}-config", {"data": data}, labels=labels)
    login = {"username": haproxy.USER, "password": Generated(f"{name}-statistics")}
    statistics = opaque(scope, f"{name}-statistics", login, labels, "kubernetes.io/basic-auth")
    account = service_account(scope, name, COMPONENT)
    authority = volumes.of_secret("tls", certificates.members_secret(addresses), keys=["ca.crt"])
    pods = pod_spec(
        user=_USER,
        account=name,
        containers=[_server(addresses, statistics.name)],
        volumes=[volumes.of_config_map("configuration", configuration.name), authority],
        affinity=apart(addresses.router_pods, settings.spread),
        nodeSelector=settings.node_selector,
        terminationGracePeriodSeconds=DRAIN_SECONDS + haproxy.HARD_STOP_SECONDS + 5,
    )
    annotations = checksums(configuration, statistics) | declared.of_router(addresses.database, haproxy.PASSWORD)
    spec = {
        "replicas": settings.router.replicas,
        "selector": {"matchLabels": addresses.router_pods},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}},
        "template": template(labels, annotations, pods),
    }
    after = tuple(manifest.reference for manifest in (account, configuration, statistics, tls))
    servers = scope.manifest(
        "apps/v1",
        "Deployment",
        name,
        {"spec": spec},
        labels=labels,
        annotations=declared.of_logins(addresses.database),
        after=after,
    )
    return [
        account,
        configuration,
        statistics,
        servers,
        one_at_a_time(scope, name, addresses.router_pods, labels),
        _service(scope, addresses),
    ]
