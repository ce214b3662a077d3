"""Parts of the plan of a shared Cluster, for the tests that look at them one by one."""

from typing import Any

import plans
from refused import refusal

from components.compose import Plan
from components.manifest import Manifest
from components.settings.mistakes import Mistake

STACK, SERVICE, NAMESPACE = "databases-dev", "postgresql-shared", "databases"
ZONE = f"{NAMESPACE}.svc.cluster.local"
"""What the full names of the Services of the stack's namespace end with."""


def patch(tenants: dict[str, Any] | None = None, database: dict[str, Any] | None = None, **fields: Any) -> dict:
    """Settings with `fields` in the `shared` section, and exactly these `tenants` where some are given."""
    only = {} if tenants is None else {"tenants": {"docspell": None, **tenants}}
    return {"database": {**(database or {}), "shared": fields}, **only}


def plan(tenants: dict[str, Any] | None = None, database: dict[str, Any] | None = None, **fields: Any) -> Plan:
    """The plan of these settings."""
    return plans.plan(STACK, patch(tenants, database, **fields))


def cluster(where: Plan | None = None, **fields: Any) -> dict[str, Any]:
    """The `spec` of the Cluster."""
    return plans.one(where or plan(**fields), "Cluster", SERVICE).body["spec"]


def mistake(given: dict[str, Any]) -> Mistake:
    """The one mistake in these settings."""
    (only,) = refusal(given, STACK).mistakes
    return only


def least(namespace: str = "shop", **fields: Any) -> dict[str, Any]:
    """A tenant of three lines, and `fields`."""
    return {"namespace": namespace, "connection": {"presets": ["libpq"]}, **fields}


def references(where: Plan) -> dict[tuple[str, str], Manifest]:
    """Every object by its reference."""
    return {manifest.reference: manifest for manifest in where.manifests}


def waits_for(where: Plan, start: tuple[str, str]) -> set[tuple[str, str]]:
    """All that this object waits for, directly or not."""
    by_reference, found, rest = references(where), set(), [start]
    while rest:
        for need in by_reference[rest.pop()].after:
            if need not in found:
                found.add(need)
                rest.append(need)
    return found
