"""The `shared` section: a CloudNativePG Cluster, and what its operator is. Every setting has a default."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import Field

from components.settings.backup import Backup, Recovery, check_recovery
from components.settings.extensions import OF_OPERAND
from components.settings.network import AllowTo, Peer
from components.settings.parameters import DECIDED_BY_OPERATOR
from components.settings.section import Section, rule
from components.settings.words import Image, Labels

OPERAND = {
    14: "ghcr.io/cloudnative-pg/postgresql:14.20-system-trixie",
    15: "ghcr.io/cloudnative-pg/postgresql:15.15-system-trixie",
    16: "ghcr.io/cloudnative-pg/postgresql:16.11-system-trixie",
    17: "ghcr.io/cloudnative-pg/postgresql:17.7-system-trixie",
    18: "ghcr.io/cloudnative-pg/postgresql:18.1-system-trixie",
}
"""PostgreSQL's major version → the operator's image of it, of one date: 18.1 is what operator 1.28 takes by itself."""

SUPERUSER = "postgres"
"""The operator knows no other (its docs, «PostgreSQL Role management»)."""

STREAMING = "streaming_replica"
"""As whom standbys stream, and pg_rewind reads from the database `postgres` (the operator's pkg/postgres)."""

EXPORTER = "cnpg_metrics_exporter"
"""As whom metrics are read, from operator 1.28.3 on (its release notes)."""

OPERATORS_ROLES = frozenset({SUPERUSER, STREAMING, EXPORTER, "cnpg_pooler_pgbouncer"})
"""Roles that the operator makes for itself (the same page)."""

LONGEST_CLUSTER = 50
"""Characters of a Cluster's name (the operator's webhook, validateName)."""


class Shared(Section):
    """How many instances there are, how they fail over, and which operator looks after them. Times in seconds.

    `install`: the file of the operator's release, below the project's folder, for a stack that brings the operator.
    """

    operator: Literal["1.28", "1.30"] = "1.30"
    install: Annotated[str, Field(min_length=1)] | None = None
    operator_pods: Peer = Peer(namespace="cnpg-system", pods={"app.kubernetes.io/name": "cloudnative-pg"})
    # Instances speak to the API server; a NetworkPolicy can't name it, and its address is each cluster's own.
    api_server: AllowTo = AllowTo(cidr="0.0.0.0/0", ports=[443, 6443])
    image: Image | None = None
    extensions: list[str] | None = None
    pooler_image: Image | None = None
    instances: int = Field(default=1, ge=1, le=9)
    synchronous: Literal["on", "strict", "off"] = "on"
    spread: Literal["required", "preferred"] = "preferred"
    node_selector: Labels = {}
    # The operator waits 180 s: meanwhile a kept connection writes on, new ones are refused, and nobody is promoted.
    smart_shutdown: int = Field(default=0, ge=0, le=180)
    backup: Backup | None = None
    recovery: Recovery | None = None

    @rule
    def _somebody_to_wait_for(self) -> None:
        if self.synchronous == "strict" and self.instances < 3:
            raise ValueError(
                "allowed: `strict` with 3 instances or more; with 2, the loss of the standby stops every write until "
                "it is back"
            )

    def server_image(self, version: int) -> str:
        """The image of the instances; `version` is PostgreSQL's major one."""
        return self.image or OPERAND[version]

    def images(self, version: int) -> dict[str, str]:
        """Setting → image, of all that is named here, the operator's own choices but the instances' left out."""
        pooler = {"poolerImage": self.pooler_image} if self.pooler_image else {}
        return {"image": self.server_image(version), **pooler}

    @property
    def has_standbys(self) -> bool:
        return self.instances > 1

    @property
    def extensions_there(self) -> frozenset[str] | None:
        """What `CREATE EXTENSION` finds in the image; None where nobody said."""
        if self.extensions is not None:
            return frozenset(self.extensions)
        return OF_OPERAND if self.image is None else None

    def check(self, service: str, roles: Mapping[str, str], parameters: Iterable[str]) -> None:
        """Raise ValueError for what the operator would refuse, or what could not work, of a Cluster named `service`."""
        if len(service) > LONGEST_CLUSTER:
            raise ValueError(f"allowed: a `service` of at most {LONGEST_CLUSTER} characters; it names the Cluster")
        if roles["superuser"] != SUPERUSER:
            raise ValueError(f"allowed: `{SUPERUSER}` as `roles.superuser`; the operator makes no other one")
        others = {name for role, name in roles.items() if role != "superuser"}
        if taken := sorted(OPERATORS_ROLES & others):
            raise ValueError(f"allowed: roles that are not the operator's own; found {', '.join(taken)}")
        if decided := sorted(DECIDED_BY_OPERATOR & set(parameters)):
            raise ValueError(f"allowed: parameters that the operator does not decide; found {', '.join(decided)}")
        check_recovery(service, self.backup, self.recovery)
