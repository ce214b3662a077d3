"""N14: NetworkPolicies leave CloudNativePG's pods what they need: each other, the operator, the API server."""

from collections.abc import Iterator

from contracts.clusters import cluster_of, clusters
from contracts.index import Index
from contracts.known.cloudnativepg import PORT, STATUS_PORT
from contracts.known.cloudnativepg.made import Pods, joining
from contracts.near import Names
from contracts.objects import at, text
from contracts.policies import cut_from_dns, cutting, lets_in_from_elsewhere, lets_out_to_addresses
from contracts.violation import Ref, Violation

_API_WAY = "a rule that leads to the API server"
_API_SERVER = (443, 6443)
"""Ports of the Service `kubernetes`, and of the API servers behind it (kubernetes.io, «Ports and Protocols»)."""

_OPERATOR = {"app.kubernetes.io/name": "cloudnative-pg"}
"""Of the operator's pods (config/manager/manager.yaml, and its chart), which may run beside a Cluster."""


def needs(index: Index) -> Iterator[Violation]:
    """N14. Whoever is outside the set, the operator and the API server, is told apart by what no pod can be."""
    for cluster in clusters(index):
        instances = index.made_of(cluster)
        primary = next((pods for pods in instances if pods.role == "primary"), None)
        joins = joining(cluster, index.objects[cluster])
        for pods in [*instances, *([joins] if joins else [])]:
            yield from _of_pods(index, cluster, pods, primary, asked=pods is not joins)
    for pods in [pods for ref in index.refs("Pooler") for pods in index.made_of(ref)]:
        yield from _of_pooler(index, pods)


def _of_pods(index: Index, cluster: Ref, pods: Pods, primary: Pods | None, *, asked: bool) -> Iterator[Violation]:
    if policies := lets_out_to_addresses(index, pods, _API_SERVER):
        fix = "add a rule with an ipBlock of the API server, TCP 443 and 6443"
        because = f"every pod of {cluster} asks the API server what it is to be, and stops without an answer"
        yield _cut(policies, "egress", "lets TCP 443 or 6443 leave to it", _API_WAY, because, fix, cluster)
    if asked and (policies := lets_in_from_elsewhere(index, pods, STATUS_PORT, _OPERATOR)):
        fix = f"add a rule from the namespace of the operator (cnpg-system), TCP {STATUS_PORT}"
        because = (
            f"the operator asks each instance of {cluster} on {STATUS_PORT} how it is; silent ones count as failed"
        )
        expected = f"a rule that lets the operator reach {cluster} on {STATUS_PORT}"
        yield _cut(policies, "ingress", f"lets TCP {STATUS_PORT} enter {cluster}", expected, because, fix, cluster)
    if primary is not None and pods is not primary:
        because = f"standbys of {cluster}, and the Job that makes one, copy the primary"
        yield from _between(index, pods, primary, because, cluster)
        if policies := cut_from_dns(index, pods):
            because, fix = f"standbys look {cluster.name}-rw up", "add a rule to kube-system, UDP and TCP 53"
            expected = f"pods of {cluster} may ask the cluster's DNS"
            yield _cut(policies, "egress", "lets UDP 53 leave", expected, because, fix, cluster)


def _of_pooler(index: Index, pods: Pods) -> Iterator[Violation]:
    cluster = cluster_of(index, pods.ref)
    kind = text(at(index.objects[pods.ref], "spec", "type")) or "rw"
    wanted = {"rw": {"primary"}, "ro": {"replica"}}.get(kind, {"primary", "replica"})
    if policies := lets_out_to_addresses(index, pods, _API_SERVER):
        fix = "add a rule with an ipBlock of the API server, TCP 443 and 6443"
        because = f"the pods of {pods.ref} read its definition from the API server"
        yield _cut(policies, "egress", "lets TCP 443 or 6443 leave to it", _API_WAY, because, fix, pods.ref)
    for server in index.made_of(cluster):
        if server.role in wanted:
            because = f"{pods.ref} connects its clients to {cluster}"
            yield from _between(index, pods, server, because, pods.ref)


def _between(index: Index, client: Pods, server: Pods, because: str, whose: Ref) -> Iterator[Violation]:
    for direction, verb, side in (("Egress", "leave", client.ref), ("Ingress", "enter", server.ref)):
        if policies := cutting(index, client, server, PORT, direction):
            peer, pods = ("from", client) if direction == "Ingress" else ("to", server)
            label = "cnpg.io/poolerName" if pods.ref.kind == "Pooler" else "cnpg.io/cluster"
            fix = f"add {peer} podSelector {{{label}: {text(pods.labels[label])}}} with port {PORT}"
            who = "its own standbys" if client.ref == server.ref else str(client.ref)
            found = f"lets TCP {PORT} {verb} {side}"
            expected = f"a rule that lets {who} reach {server.ref} on {PORT}"
            yield _cut(policies, direction.lower(), found, expected, because, fix, whose)


def _cut(
    policies: list[Ref], direction: str, found: str, expected: str, because: str, fix: str, whose: Ref
) -> Violation:
    return Violation(
        "N14",
        policies[0],
        f"spec.{direction}",
        found=f"no rule of {Names(policy.name for policy in policies)} {found}",
        expected=expected,
        because=because,
        fix=fix,
        cause=f"NetworkPolicies cut {whose} off: {expected}",
    )
