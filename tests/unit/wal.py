"""WAL archiving under test: its sections, and plans with them."""

from typing import Any

import plans

from components.compose import Plan
from tests.examples import S3

MOMENT = "2026-11-20T14:05:00+09:00"
"""In the past, and 05:05 in UTC."""


def patch(recovery: dict[str, Any] | None = None, topology: str = "standalone", **wal: Any) -> dict[str, Any]:
    """A merge patch on dev that archives WAL, and recovers where `recovery` is given."""
    database: dict[str, Any] = {"topology": topology, "backup": {"wal": {"s3": S3, **wal}}}
    return {"database": database | ({"recovery": recovery} if recovery else {})}


def plan(recovery: dict[str, Any] | None = None, topology: str = "standalone", **wal: Any) -> Plan:
    """The plan of dev with it."""
    return plans.plan("dev", patch(recovery, topology, **wal))


def variables(made: Plan, container: dict[str, Any]) -> dict[str, Any]:
    """Variable → value of a container, None where a Secret has it; later ones count, as for the kubelet."""
    named = [source["configMapRef"]["name"] for source in container.get("envFrom", []) if "configMapRef" in source]
    found: dict[str, Any] = {}
    for name in named:
        found |= plans.one(made, "ConfigMap", name).body["data"]
    return found | {entry["name"]: entry.get("value") for entry in container.get("env", [])}
