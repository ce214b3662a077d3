"""TLS of a replicated database: one authority of its own; a certificate for the members, one for etcd.

Nothing that reads these Secrets needs a restart for a renewed one: etcd reads its files at each handshake
(go.etcd.io/etcd, client/pkg/transport), the members read theirs again when they are told to (scripts/settle.py).
"""

from components.manifest import Manifest
from components.names import Scope
from components.postgres.certificates import LOOPBACK, certified, for_clients, secret_of
from components.postgres.replicated.addresses import Addresses


def members_secret(addresses: Addresses) -> str:
    return secret_of(addresses.database.service)


def etcd_secret(addresses: Addresses) -> str:
    return secret_of(addresses.database.etcd)


def _hosts(addresses: Addresses) -> dict[str, tuple[str, ...]]:
    """Secret → the names that its certificate is good for."""
    database = addresses.database
    members = [
        *addresses.names_of_service(database.router),
        *(address for pod in addresses.members for address in (pod, addresses.member(pod))),
    ]
    etcd = [addresses.etcd_member(pod) for pod in addresses.etcd]
    return {
        members_secret(addresses): (*members, *LOOPBACK),
        etcd_secret(addresses): (*etcd, *LOOPBACK),
    }


def render(scope: Scope, addresses: Addresses) -> list[Manifest]:
    """The Secrets `<service>-tls` and `<service>-etcd-tls`, or the Certificates that make cert-manager keep them, and
    the authority for clients."""
    service, settings = addresses.database.service, addresses.database.replicated.certificates
    labels = scope.labels(service, "certificate")
    made = [certified(scope, settings, service, secret, hosts, labels) for secret, hosts in _hosts(addresses).items()]
    return [*made, *for_clients(scope, service, settings, made[0], labels)]
