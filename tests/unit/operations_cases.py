"""Replicated databases in the states that were recorded, and changes to them."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from operations import reading
from operations.findings import Finding, findings
from operations.state import Cluster, EtcdMember, Member, Pod

MEMBERS = ("pg-0", "pg-1", "pg-2")
ETCD = ("pg-etcd-0", "pg-etcd-1", "pg-etcd-2")
_LOOKS = Path(__file__).with_name("looks")


def looks(name: str) -> dict[str, Any]:
    """What the members saw, as recorded."""
    return json.loads((_LOOKS / f"{name}.json").read_text())


def up(name: str) -> Pod:
    """A pod without trouble."""
    return Pod(name, ready=True, running=True)


def crashing(name: str, said: str = "") -> Pod:
    """A pod whose container ends again and again."""
    return Pod(name, ready=False, running=False, restarts=7, trouble="CrashLoopBackOff: back-off 5m0s", said=said)


def read(seen: Mapping[str, Any], pods: Mapping[str, Pod] | None = None, **given: Any) -> Cluster:
    """A Cluster of what the members saw; all pods are up but those in `pods`."""
    known = {name: up(name) for name in (*MEMBERS, *ETCD)} | dict(pods or {})
    routers = [up("pg-router-a"), up("pg-router-b")]
    return reading.cluster(
        **{
            "stack": "shop",
            "scope": "pg-ha",
            "members": MEMBERS,
            "etcd": ETCD,
            "routers": 2,
            "router_pods": routers,
            "pods": known,
            "looks": seen,
            **given,
        }
    )


def recorded(name: str) -> Cluster:
    """One of the recorded states."""
    return read(looks(name))


def changed(cluster: Cluster, name: str, **fields: Any) -> Cluster:
    """The cluster with one member changed, of the database or of etcd."""

    def one(member: Any) -> Any:
        return replace(member, **fields) if member.name == name else member

    members: tuple[Member, ...] = tuple(map(one, cluster.members))
    etcd: tuple[EtcdMember, ...] = tuple(map(one, cluster.etcd))
    return replace(cluster, members=members, etcd=etcd)


def wrong(cluster: Cluster) -> list[Finding]:
    """What is wrong with it."""
    return [finding for finding in findings(cluster) if finding.wrong]
