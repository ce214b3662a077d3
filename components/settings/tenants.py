"""What the tenants of one Cluster may not take from each other, from its own database, or from its operator."""

from collections.abc import Mapping

from components.settings.database import Database
from components.settings.extensions import refuse_lacking
from components.settings.shared import OPERATORS_ROLES
from components.settings.tenant import Tenant, database_of, pooler_of, roles_of
from components.settings.words import identifier


def refuse_contradictions(tenants: Mapping[str, Tenant], database: Database, namespace: str) -> None:
    """Raise ValueError with the first of what can't be: `tenants` by name, in a stack of `namespace`."""
    if not tenants:
        return
    if not database.is_shared:
        raise ValueError(
            f"allowed: tenants where `database.topology` is `shared`; found {database.topology}, whose database is for "
            "the apps of this stack"
        )
    if inside := [name for name, tenant in tenants.items() if tenant.namespace == namespace]:
        raise ValueError(
            f"allowed: tenants of other namespaces than {namespace}; found {', '.join(inside)}, which belong under "
            "`apps`, with the stack's own database"
        )
    for name, tenant in tenants.items():
        _refuse_name(name, tenant)
        refuse_lacking(
            tenant.extensions, database.shared.extensions_there, database.shared.server_image(database.version)
        )
    _refuse_shared(
        "a database", {f"tenants.{name}": [database_of(name, t)] for name, t in tenants.items()}, database.name
    )
    own = [getattr(database.roles, role) for role in ("superuser", "owner", "app", "reader")]
    _refuse_shared(
        "roles",
        {f"tenants.{name}": list(roles_of(name, t).values()) for name, t in tenants.items()},
        *own,
        *OPERATORS_ROLES,
    )
    services = {*database.services, database.service}
    if taken := [pooler_of(name) for name, t in tenants.items() if t.pooler and pooler_of(name) in services]:
        raise ValueError(f"allowed: poolers not named like the Cluster or a Service of it; found {', '.join(taken)}")


def _refuse_name(name: str, tenant: Tenant) -> None:
    try:
        identifier(database_of(name, tenant))
    except ValueError as error:
        raise ValueError(f"tenants.{name}: {error}; set `database` to another name") from None


def _refuse_shared(what: str, wanted: Mapping[str, list[str]], *taken: str) -> None:
    owners: dict[str, list[str]] = {name: ["the Cluster itself"] for name in taken}
    for where, names in wanted.items():
        for name in names:
            owners.setdefault(name, []).append(where)
    twice = {name: found for name, found in owners.items() if len(found) > 1}
    if twice:
        text = "; ".join(f"{name}: {' and '.join(found)}" for name, found in sorted(twice.items()))
        raise ValueError(f"allowed: {what} for each tenant alone; found shared: {text}")
