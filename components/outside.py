"""What apps of other namespaces find there, as tables: nothing of this stack reads it."""

from collections.abc import Iterator

from components.compose import Part, Plan
from components.manifest import SECRET_MAKERS
from components.settings.system import System
from components.settings.tenant import Tenant
from components.table import table
from components.wiring import Wiring
from contracts.sources import Source
from contracts.violation import Ref


def outside(system: System, plan: Plan, wiring: Wiring, width: int | None = None) -> list[str]:
    """For each tenant the ConfigMaps and Secrets of its namespace, key by key, and where each leads to. No secret's
    value is in it: a plan has none."""
    lines: list[str] = []
    for part in plan.parts:
        if part.kind != "Tenant":
            continue
        tenant, owner = system.tenants[part.name], plan.tenants[part.name][system.tenants[part.name].role]
        lines.append(f"Tenant {part.name} · read in namespace {tenant.namespace}, as {owner.user}")
        head = ("VARIABLE", "FROM", "VALUE", "IS")
        lines += [*table([head, *_rows(part, tenant, plan, wiring)], width=width, cut=[2]), ""]
    return lines


def _rows(part: Part, tenant: Tenant, plan: Plan, wiring: Wiring) -> Iterator[tuple[str, ...]]:
    roles = {connection.secret: role for role, connection in plan.tenants[part.name].items()}
    for source in sorted(_sources(part, wiring), key=lambda source: source.ref.name in roles):
        where = f"{source.ref.kind} {source.ref.name}"
        if source.ref.name in roles:
            role = roles[source.ref.name]
            user = plan.tenants[part.name][role].user
            yield "", where, "secret", f"all that {role} {user} needs: {', '.join(sorted(source.keys))}"
            continue
        for key in sorted(source.keys):
            found = tenant.connection.fields.get(key)
            value = wiring.value(source.ref, key) if source.ref.kind == "ConfigMap" else "secret"
            yield key, where, str(value), f"connection.{found}" if found else ""


def _sources(part: Part, wiring: Wiring) -> Iterator[Source]:
    """The ConfigMaps and Secrets that the part makes outside, itself or by an operator."""
    for manifest in part.manifests:
        if manifest.outside and manifest.kind in {"ConfigMap", "Secret", *SECRET_MAKERS}:
            kind = "ConfigMap" if manifest.kind == "ConfigMap" else "Secret"
            if source := wiring.index.sources.of(Ref(kind, str(manifest.namespace), manifest.name)):
                yield source
