"""The whole of one stack: a system in one environment."""

from typing import Annotated

from pydantic import Field, field_validator

from components.images import image_parts
from components.settings.app import App
from components.settings.database import Database
from components.settings.external import refuse_beside
from components.settings.prices import Prices
from components.settings.quantity import Quantity
from components.settings.section import Section, rule, rule_of
from components.settings.source import PullSecret
from components.settings.sources import Sources, refuse_unmatched
from components.settings.tenant import Tenant
from components.settings.tenants import refuse_contradictions
from components.settings.words import Label, LabelKey, Labels, ObjectName, ServiceName
from components.settings.workload import Resources


class Cluster(Section):
    """Which cluster: a context of the kubeconfig, always named (rule 9)."""

    context: str = Field(min_length=1)
    dns_namespace: Label = "kube-system"
    dns_pods: Labels = {"k8s-app": "kube-dns"}
    domain: ObjectName = "cluster.local"


class Namespace(Section):
    """The namespace, with its quota and defaults where the stack gives them."""

    name: Label
    quota: dict[LabelKey, Quantity] = {}
    container_defaults: Resources | None = None

    @rule
    def _own(self) -> None:
        if self.name == "default" or self.name.startswith("kube-"):
            raise ValueError("allowed: a namespace of the stack's own; `pulumi destroy` takes it away with all in it")


class Images(Section):
    """Whether every image must carry a digest (rule 11), and which may not, with the reason."""

    require_digest: bool = False
    without_digest: dict[str, str] = {}


LEAST_KEPT_ETCD = 3
"""Members of etcd, of which one may be lost."""

LONGEST_MIGRATED = 63 - len("-migration")

_OWN = {
    *("app.kubernetes.io/name", "app.kubernetes.io/component", "app.kubernetes.io/managed-by"),
    *("postgres-apps", "pod-security.kubernetes.io", "kubernetes.io"),
}
"""Labels, and domains of labels, that select pods or say what is enforced."""


class Waiver(Section):
    """One contract that one object may break, with the reason; it is told at every run, and refused once stale."""

    contract: Annotated[str, Field(pattern="^[A-Z][0-9]{2}$")]
    object: Annotated[str, Field(min_length=1)]
    reason: Annotated[str, Field(min_length=10)]


class System(Section):
    """What `pulumi up` makes so."""

    name: Label
    environment: Label
    keep: bool = False
    labels: Labels = {}
    cluster: Cluster
    namespace: Namespace
    images: Images = Images()
    sources: Sources = Sources()
    pull_secrets: dict[Label, PullSecret] = {}
    database: Database
    apps: dict[ServiceName, App] = {}
    tenants: dict[ServiceName, Tenant] = {}
    prices: Prices | None = None
    waivers: list[Waiver] = []

    @field_validator("labels")
    @classmethod
    def _own_labels(cls, labels: dict[str, str]) -> dict[str, str]:
        taken = [key for key in labels if key in _OWN or key.partition("/")[0] in _OWN]
        if taken:
            raise ValueError(f"allowed: labels of your own; found {', '.join(taken)}, by which this program finds pods")
        return labels

    @rule
    def _digests(self) -> None:
        if not self.images.require_digest:
            return
        used = {f"database.{where}": image for where, image in self.database.images.items()}
        used |= {f"apps.{name}": app.image for name, app in self.apps.items()}
        bare = [
            f"{image} ({where})"
            for where, image in used.items()
            if not image_parts(image)[2] and image_parts(image)[0] not in self.images.without_digest
        ]
        if bare:
            raise ValueError(
                f"allowed: images with @sha256:… behind the tag, or an entry in images.withoutDigest with the reason; "
                f"found {', '.join(bare)}"
            )

    @rule
    def _sources_match(self) -> None:
        refuse_unmatched(self.sources, self)

    @rule_of("database", "replicated", "etcd", "members")
    def _quorum_survives(self) -> None:
        etcd = self.database.replicated.etcd.members
        if self.keep and self.database.is_replicated and etcd < LEAST_KEPT_ETCD:
            raise ValueError(
                "allowed: 3 or 5 members of etcd where the stack keeps its data, for without the only one there is no "
                f"primary; found {etcd}"
            )

    @rule
    def _tenants_apart(self) -> None:
        refuse_contradictions(self.tenants, self.database, self.namespace.name, self.apps)

    @rule
    def _elsewhere_fits(self) -> None:
        if self.database.is_external and self.database.external:
            migrated = [name for name, app in self.apps.items() if app.migration]
            refuse_beside(self.database.external, self.namespace.name, migrated)

    @rule
    def _names_apart(self) -> None:
        if taken := [name for name in self.database.services if name in self.apps]:
            raise ValueError(f"allowed: apps not named like the database's Service `{taken[0]}`")

    @rule
    def _names_short(self) -> None:
        long = [name for name, app in self.apps.items() if app.migration and len(name) > LONGEST_MIGRATED]
        if long:
            raise ValueError(
                f"allowed: at most {LONGEST_MIGRATED} characters for an app with a migration, whose pods carry "
                f"`<app>-migration` in a label of 63; found {', '.join(long)}"
            )

    @rule
    def _claims_apart(self) -> None:
        claims = [] if self.database.is_external else [("database", self.database.storage.claim)]
        claims += [(app, v.claim) for app, settings in self.apps.items() for v in settings.volumes.values() if v.claim]
        owners: dict[str, set[str]] = {}
        for owner, claim in claims:
            owners.setdefault(claim, set()).add(owner)
        shared = {claim: names for claim, names in owners.items() if len(names) > 1}
        if shared:
            text = "; ".join(f"{claim}: {' and '.join(sorted(names))}" for claim, names in sorted(shared.items()))
            raise ValueError(f"allowed: a claim for each workload; found shared: {text}")
