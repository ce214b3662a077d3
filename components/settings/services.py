"""What a database is called in its namespace: which topology has which Services, all of them named after `service`."""

from typing import Literal

from pydantic import field_validator

from components.settings.external import External
from components.settings.replicated import Replicated
from components.settings.section import Section, rule
from components.settings.shared import Shared
from components.settings.words import ServiceName
from components.settings.workload import LONGEST_SET


class Services(Section):
    """A topology, its own section, and the name that all others are made of."""

    topology: Literal["standalone", "replicated", "shared", "external"]
    service: ServiceName = "postgres"
    replicated: Replicated = Replicated()
    shared: Shared = Shared()
    external: External | None = None

    @field_validator("service")
    @classmethod
    def _room_for_its_pods(cls, name: str) -> str:
        if len(name) > LONGEST_SET:
            raise ValueError(
                f"allowed: at most {LONGEST_SET} characters; its StatefulSets' pods carry the name and a hash of "
                "10 in a label of 63"
            )
        return name

    @rule
    def _is_somewhere(self) -> None:
        if self.is_external and self.external is None:
            raise ValueError(
                "allowed: `external` beside `topology: external`, e.g. `external: {stack: databases-dev, tenant: "
                "NAME}`; found none"
            )

    @property
    def is_standalone(self) -> bool:
        return self.topology == "standalone"

    @property
    def is_replicated(self) -> bool:
        return self.topology == "replicated"

    @property
    def is_shared(self) -> bool:
        return self.topology == "shared"

    @property
    def is_external(self) -> bool:
        return self.topology == "external"

    @property
    def instances(self) -> int:
        """How many servers hold the same data."""
        if self.is_replicated:
            return self.replicated.members
        return self.shared.instances if self.is_shared else 1

    @property
    def services(self) -> tuple[str, ...]:
        """The names of all Services of this topology."""
        if self.is_external:
            return ()
        if self.is_shared:
            return (self.writes, self.reads, f"{self.service}-r")
        if not self.is_replicated:
            return (self.service, self.headless)
        members = (f"{self.service}-{number}" for number in range(self.replicated.members))
        return (self.service, self.headless, self.router, self.etcd, *members)

    @property
    def writes(self) -> str:
        """The Service of a shared Cluster that leads to its primary."""
        return f"{self.service}-rw"

    @property
    def reads(self) -> str:
        """The Service of a shared Cluster that leads to its standbys."""
        return f"{self.service}-ro"

    @property
    def scope(self) -> str:
        """The name of the replicated cluster, under which its state is kept in etcd."""
        return self.replicated.scope or f"{self.service}-ha"

    @property
    def router(self) -> str:
        """The Service of a replicated database that clients use."""
        return f"{self.service}-router"

    @property
    def etcd(self) -> str:
        """The StatefulSet of etcd, and its headless Service."""
        return f"{self.service}-etcd"

    @property
    def headless(self) -> str:
        """The headless Service that gives the pods their names."""
        return f"{self.service}-headless"
