"""Parts of the plan of a replicated database, for the tests that look at them one by one."""

import json
from typing import Any

import plans
import yaml

from components.compose import Plan

STACK = "pg-ha"
ZONE = "pg-ha.svc.cluster.local"
"""What the Services of the stack's namespace end with."""


def plan(**fields: Any) -> Plan:
    """The plan of the stack with `fields` in its `replicated` section."""
    return plans.plan(STACK, {"database": {"replicated": fields}}) if fields else plans.every_plan()[STACK]


def workload(kind: str, name: str, where: Plan | None = None) -> dict[str, Any]:
    """The `spec` of one workload."""
    return plans.one(where or plan(), kind, name).body["spec"]


def pod(kind: str, name: str, where: Plan | None = None) -> dict[str, Any]:
    """The spec of its pods."""
    return workload(kind, name, where)["template"]["spec"]


def container(kind: str, name: str, where: Plan | None = None) -> dict[str, Any]:
    """The first container of its pods."""
    return pod(kind, name, where)["containers"][0]


def local(where: Plan | None = None) -> dict[str, Any]:
    """patroni.yml, what each member reads at its start."""
    return yaml.safe_load(plans.one(where or plan(), "ConfigMap", "pg-config").body["data"]["patroni.yml"])


def shared(where: Plan | None = None) -> dict[str, Any]:
    """dynamic.json, what all members share through etcd."""
    return json.loads(plans.one(where or plan(), "ConfigMap", "pg-shared").body["data"]["dynamic.json"])
