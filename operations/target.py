"""Which database a stack means: its context, its namespace and its names, from the settings that made it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.names import Scope
from components.postgres.configuration import SOCKETS
from components.postgres.replicated import patroni
from components.postgres.replicated.addresses import ETCD, ETCD_HEALTH, PATRONI, Addresses
from components.postgres.replicated.jobs import ACCESS, SETTLE
from components.settings import load
from operations.refusals import CantTell

CONFIGURATION = f"{patroni.DIRECTORY}/patroni.yml"
LOCAL = f"https://localhost:{PATRONI}"
"""Patroni's REST API for whoever is in the member's pod."""


@dataclass(frozen=True)
class Target:
    """One replicated database on one cluster."""

    stack: str
    context: str
    namespace: str
    addresses: Addresses

    @property
    def scope(self) -> str:
        return self.addresses.database.scope

    def look(self) -> dict[str, Any]:
        """The order to operations/inside.py to look around in a member's pod."""
        database = self.addresses.database
        return {
            "do": "look",
            "api": LOCAL,
            "certificates": patroni.TLS,
            "data": database.replicated.data,
            "psql": [f"{patroni.programs(database)}/psql", "-h", SOCKETS],
            "superuser": database.roles.superuser,
            "etcd": {pod: self._etcd(self.addresses.etcd_member(pod)) for pod in self.addresses.etcd},
        }

    def _etcd(self, host: str) -> dict[str, str]:
        return {"health": f"http://{host}:{ETCD_HEALTH}", "client": f"https://{host}:{ETCD}"}

    def request(self, method: str, path: str, body: Any, within: float) -> dict[str, Any]:
        """The order to send one request to the member's own Patroni."""
        return {
            "do": "ask",
            "certificates": patroni.TLS,
            "url": f"{LOCAL}{path}",
            "method": method,
            "body": body,
            "within": within,
        }

    def apis(self) -> dict[str, str]:
        """Member → where the others reach its Patroni."""
        return {pod: f"https://{self.addresses.member(pod)}:{PATRONI}" for pod in self.addresses.members}

    def jobs(self) -> list[str]:
        """What the pods of this database's Jobs are called."""
        return [f"{self.addresses.database.service}-{job}" for job in (ACCESS, "bootstrap", SETTLE)]

    def etcdctl(self) -> list[str]:
        """etcdctl in a pod of etcd, with the rights of etcd's root: those, and TLS, are in that pod's environment."""
        return ["etcdctl", "--endpoints", ",".join(f"https://{address}" for address in self.addresses.etcd_clients)]


def of_stack(stack: str, root: Path = load.ROOT, context: str = "") -> Target:
    """The database of one stack; `context` in place of the settings'. Raises SettingsRefused, CantTell."""
    system = load.decode(load.from_file(stack, root), root).system
    if not system.database.is_replicated:
        raise CantTell(
            f"the database of stack {stack} is {system.database.topology}; these commands are for a replicated one"
        )
    addresses = Addresses(Scope.of(system), system.database)
    return Target(stack, context or system.cluster.context, system.namespace.name, addresses)
