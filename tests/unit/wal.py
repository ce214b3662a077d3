"""WAL archiving under test: its sections, and plans with them."""

from typing import Any

import plans
from shared_backups import S3

from components.compose import Plan

MOMENT = "2026-11-20T14:05:00+09:00"
"""In the past, and 05:05 in UTC."""


def patch(recovery: dict[str, Any] | None = None, topology: str = "standalone", **wal: Any) -> dict[str, Any]:
    """A merge patch on dev that archives WAL, and recovers where `recovery` is given."""
    archived = {"image": "postgres:15-bookworm", "backup": {"wal": {"s3": S3, **wal}}}
    database: dict[str, Any] = {"topology": topology, **archived}
    return {"database": database | ({"recovery": recovery} if recovery else {})}


def plan(recovery: dict[str, Any] | None = None, topology: str = "standalone", **wal: Any) -> Plan:
    """The plan of dev with it."""
    return plans.plan("dev", patch(recovery, topology, **wal))
