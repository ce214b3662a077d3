"""The database section: PostgreSQL, whatever its topology."""

from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from components.images import image_parts, known_user
from components.settings.external import External, filled
from components.settings.parameters import (
    DECIDED_BY_PATRONI,
    Parameters,
    check_shared_buffers,
)
from components.settings.passwords import Passwords
from components.settings.quantity import amount, mebibytes
from components.settings.replicated import REPLICATION, REWIND, VOLUMES, Replicated
from components.settings.shared import Shared
from components.settings.words import Identifier, Image, Labels, Section, ServiceName
from components.settings.workload import Claim, Resources

OLDEST, NEWEST = 14, 18
"""The major versions that postgresql.org supports in November 2026 are 14 (its last month) to 18."""

LONGEST_SERVICE = 52
"""A longer StatefulSet gets no pods: controller-revision-hash is a label (kubernetes/kubernetes#64023)."""

LONGEST_VOLUME = 63
"""A volume's name is a DNS label (kubernetes.io/docs, «Object Names and IDs»)."""

SMALLEST_MEMORY = 256
"""MiB of memory below which pgtune's rules are «not optimal» (facts: tuning rules) and PostgreSQL is cramped."""


class Roles(Section):
    """Rule 2: nobody's superuser, an owner for migrations, an app role for DML, a reader, and who reads statistics."""

    superuser: Identifier = "postgres"
    owner: Identifier
    app: Identifier
    reader: Identifier
    monitor: Identifier = "postgres_exporter"

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        names = [self.superuser, self.owner, self.app, self.reader, self.monitor]
        if len(set(names)) != len(names):
            raise ValueError("allowed: five different names; an app that is owner or superuser can drop its tables")
        return self


class Database(Section):
    """One PostgreSQL and the database in it."""

    topology: Literal["standalone", "replicated", "shared", "external"]
    version: int = Field(ge=OLDEST, le=NEWEST)
    image: Image
    user: int | None = Field(default=None, ge=1)
    name: Identifier
    service: ServiceName = "postgres"
    roles: Roles
    passwords: Passwords = Passwords()
    storage: Claim
    resources: Resources
    max_connections: int = Field(default=100, ge=10, le=2000)
    parameters: Parameters = {}
    crash_recovery_seconds: int = Field(default=3600, ge=60, le=86400)
    shutdown_seconds: int = Field(default=120, ge=30, le=3600)
    node_selector: Labels = {}
    replicated: Replicated = Replicated()
    shared: Shared = Shared()
    external: External | None = None

    @model_validator(mode="before")
    @classmethod
    def _elsewhere(cls, section: Any) -> Any:
        return filled(section)

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if self.is_external and self.external is None:
            raise ValueError(
                "allowed: `external` beside `topology: external`, e.g. `external: {stack: databases-dev, tenant: "
                "NAME}`; found none"
            )
        return self

    @field_validator("service")
    @classmethod
    def _room_for_its_pods(cls, name: str) -> str:
        if len(name) > LONGEST_SERVICE:
            raise ValueError(
                f"allowed: at most {LONGEST_SERVICE} characters; its StatefulSets' pods carry the name and a hash of "
                "10 in a label of 63"
            )
        return name

    @field_validator("resources")
    @classmethod
    def _enough_memory(cls, resources: Resources) -> Resources:
        if mebibytes(resources.limits.memory) < SMALLEST_MEMORY:
            raise ValueError(f"allowed: a memory limit of at least {SMALLEST_MEMORY}Mi for PostgreSQL")
        return resources

    @field_validator("storage")
    @classmethod
    def _enough_storage(cls, storage: Claim) -> Claim:
        if mebibytes(storage.size) < 1024:
            raise ValueError(
                "allowed: at least 1Gi; an empty cluster and its WAL take about 100Mi before the first row"
            )
        if storage.shareable:
            raise ValueError("allowed: ReadWriteOnce or ReadWriteOncePod; two servers on one data directory destroy it")
        return storage

    @model_validator(mode="after")
    def _patroni_fits(self) -> Self:
        if not self.is_replicated:
            return self
        longest = LONGEST_SERVICE - len("-etcd")
        if len(self.service) > longest:
            raise ValueError(
                f"allowed: a `service` of at most {longest} characters; `{self.etcd}` is a StatefulSet too"
            )
        if decided := sorted(set(self.parameters) & DECIDED_BY_PATRONI):
            raise ValueError(f"allowed: parameters that Patroni does not decide; found {', '.join(decided)}")
        if taken := {REPLICATION, REWIND} & set(self.roles.model_dump().values()):
            raise ValueError(f"allowed: roles that are not the members' own; found {', '.join(sorted(taken))}")
        claim = self.storage.claim
        if claim in VOLUMES or "." in claim or len(claim) > LONGEST_VOLUME:
            raise ValueError(
                f"allowed: a `storage.claim` that can name a volume in the members' pods, at most {LONGEST_VOLUME} "
                f"characters without dots, none of {', '.join(sorted(VOLUMES))}; found {claim}"
            )
        return self

    @model_validator(mode="after")
    def _operator_fits(self) -> Self:
        if self.is_shared:
            self.shared.check(self.service, self.roles.model_dump(), self.parameters)
        return self

    @model_validator(mode="after")
    def _shared_buffers_fit(self) -> Self:
        check_shared_buffers(self.parameters, int(amount(self.resources.limits.memory)))
        return self

    @model_validator(mode="after")
    def _image_fits(self) -> Self:
        if self.user is None and known_user(self.image) is None:
            raise ValueError(
                f"allowed: `user`, the numeric user of {self.image}; only the official postgres image's is known here"
            )
        repository, tag, _ = image_parts(self.image)
        if "postgres" not in repository:
            return self  # whose version its tag tells, nobody knows
        major = tag.split("-")[0].split(".")[0]
        if major.isdigit() and int(major) != self.version:
            raise ValueError(f"allowed: an image of the version stated; the tag says {major}, `version` {self.version}")
        return self

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
    def login_roles(self) -> tuple[str, ...]:
        """The fields of `roles` that the bootstrap makes."""
        watched = self.is_replicated and self.replicated.exporter is not None
        return ("owner", "app", "reader", "monitor") if watched else ("owner", "app", "reader")

    @property
    def images(self) -> dict[str, str]:
        """Setting → image, of all that this database runs; `image` is the server's or, where replicated, psql's."""
        if self.is_shared:
            return {"image": self.image} | {f"shared.{of}": one for of, one in self.shared.images(self.version).items()}
        of_topology = self.replicated.images(self.version) if self.is_replicated else {}
        return {"image": self.image} | {f"replicated.{where}": image for where, image in of_topology.items()}

    @property
    def run_as(self) -> int:
        """The numeric user of the image."""
        return self.user or known_user(self.image) or 0

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
