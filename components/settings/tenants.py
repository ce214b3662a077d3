"""What the tenants of one Cluster may not take from each other, from its own database, or from its operator."""

from collections.abc import Collection, Mapping
from functools import partial

from components.settings.database import Database
from components.settings.extensions import refuse_lacking
from components.settings.mistakes import Misplaced, ask_all
from components.settings.shared import OPERATORS_ROLES
from components.settings.tenant import (
    Tenant,
    connections_of,
    database_of,
    pooler_of,
    roles_of,
    with_room_for_roles,
)
from components.settings.words import identifier

LONGEST = 63
"""Characters of a label, and of a Service's name (kubernetes.io/docs, «Labels and Selectors»)."""


def refuse_contradictions(
    tenants: Mapping[str, Tenant], database: Database, namespace: str, apps: Collection[str]
) -> None:
    """Raise ValueError with all that can't be: `tenants` by name, in a stack of `namespace` with `apps`."""
    if not tenants:
        return
    if not database.is_shared:
        raise Misplaced(
            f"allowed: tenants where `database.topology` is `shared`; found {database.topology}, whose database is for "
            "the apps of this stack",
            "tenants",
        )
    services = {*database.services, database.service}
    each = [
        check
        for name, tenant in tenants.items()
        for check in (
            partial(_refuse_place, name, tenant, namespace),
            partial(_refuse_name, name, tenant, database.service),
            partial(_refuse_extensions, name, tenant, database),
            partial(_refuse_connections, name, tenant, database.max_connections),
            partial(_refuse_pooler, name, tenant, services, apps),
        )
    ]
    ask_all([*each, partial(_refuse_taken, tenants, database)])


def _refuse_taken(tenants: Mapping[str, Tenant], database: Database) -> None:
    databases = {name: [database_of(name, tenant)] for name, tenant in tenants.items()}
    _refuse_shared("a database", databases, database.name)
    # Of two with one database it would be the same said twice.
    roles = {name: list(roles_of(name, tenant).values()) for name, tenant in tenants.items()}
    own = [getattr(database.roles, role) for role in ("superuser", "owner", "app", "reader")]
    _refuse_shared("roles", roles, *own, *OPERATORS_ROLES)


def _refuse_place(name: str, tenant: Tenant, namespace: str) -> None:
    where = ("tenants", name, "namespace")
    if tenant.namespace == namespace:
        raise Misplaced(
            f"allowed: another namespace than the stack's own; found {namespace}, whose apps belong under `apps`, "
            "with the stack's own database",
            *where,
        )
    if tenant.namespace.startswith("kube-"):
        raise Misplaced(
            f"allowed: a namespace of an app; found {tenant.namespace}, and `kube-` begins those of Kubernetes itself",
            *where,
        )


def _refuse_pooler(name: str, tenant: Tenant, services: Collection[str], apps: Collection[str]) -> None:
    pooler = pooler_of(name)
    if tenant.pooler is None:
        return
    if len(pooler) > LONGEST:
        raise Misplaced(
            f"allowed: at most {LONGEST} characters for `{pooler_of('<tenant>')}`, which is a Service; found "
            f"{len(pooler)}",
            *("tenants", name, "pooler"),
        )
    if pooler in {*services, *apps}:
        whose = "an app" if pooler in apps else "the Cluster, or a Service of it"
        raise Misplaced(
            f"allowed: a pooler named like nothing else; found {pooler}, which is {whose} too",
            *("tenants", name, "pooler"),
        )


def _refuse_name(name: str, tenant: Tenant, service: str) -> None:
    room = LONGEST - len(service) - 1
    if len(name) > room:
        raise Misplaced(
            f"allowed: at most {room} characters, because the pods of its Job carry `{service}-<tenant>` in a label of "
            f"{LONGEST}; found {len(name)}",
            *("tenants", name),
        )
    try:
        with_room_for_roles(identifier(database_of(name, tenant)))
    except ValueError as error:
        text = f"{error}; found {database_of(name, tenant)}; set `database` to another name"
        raise Misplaced(text, "tenants", name) from None


def _refuse_extensions(name: str, tenant: Tenant, database: Database) -> None:
    image = database.shared.server_image(database.version)
    try:
        refuse_lacking(tenant.extensions, database.shared.extensions_there, image)
    except ValueError as error:
        raise Misplaced(str(error), "tenants", name, "extensions") from None


def _refuse_connections(name: str, tenant: Tenant, most: int) -> None:
    if connections_of(tenant) > most:
        raise Misplaced(
            f"allowed: at most database.maxConnections, {most}; found {connections_of(tenant)}",
            *("tenants", name, "connections"),
        )


def _refuse_shared(what: str, wanted: Mapping[str, list[str]], *taken: str) -> None:
    owners: dict[str, list[str]] = {name: ["the Cluster itself"] for name in taken}
    for tenant, names in wanted.items():
        for name in names:
            owners.setdefault(name, []).append(tenant)
    twice = {name: found for name, found in owners.items() if len(found) > 1}
    if twice:
        text = "; ".join(f"{name}, of {' and '.join(found)}" for name, found in sorted(twice.items()))
        raise Misplaced(f"allowed: {what} for each tenant alone; found {text}; set `database` of one", "tenants")
