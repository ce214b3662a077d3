"""The members: PostgreSQL under Patroni, each on a claim of its own."""

from typing import Any

from components import declared, network, volumes
from components.disruption import one_at_a_time
from components.manifest import Manifest
from components.names import Scope, checksums
from components.namespace import service_account
from components.pod import template
from components.postgres.replicated import member_pod, patroni
from components.postgres.replicated.addresses import ETCD, ETCD_HEALTH, PATRONI, PORT, Addresses
from components.postgres.standalone import COMPONENT
from components.postgres.wal.server import Archiving


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


def _set(addresses: Addresses, pods: dict[str, Any]) -> dict[str, Any]:
    database = addresses.database
    return {
        "serviceName": database.headless,
        "replicas": database.replicated.members,
        "podManagementPolicy": "Parallel",
        "minReadySeconds": 5,
        "selector": {"matchLabels": addresses.member_pods},
        "template": pods,
        "volumeClaimTemplates": [volumes.claim_template(database.storage)],
    }


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
    monitors = monitor.name if monitor else None
    pods = member_pod.spec_of(addresses, superuser.name, passwords.name, monitors, scripts, archiving)
    # Not of the shared part, which a Job puts into etcd while all members run.
    sums = checksums(local, *credentials) | declared.of_member(database)
    sums |= declared.of_archiving(database, "patroni", archiving.data)
    before = tuple(
        manifest.reference
        for manifest in (local, shared, scripts, *archiving.programs, *credentials, *services, account, *claims, *needs)
    )
    servers = scope.manifest(
        "apps/v1",
        "StatefulSet",
        name,
        {"spec": _set(addresses, template(labels, sums, pods))},
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
