"""A System becomes a Plan: every object that will be applied, and nothing registered yet."""

from dataclasses import dataclass, field
from typing import Any

from components import app, certificates, identity, namespace, secrets
from components.connection import Connection
from components.manifest import Manifest, Reference
from components.names import Scope
from components.postgres import database
from components.postgres.shared import tenancies
from components.settings.mistakes import Mistake, SettingsRefused
from components.settings.system import System


@dataclass(frozen=True)
class Part:
    """Objects that belong together: they become one component resource of type postgres-apps:index:`kind`."""

    kind: str
    name: str
    manifests: list[Manifest]


@dataclass(frozen=True)
class Plan:
    """All of a stack. `connections` by role, of `tenants` by name and role; `notes` are sentences that a reader of the
    plan must see."""

    parts: list[Part]
    connections: dict[str, Connection]
    notes: list[str]
    topology: str
    tenants: dict[str, dict[str, Connection]] = field(default_factory=dict)

    @property
    def outputs(self) -> dict[str, Any]:
        """Where everything is: names and addresses, never a secret's value."""
        app = self.connections["app"]
        return {
            "namespace": self.parts[0].name,
            "database": {"host": app.host, "port": app.port, "name": app.database, "topology": self.topology},
            "credentials": {role: connection.secret for role, connection in self.connections.items()},
            "apps": {
                part.name: f"http://{part.name}.{self.parts[0].name}.svc" for part in self.parts if part.kind == "App"
            },
            "tenants": {
                part.name: {"namespace": _namespace(part), **_told(self.tenants[part.name])}
                for part in self.parts
                if part.kind == "Tenant"
            },
        }

    @property
    def manifests(self) -> list[Manifest]:
        return [manifest for part in self.parts for manifest in part.manifests]


def _namespace(tenant: Part) -> str | None:
    """Where its app runs, and reads its Secrets."""
    return next(manifest.namespace for manifest in tenant.manifests if manifest.outside)


def _told(connections: dict[str, Connection]) -> dict[str, Any]:
    owner = connections["owner"]
    secrets = {role: connection.secret for role, connection in connections.items()}
    return {"host": owner.host, "port": owner.port, "name": owner.database, "credentials": secrets}


def compose(system: System) -> Plan:
    """The plan of a stack, the same for the same settings. Raises SettingsRefused when two objects share a name,
    or two certificates, or where a Secret is named as somebody else's that is not."""
    scope = Scope.of(system)
    pulls = [secrets.pull_secret(scope, name, pull) for name, pull in system.pull_secrets.items()]
    base = Part("Namespace", system.namespace.name, [*namespace.render(scope, system), *pulls])
    published = database.render(scope, system.database, system.tenants)
    parts = [base, Part("Postgres", system.database.service, published.manifests)]
    notes: list[str] = []
    for name, settings in system.apps.items():
        objects = app.render(
            scope,
            name,
            settings,
            published,
            psql_image=system.database.image,
            pull_secrets=[pull.name for pull in pulls],
        )
        parts.append(Part("App", name, objects))
        notes += app.notes(name, settings)
    common, tenants = tenancies.render(scope, system.cluster, system.database, system.tenants, published)
    parts += [Part("Tenants", system.database.service, common)] if common else []
    parts += [Part("Tenant", one.name, one.manifests) for one in tenants]
    base.manifests.extend(namespace.adopted(scope, [tenant.namespace for tenant in system.tenants.values()]))
    # Made after the parts, whose claims it records; next to the namespace, because all else waits for it.
    everything = [manifest for part in parts for manifest in part.manifests]
    base.manifests.insert(1, identity.record(scope, system.database, everything, system.tenants))
    _refuse_clashes(parts)
    by_tenant = {one.name: one.connections for one in tenants}
    plan = Plan(parts, published.connections, notes, system.database.topology, by_tenant)
    certificates.refuse_contradictions(plan.manifests)
    secrets.refuse_own(plan.manifests)
    return plan


def _refuse_clashes(parts: list[Part]) -> None:
    """Names are derived (`<app>-migration`, `<app>-config`): two that were chosen apart may still meet."""
    owners: dict[Reference, list[str]] = {}
    for part in parts:
        for manifest in part.manifests:
            owners.setdefault(manifest.reference, []).append(f"{part.kind} {part.name}")
    clashes = [
        Mistake(
            "the plan",
            f"{kind}/{name}",
            f"one object, made by {' and by '.join(found)}",
            "an object of one part only",
            "rename one of the two",
        )
        for (kind, name), found in owners.items()
        if len(found) > 1
    ]
    if clashes:
        raise SettingsRefused(clashes)
