"""What NetworkPolicies let through, told plainly and without contracts/: the judge of what a broken policy cuts."""

import json
from collections.abc import Iterator
from typing import Any

from tests.contracts.mutation import operated
from tests.contracts.mutation.places import Body

PODS = ("Deployment", "StatefulSet", "Job", "CronJob")
"""Kinds that make pods."""


def template(body: Body) -> Body:
    """The template of a workload's pods."""
    spec = body["spec"]
    return (spec["jobTemplate"]["spec"] if body["kind"] == "CronJob" else spec)["template"]


_DNS = {"kind": "kube-dns", "labels": {"k8s-app": "kube-dns"}, "namespace": "kube-system"}


def let_through(objects: list[Body]) -> Iterator[tuple[str, ...]]:
    """(who, to whom, port, direction) of all that may pass, to the DNS and the world too."""
    ends = [
        {
            "kind": f"{body['kind']} {body['metadata']['name']}",
            "labels": template(body).get("metadata", {}).get("labels") or {},
            "namespace": body["metadata"].get("namespace"),
        }
        for body in objects
        if body["kind"] in PODS
    ] + operated.ends(objects)
    policies = [body for body in objects if body["kind"] == "NetworkPolicy"]
    further = {5432, 8000} if operated.ends(objects) else set()
    ports = [("UDP", 53), *(("TCP", port) for port in sorted(_container_ports(objects) | further))]
    for subject in ends:
        for direction in ("Ingress", "Egress"):
            rules = _rules(policies, subject, direction)
            for other in [*ends, _DNS, None]:
                for protocol, port in ports:
                    if rules is None or any(_lets(rule, direction, other, subject, protocol, port) for rule in rules):
                        yield subject["kind"], other["kind"] if other else "the world", f"{protocol}{port}", direction
            yield from _to_outside(rules, subject, direction)


def _to_outside(rules: list[Any] | None, subject: Any, direction: str) -> Iterator[tuple[str, ...]]:
    """What CloudNativePG's pods need of who is in no set: an operator of any other namespace, the API server by either
    of its ports."""
    ingress = direction == "Ingress"
    other, told, ports = ("an operator", "TCP8000", {8000}) if ingress else ("the world", "API", {443, 6443})
    fits = [rule for rule in rules or [] if ports & set(_tcp(rule)) or not rule.get("ports")]
    peers = [rule.get("from" if ingress else "to") or [{"ipBlock": {}}] for rule in fits]
    if rules is None or any(_is_outside(peer) for several in peers for peer in several):
        yield subject["kind"], other, told, direction


def _is_outside(peer: Any) -> bool:
    """Another namespace, an address, or the operator's own pods, wherever it runs."""
    labels = (peer.get("podSelector") or {}).get("matchLabels")
    beside = labels == {"app.kubernetes.io/name": "cloudnative-pg"}
    return beside or bool({"ipBlock", "namespaceSelector"} & set(peer))


def _tcp(rule: Any) -> Iterator[int]:
    """The ports of a rule; all of them for one that has a protocol only."""
    for entry in rule.get("ports") or []:
        if entry.get("protocol", "TCP") == "TCP":
            yield from (entry["port"],) if "port" in entry else (443, 6443, 8000)


def _container_ports(objects: list[Body]) -> set[int]:
    """Every port that a container of the set says it has."""
    pods = [template(body)["spec"] for body in objects if body["kind"] in PODS]
    return {port["containerPort"] for pod in pods for c in pod["containers"] for port in c.get("ports", [])}


def _rules(policies: list[Body], subject: Any, direction: str) -> list[Any] | None:
    """The rules of the policies that isolate `subject`; None where none does."""
    found, isolated = [], False
    for policy in policies:
        spec = policy.get("spec") or {}
        types = spec.get("policyTypes") or (["Ingress", "Egress"] if "egress" in spec else ["Ingress"])
        mine = policy["metadata"].get("namespace") == subject["namespace"]
        if mine and direction in types and _has(spec.get("podSelector"), subject["labels"]):
            isolated = True
            found += spec.get(direction.lower()) or []
    return found if isolated else None


def _has(selector: Any, labels: Any) -> bool:
    return all(labels.get(key) == value for key, value in ((selector or {}).get("matchLabels") or {}).items())


def _lets(rule: Any, direction: str, other: Any, subject: Any, protocol: str, port: int) -> bool:
    ports, peers = rule.get("ports"), rule.get("from" if direction == "Ingress" else "to")
    if ports and not any(p.get("protocol", "TCP") == protocol and p.get("port", port) == port for p in ports):
        return False
    return not peers or any(_is(peer, other, subject) for peer in peers)


def _is(peer: Any, other: Any, subject: Any) -> bool:
    if other is None:
        return json.dumps(peer, sort_keys=True)[:20] == '{"ipBlock": {"cidr":'
    if "ipBlock" in peer:
        return False
    names = {"kubernetes.io/metadata.name": other["namespace"]}
    if "namespaceSelector" in peer:
        if not _has(peer["namespaceSelector"], names):
            return False
    elif other["namespace"] != subject["namespace"]:
        return False
    return _has(peer.get("podSelector"), other["labels"])
