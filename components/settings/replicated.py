"""The `replicated` section: Patroni members on etcd behind HAProxy. Every setting has a default."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator

from components.images import image_parts
from components.settings.certificates import Certificates
from components.settings.parameters import DECIDED_BY_PATRONI
from components.settings.quantity import Size
from components.settings.section import Section, rule
from components.settings.words import Image, Labels, ObjectName, Path
from components.settings.workload import LONGEST_SET, Amounts, Resources

SPILO: dict[int, str] = {
    **dict.fromkeys(range(14, 18), "ghcr.io/zalando/spilo-17:4.0-p3"),
    18: "ghcr.io/zalando/spilo-18:4.1-p2",
}
"""PostgreSQL's major version → the Spilo that has its programs: 17 brings 13 to 17 (zalando/spilo, Dockerfile)."""

SPILO_USER, SPILO_GROUP = 101, 103
"""postgres in every Spilo image (zalando/postgres-operator, docs/reference/cluster_manifest.md: spilo_runasuser)."""

LEAST_TTL, LEAST_LOOP_WAIT, LEAST_RETRY_TIMEOUT = 20, 1, 3
"""Seconds; Patroni raises what is below them by itself (patroni.readthedocs.io, «Dynamic Configuration Settings»)."""

REPLICATION, REWIND = "replicator", "rewinder"
"""Roles of the members among themselves: streaming, and what pg_rewind reads."""

LONGEST_VOLUME = 63
"""A volume's name is a DNS label (kubernetes.io/docs, «Object Names and IDs»)."""

VOLUMES = frozenset(
    {"configuration", "scripts", "shared", "shared-memory", "socket", "tls", "tmp", "pgbackrest", "pgbackrest-files"}
)
"""Of a member's pod; a claim of such a name would be mounted where one of them belongs."""


def _resources(cpu: str, memory: str, most_cpu: str, most_memory: str) -> Resources:
    return Resources(requests=Amounts(cpu=cpu, memory=memory), limits=Amounts(cpu=most_cpu, memory=most_memory))


class Etcd(Section):
    """The consensus store: an odd number of members on claims of their own."""

    image: Image = "gcr.io/etcd-development/etcd:v3.6.7"
    members: int = 3
    storage: Size = "2Gi"
    # Measured idle on the embedded node: 43 MB a member.
    resources: Resources = _resources("50m", "128Mi", "500m", "256Mi")

    @field_validator("members")
    @classmethod
    def _odd(cls, members: int) -> int:
        if members not in {1, 3, 5}:
            raise ValueError(
                "allowed: 1, 3 or 5; a majority of 4 is 3, so of 4 only one may be lost, as of 3, and more than 5 make "
                "every write slower (etcd.io, «Frequently Asked Questions»)"
            )
        return members


class Router(Section):
    """HAProxy: writes go to the primary, reads to the standbys."""

    image: Image = "haproxy:3.3.1"
    replicas: int = Field(default=2, ge=1, le=10)
    resources: Resources = _resources("50m", "64Mi", "1", "256Mi")


class Exporter(Section):
    """postgres_exporter beside each member."""

    image: Image = "quay.io/prometheuscommunity/postgres-exporter:v0.18.1"
    resources: Resources = _resources("10m", "32Mi", "100m", "64Mi")


class Replicated(Section):
    """Members, how they agree on a primary, and what stands in front of them. Times in seconds."""

    scope: ObjectName | None = None
    image: Image | None = None
    user: int | None = Field(default=None, ge=1)
    group: int | None = Field(default=None, ge=1)
    data: Path = "/home/postgres/pgdata"
    programs: Path | None = None
    members: int = Field(default=3, ge=2, le=9)
    synchronous: Literal["on", "strict", "quorum", "off"] = "on"
    spread: Literal["required", "preferred"] = "preferred"
    ttl: int = Field(default=20, ge=LEAST_TTL, le=300)
    loop_wait: int = Field(default=5, ge=LEAST_LOOP_WAIT, le=60)
    retry_timeout: int = Field(default=5, ge=LEAST_RETRY_TIMEOUT, le=120)
    maximum_lag_on_failover: Size = "1Mi"
    etcd: Etcd = Etcd()
    router: Router = Router()
    # `false` turns it off: a null in a stack's file would give the default back.
    exporter: Annotated[Exporter | None, BeforeValidator(lambda given: None if given is False else given)] = Exporter()
    certificates: Certificates = Certificates()
    node_selector: Labels = {}

    @rule
    def _in_time(self) -> None:
        needed = self.loop_wait + 2 * self.retry_timeout
        if needed > self.ttl:
            raise ValueError(
                f"allowed: loopWait + 2 × retryTimeout up to ttl, or a healthy primary loses its lock in one retry; "
                f"found {self.loop_wait} + 2 × {self.retry_timeout} = {needed}, ttl {self.ttl} "
                "(patroni.readthedocs.io, «Dynamic Configuration Settings»)"
            )

    @rule
    def _user_known(self) -> None:
        if self.image is not None and not _is_spilo(self.image) and (self.user is None or self.group is None):
            raise ValueError(
                f"allowed: `user` and `group`, the numbers that {self.image} runs as; only Spilo's are known here"
            )

    @rule
    def _somebody_to_wait_for(self) -> None:
        if self.synchronous == "strict" and self.members < 3:
            raise ValueError(
                "allowed: `strict` with 3 members or more; with 2, the loss of the standby stops every write until it "
                "is back"
            )

    def check(self, service: str, roles: Mapping[str, str], parameters: Iterable[str], claim: str) -> None:
        """Raise ValueError for what could not work of members called `service`, each on a claim called `claim`."""
        longest = LONGEST_SET - len("-etcd")
        if len(service) > longest:
            raise ValueError(
                f"allowed: a `service` of at most {longest} characters; `{service}-etcd` is a StatefulSet too"
            )
        if decided := sorted(set(parameters) & DECIDED_BY_PATRONI):
            raise ValueError(f"allowed: parameters that Patroni does not decide; found {', '.join(decided)}")
        if taken := {REPLICATION, REWIND} & set(roles.values()):
            raise ValueError(f"allowed: roles that are not the members' own; found {', '.join(sorted(taken))}")
        if claim in VOLUMES or "." in claim or len(claim) > LONGEST_VOLUME:
            raise ValueError(
                f"allowed: a `storage.claim` that can name a volume in the members' pods, at most {LONGEST_VOLUME} "
                f"characters without dots, none of {', '.join(sorted(VOLUMES))}; found {claim}"
            )

    def images(self, version: int) -> dict[str, str]:
        """Setting → image, of all that this topology runs; `version` is PostgreSQL's major one."""
        found = {"image": self.server_image(version), "etcd.image": self.etcd.image, "router.image": self.router.image}
        return found | ({"exporter.image": self.exporter.image} if self.exporter else {})

    def server_image(self, version: int) -> str:
        """The image of the members."""
        return self.image or SPILO[version]

    @property
    def run_as(self) -> tuple[int, int]:
        """User and group of the members."""
        return self.user or SPILO_USER, self.group or SPILO_GROUP


def _is_spilo(image: str) -> bool:
    return image_parts(image)[0].rpartition("/")[2].startswith("spilo")
