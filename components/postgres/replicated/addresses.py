"""Who is where: the members, etcd and the router of one replicated database, each name decided here."""

from dataclasses import dataclass

from components.names import Scope, selector
from components.postgres.configuration import PORT
from components.settings.database import Database

PATRONI = 8008
ETCD, ETCD_PEERS, ETCD_HEALTH = 2379, 2380, 2381
WRITES, READS, STATISTICS = 5000, 5001, 8404
EXPORTER = 9187

__all__ = ["ETCD", "ETCD_HEALTH", "ETCD_PEERS", "EXPORTER", "PATRONI", "PORT", "READS", "STATISTICS", "WRITES"]


@dataclass(frozen=True)
class Addresses:
    """Full names where TLS or a resolver without search domains compares them, as HAProxy's does."""

    scope: Scope
    database: Database

    @property
    def zone(self) -> str:
        """What the Services of this namespace end with."""
        return f"{self.scope.namespace}.svc.{self.scope.domain}"

    @property
    def members(self) -> list[str]:
        return [f"{self.database.service}-{number}" for number in range(self.database.replicated.members)]

    @property
    def etcd(self) -> list[str]:
        return [f"{self.database.etcd}-{number}" for number in range(self.database.replicated.etcd.members)]

    def member(self, pod: str) -> str:
        """A member's address: its own Service, which stays while its pod's address changes."""
        return f"{pod}.{self.zone}"

    def etcd_member(self, pod: str) -> str:
        """The address of a pod of etcd."""
        return f"{pod}.{self.database.etcd}.{self.zone}"

    @property
    def etcd_clients(self) -> list[str]:
        """host:port of every member of etcd."""
        return [f"{self.etcd_member(pod)}:{ETCD}" for pod in self.etcd]

    @property
    def member_pods(self) -> dict[str, str]:
        """What selects the members."""
        return selector(self.database.service)

    @property
    def etcd_pods(self) -> dict[str, str]:
        return selector(self.database.etcd)

    @property
    def router_pods(self) -> dict[str, str]:
        return selector(self.database.router)

    def job_pods(self, job: str) -> dict[str, str]:
        """What selects the pods of one of this database's Jobs, such as `settle`."""
        return selector(f"{self.database.service}-{job}")

    def names_of_service(self, service: str) -> list[str]:
        """A Service's names, from the short one to the full one."""
        return self.scope.names_of(service)
