"""All objects of a replicated database, in the order in which each comes after what it needs."""

from collections.abc import Mapping

from components import network, secrets
from components.connection import Connection
from components.manifest import Generated, Manifest
from components.names import Scope
from components.postgres.certificates import authority_of
from components.postgres.endpoint import Endpoint
from components.postgres.replicated import certificates, etcd, jobs, members, monitoring, patroni, programs, router
from components.postgres.replicated.addresses import PATRONI, PORT, READS, WRITES, Addresses
from components.postgres.wal.server import Archiving
from components.settings.database import Database
from components.settings.tenant import Tenant


def endpoint(scope: Scope, database: Database) -> Endpoint:
    """Clients find the router; it knows who is primary."""
    pods = Addresses(scope, database).router_pods
    return Endpoint(
        host=database.router,
        port=WRITES,
        sslmode="verify-full" if database.tls else "require",
        peers=pods,
        ready=("Service", database.router),
        reads=(database.router, READS),
        authority=authority_of(database.service, database.replicated.certificates) if database.tls else None,
    )


def _passwords(scope: Scope, addresses: Addresses) -> Manifest:
    """What members show to each other and to etcd."""
    name = f"{addresses.database.service}-patroni"
    entries = {f"{who}_PASSWORD": Generated(f"{name}/{who.lower()}") for who in ("REPLICATION", "REWIND", "ETCD")}
    return secrets.opaque(scope, name, entries, scope.labels(addresses.database.service, members.COMPONENT))


def _policies(scope: Scope, addresses: Addresses, client: Connection) -> list[Manifest]:
    reaches = [(addresses.member_pods, [PORT, PATRONI])]
    return [
        *network.database_access(scope, client, reaches),
        members.policy(scope, addresses),
        etcd.policy(scope, addresses),
    ]


def render(
    scope: Scope,
    database: Database,
    superuser: Manifest,
    connections: dict[str, Connection],
    _tenants: Mapping[str, Tenant],
) -> list[Manifest]:
    """etcd, then its passwords, then the members, then the router."""
    addresses = Addresses(scope, database)
    passwords = _passwords(scope, addresses)
    for_members, for_etcd, *for_clients = certificates.render(scope, addresses)
    scripts = programs.config_map(scope, addresses)
    consensus = etcd.render(scope, addresses, for_etcd)
    root = next(manifest for manifest in consensus if manifest.kind == "Secret")
    quorum = next(manifest for manifest in consensus if manifest.kind == "StatefulSet")
    access = jobs.etcd_access(scope, addresses, scripts, for_members, passwords, root, quorum)
    asked = next(manifest for manifest in access if manifest.kind == "Job")
    labels = scope.labels(database.service, members.COMPONENT)
    monitor = secrets.credentials(scope, connections["monitor"], labels) if database.replicated.exporter else None
    archiving = Archiving(scope, database, patroni.data_directory(database), connections.get("archive"))
    needs = [for_members, asked]
    servers = members.render(scope, addresses, superuser, passwords, monitor, scripts, needs, archiving)
    return [
        *_policies(scope, addresses, connections["app"]),
        *archiving.policy(addresses.member_pods),
        passwords,
        for_members,
        for_etcd,
        *for_clients,
        scripts,
        *consensus,
        *access,
        *servers,
        *jobs.settle(scope, addresses, scripts, for_members, servers),
        *router.render(scope, addresses, for_members),
        *monitoring.render(scope, addresses),
    ]
