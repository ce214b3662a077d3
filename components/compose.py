"""A System becomes a Plan: every object that will be applied, and nothing registered yet."""

from dataclasses import dataclass, field
from typing import Any

from components import app, certificates, identity, namespace, secrets
from components.clashes import refuse_clashes
from components.connection import Connection
from components.manifest import Manifest
from components.names import Scope
from components.postgres import backups, database, external, retirement
from components.postgres.database import Published
from components.postgres.external import Provider
from components.postgres.shared import operator, tenancies
from components.settings.system import System

OPERATOR = "Operator"


@dataclass(frozen=True)
class Part:
    """Objects that belong together: they become one component resource of type postgres-apps:index:`kind`."""

    kind: str
    name: str
    manifests: list[Manifest]


@dataclass(frozen=True)
class Consumed:
    """A tenant of another stack, and what that stack's outputs say of it once it is as its file has it."""

    stack: str
    tenant: str
    told: dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """All of a stack. `connections` by role, of `tenants` by name and role; `notes` are sentences that a reader of the
    plan must see. `context` is what others have made, `consumed` what the outputs of one of them must say."""

    parts: list[Part]
    connections: dict[str, Connection]
    notes: list[str]
    topology: str
    tenants: dict[str, dict[str, Connection]] = field(default_factory=dict)
    context: list[Manifest] = field(default_factory=list)
    consumed: Consumed | None = None

    @property
    def outputs(self) -> dict[str, Any]:
        """Where everything is: names and addresses, never a secret's value."""
        app = self.connections["app"]
        found: dict[str, Any] = {
            "namespace": self.parts[0].name,
            "database": {"host": app.host, "port": app.port, "name": app.database, "topology": self.topology},
            "credentials": {role: connection.secret for role, connection in self.connections.items()},
            "apps": {
                part.name: f"http://{part.name}.{self.parts[0].name}.svc" for part in self.parts if part.kind == "App"
            },
        }
        if self.topology == "shared":
            found["tenants"] = {
                part.name: {"namespace": _namespace(part), **_told(self.tenants[part.name])}
                for part in self.parts
                if part.kind == "Tenant"
            }
        return found

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


def compose(system: System, provider: System | None = None) -> Plan:
    """The plan of a stack, the same for the same settings; `provider` are those of the stack whose database it
    consumes. Raises SettingsRefused when two objects share a name, or two certificates, or where a Secret is named as
    somebody else's that is not."""
    scope = Scope.of(system)
    pulls = [secrets.pull_secret(scope, name, pull) for name, pull in system.pull_secrets.items()]
    base = Part("Namespace", system.namespace.name, [*namespace.render(scope, system), *pulls])
    theirs = compose(provider) if provider is not None else None
    published = _published(scope, system, theirs)
    notes = _context_notes(system, provider) + backups.notes(system.database)
    notes += tenancies.notes(system.database, system.tenants)
    installed = operator.render(system.database.shared) if system.database.is_shared else []
    parts = [base, *([Part(OPERATOR, installed[0].name, installed)] if installed else [])]
    parts.append(Part("Postgres", system.database.service, published.manifests))
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
    parts += _retired(scope, system, published, parts)
    common, tenants = tenancies.render(scope, system.cluster, system.database, system.tenants, published)
    parts += [Part("Tenants", system.database.service, common)] if common else []
    parts += [Part("Tenant", one.name, one.manifests) for one in tenants]
    base.manifests.extend(namespace.adopted(scope, [tenant.namespace for tenant in system.tenants.values()]))
    # Made after the parts, whose claims it records; next to the namespace, because all else waits for it.
    everything = [manifest for part in parts for manifest in part.manifests]
    base.manifests.insert(1, identity.record(scope, system.database, everything, system.tenants))
    made = ((f"{part.kind} {part.name}", manifest) for part in parts for manifest in part.manifests)
    refuse_clashes(made, published.context)
    by_tenant = {one.name: one.connections for one in tenants}
    consumed = _consumed(system, theirs)
    plan = Plan(parts, published.connections, notes, system.database.topology, by_tenant, published.context, consumed)
    certificates.refuse_contradictions(plan.manifests)
    secrets.refuse_own(plan.manifests)
    return plan


def _retired(scope: Scope, system: System, published: Published, parts: list[Part]) -> list[Part]:
    """The logins that rotated passwords have left behind; nothing where none was rotated."""
    deployed = [made.reference for part in parts for made in part.manifests if made.kind == "Deployment"]
    drain = max((app.drain_seconds(settings) for settings in system.apps.values()), default=0)
    found = retirement.render(scope, system.database, published, drain, deployed)
    return [Part("Rotation", system.database.service, found)] if found else []


def _published(scope: Scope, system: System, theirs: Plan | None) -> Published:
    if not system.database.is_external:
        return database.render(scope, system.database, system.tenants)
    provider = Provider(theirs.parts[0].name, theirs.tenants, theirs.manifests) if theirs else None
    return external.render(scope, system.database, provider)


def _context_notes(system: System, provider: System | None) -> list[str]:
    if provider is None or provider.cluster.context == system.cluster.context:
        return []
    return [
        f"the database is in the cluster of the context {provider.cluster.context}, and this stack in that of "
        f"{system.cluster.context}: both must lead to one cluster, or no pod finds it"
    ]


def _consumed(system: System, theirs: Plan | None) -> Consumed | None:
    named = system.database.external
    if theirs is None or named is None or not named.verify:
        return None
    stack, tenant = str(named.stack), str(named.tenant)
    return Consumed(stack, tenant, theirs.outputs["tenants"][tenant])
