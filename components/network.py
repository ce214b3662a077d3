"""NetworkPolicies: nothing is allowed but what is named."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.connection import Connection
from components.manifest import Manifest
from components.names import NAME, Scope, selector
from components.settings.network import AllowFrom, AllowTo, Peer
from components.settings.system import Cluster

_NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""The label that the API server gives to every namespace (Kubernetes 1.21)."""


def _policy(scope: Scope, name: str, spec: Mapping[str, Any]) -> Manifest:
    labels = scope.labels(name, "network")
    return scope.manifest("networking.k8s.io/v1", "NetworkPolicy", name, {"spec": spec}, labels=labels)


def _tcp(*ports: int) -> list[dict[str, Any]]:
    return [{"protocol": "TCP", "port": port} for port in ports]


def _pods(labels: Mapping[str, str]) -> dict[str, Any]:
    return {"podSelector": {"matchLabels": dict(labels)}}


def default_deny(scope: Scope) -> Manifest:
    """No pod of the namespace may send or receive anything."""
    return _policy(scope, "default-deny", {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})


def allow_dns(scope: Scope, cluster: Cluster, name: str = "allow-dns", pods: Mapping[str, str] = {}) -> Manifest:
    """Every pod, or those with these labels, may ask the cluster's DNS."""
    resolver = {
        "namespaceSelector": {"matchLabels": {_NAMESPACE_NAME: cluster.dns_namespace}},
        "podSelector": {"matchLabels": dict(cluster.dns_pods)},
    }
    ports = [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]
    asks = {"matchLabels": dict(pods)} if pods else {}
    spec = {"podSelector": asks, "policyTypes": ["Egress"], "egress": [{"to": [resolver], "ports": ports}]}
    return _policy(scope, name, spec)


Talk = tuple[Mapping[str, str] | Peer, Sequence[int]]
"""The other end, by the labels of its pods where it is in this namespace, and the ports that are used."""


def _end(end: Mapping[str, str] | Peer) -> dict[str, Any]:
    return _peer(end) if isinstance(end, Peer) else _pods(end)


def workload(
    scope: Scope, name: str, pods: Mapping[str, str], accepts: Sequence[Talk] = (), reaches: Sequence[Talk] = ()
) -> Manifest:
    """The policy of the pods of `pods`: who may come to which of their ports, and where they may go."""
    spec: dict[str, Any] = {"podSelector": {"matchLabels": dict(pods)}, "policyTypes": []}
    if accepts:
        spec["policyTypes"].append("Ingress")
        spec["ingress"] = [{"from": [_end(end)], "ports": _tcp(*ports)} for end, ports in accepts]
    if reaches:
        spec["policyTypes"].append("Egress")
        spec["egress"] = [{"to": [_end(end)], "ports": _tcp(*ports)} for end, ports in reaches]
    return _policy(scope, name, spec)


def database_access(
    scope: Scope, connection: Connection, reaches: Sequence[Talk] = (), accepts: Sequence[Talk] = (), name: str = ""
) -> list[Manifest]:
    """One rule from both ends: clients may reach the database's pods, and these accept clients, on its ports.

    `reaches` is where those pods may go themselves, `accepts` who else may come. `name` of the policies is the
    workload's, where none is given.
    """
    name, ports = name or connection.peers[NAME], connection.ports
    return [
        workload(scope, name, connection.peers, [(connection.client_labels, ports), *accepts], reaches),
        workload(scope, f"{name}-clients", connection.client_labels, reaches=[(connection.peers, ports)]),
    ]


def _peer(peer: Peer) -> dict[str, Any]:
    if peer.cidr is not None:
        block = {"cidr": peer.cidr} | ({"except": peer.but_not} if peer.but_not else {})
        return {"ipBlock": block}
    found: dict[str, Any] = {}
    if peer.namespace is not None:
        found["namespaceSelector"] = {"matchLabels": {_NAMESPACE_NAME: peer.namespace}}
    if peer.pods or peer.namespace is None:
        found["podSelector"] = {"matchLabels": dict(peer.pods)}
    return found


def app_traffic(
    scope: Scope, workload: str, port: int, allow_from: Sequence[AllowFrom], allow_to: Sequence[AllowTo]
) -> list[Manifest]:
    """What a stack names: who reaches the app's port, and where the app may go."""
    if not allow_from and not allow_to:
        return []
    spec: dict[str, Any] = {"podSelector": {"matchLabels": selector(workload)}, "policyTypes": []}
    if allow_from:
        spec["policyTypes"].append("Ingress")
        spec["ingress"] = [{"from": [_peer(peer) for peer in allow_from], "ports": _tcp(port)}]
    if allow_to:
        spec["policyTypes"].append("Egress")
        spec["egress"] = [{"to": [_peer(peer)], "ports": _tcp(*peer.ports)} for peer in allow_to]
    return [_policy(scope, workload, spec)]
