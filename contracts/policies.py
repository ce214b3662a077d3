"""Whether NetworkPolicies let one workload's pods talk to another's (kubernetes.io/docs, «Network Policies»)."""

import ipaddress
from collections.abc import Collection
from typing import Any

from contracts.index import Index
from contracts.objects import Plain, at, items, mapping, mappings, selects, text
from contracts.once import once
from contracts.selecting import Selectors
from contracts.violation import Ref
from contracts.workload import Workload


@once
def policies_on(index: Index, workload: Workload, direction: str) -> list[Ref]:
    """The NetworkPolicies that isolate `workload`'s pods for "Ingress" or "Egress", the most particular first."""
    found = _policies(index, workload.ref.namespace, direction).selecting(workload.labels)
    # The most particular one first: that is where a missing rule belongs.
    return sorted(found, key=lambda ref: not at(index.objects[ref], "spec", "podSelector"))


@once
def _policies(index: Index, namespace: str, direction: str) -> Selectors[Ref]:
    refs = [ref for ref in index.refs("NetworkPolicy", namespace) if direction in _types(index.objects[ref])]
    return Selectors((ref, mapping(at(index.objects[ref], "spec", "podSelector"))) for ref in refs)


def _types(policy: Plain) -> set[str]:
    stated = {text(item) for item in items(at(policy, "spec", "policyTypes"))}
    if stated:
        return stated
    return {"Ingress"} | ({"Egress"} if at(policy, "spec", "egress") is not None else set())


def cutting(index: Index, client: Workload, server: Workload, port: int, direction: str) -> list[Ref]:
    """The policies that cut `client` off from `port` of `server` in one direction; empty where it is let through."""
    subject, peer = (server, client) if direction == "Ingress" else (client, server)
    if not (isolating := policies_on(index, subject, direction)):
        return []
    for ref, rule, body in _doors(index, subject, direction).selecting(peer.labels):
        if _port_in(rule, port, server, "TCP") and (body is None or _may_be(index, ref, body, peer)):
            return []
    return isolating


Door = tuple[Ref, Plain, Plain | None]
"""A policy, one of its rules, and one of the rule's peers; None for a rule that lets everybody through."""


@once
def _doors(index: Index, subject: Workload, direction: str) -> Selectors[Door]:
    """All that lets somebody in to the pods of `subject`, or out from them, by the labels of whom it is for."""
    return Selectors(door for ref in policies_on(index, subject, direction) for door in _opened(index, ref, direction))


@once
def _opened(index: Index, policy: Ref, direction: str) -> list[tuple[Door, Plain]]:
    """The doors of one policy, each with the selector of those whom it is for."""
    found: list[tuple[Door, Plain]] = []
    for rule in mappings(at(index.objects[policy], "spec", direction.lower())):
        peers = rule.get("from" if direction == "Ingress" else "to")
        for peer in mappings(peers) if peers else [None]:
            found.append(((policy, rule, peer), mapping(at(peer, "podSelector"))))
    return found


def _port_in(rule: Plain, port: int, server: Workload | None, protocol: str) -> bool:
    ports = rule.get("ports")
    if not ports:
        return True
    for entry in mappings(ports):
        if text(entry.get("protocol") or "TCP") != protocol:
            continue
        wanted = entry.get("port")
        if wanted is None:
            return True
        if isinstance(wanted, str) and not wanted.isdigit():
            if server is not None and server.port_names().get(wanted) == port:
                return True
            continue
        first = _number(wanted)
        last = _number(entry.get("endPort")) or first
        if first is not None and last is not None and first <= port <= last:
            return True
    return False


def _number(value: Any) -> int | None:
    """A port's number; None for what no API server would take as one."""
    if isinstance(value, bool):
        return None
    return int(value) if isinstance(value, int | str) and str(value).isdigit() else None


def _may_be(index: Index, policy: Ref, peer: Plain, other: Workload) -> bool:
    """Whether `other`, whose labels a peer's podSelector selects, is that peer by all else that it says."""
    if "ipBlock" in peer:
        # A pod's address is not known: only a block of everything surely has it.
        return _everything(mapping(peer["ipBlock"]))
    if "namespaceSelector" in peer:
        return selects(mapping(peer.get("namespaceSelector")), index.namespace_labels(other.ref.namespace))
    return other.ref.namespace == policy.namespace


def lets_out_to_addresses(index: Index, workload: Workload, ports: Collection[int]) -> list[Ref]:
    """The policies that keep `workload` from everything outside the cluster's pods on all of `ports`; empty where a
    rule lets one of them out to an address block, to anybody, or to a namespace (a gateway may be there)."""
    isolating = policies_on(index, workload, "Egress")
    rules = (rule for ref in isolating for rule in mappings(at(index.objects[ref], "spec", "egress")))
    lets = any(_is_open(rule, "to") and any(_port_in(rule, port, None, "TCP") for port in ports) for rule in rules)
    return [] if lets else isolating


def lets_in_from_elsewhere(index: Index, workload: Workload, port: int, labels: Plain) -> list[Ref]:
    """The policies that keep pods of other namespaces, and those of its own that have `labels`, from `port` of
    `workload`; empty where a rule lets some in."""
    isolating = policies_on(index, workload, "Ingress")
    rules = (rule for ref in isolating for rule in mappings(at(index.objects[ref], "spec", "ingress")))
    lets = any(_is_open(rule, "from", labels) and _port_in(rule, port, workload, "TCP") for rule in rules)
    return [] if lets else isolating


def _is_open(rule: Plain, field: str, labels: Plain = {}) -> bool:  # noqa: B006 (never written to)
    """Whether a rule is for others than pods of the policy's own namespace, or names those with `labels`."""
    peers = mappings(rule.get(field))
    own = (mapping(peer.get("podSelector")) for peer in peers)
    named = any(selector and selects(selector, labels) for selector in own) if labels else False
    return not peers or named or any("ipBlock" in peer or "namespaceSelector" in peer for peer in peers)


def _everything(block: Plain) -> bool:
    return text(block.get("cidr")) in {"0.0.0.0/0", "::/0"} and not items(block.get("except"))


def cut_from_dns(index: Index, workload: Workload) -> list[Ref]:
    """The policies that keep `workload` from asking any DNS server; empty where some rule lets UDP 53 out."""
    isolating = policies_on(index, workload, "Egress")
    return [] if any(_lets_ask(index, ref) for ref in isolating) else isolating


@once
def _lets_ask(index: Index, policy: Ref) -> bool:
    rules = mappings(at(index.objects[policy], "spec", "egress"))
    return any(_lets_dns_out(index, rule) for rule in rules)


def _lets_dns_out(index: Index, rule: Plain) -> bool:
    if not _port_in(rule, 53, None, "UDP"):
        return False
    peers = mappings(rule.get("to"))
    return not peers or any(_may_hold_dns(peer) if "ipBlock" in peer else _may_be_dns(index, peer) for peer in peers)


_NAME = "kubernetes.io/metadata.name"
_NAMESPACES = frozenset({"kube-system", "openshift-dns"})
_RESOLVERS = frozenset({"kube-dns", "coredns", "node-local-dns", "nodelocaldns"})


def _may_be_dns(index: Index, peer: Plain) -> bool:
    """Whether pods of a DNS server may be meant; of other labels than these nothing is known."""
    if "namespaceSelector" not in peer:
        return False
    named = mapping(mapping(peer["namespaceSelector"]).get("matchLabels")).get(_NAME)
    if named is not None and text(named) not in _NAMESPACES | index.namespaces:
        return False
    wanted = mapping(mapping(peer.get("podSelector")).get("matchLabels")).get("k8s-app")
    return wanted is None or text(wanted) in _RESOLVERS


def _may_hold_dns(peer: Plain) -> bool:
    """An address block may be the DNS Service's, a node-local cache's, or the node's resolver."""
    try:
        return bool(ipaddress.ip_network(text(mapping(peer["ipBlock"]).get("cidr")), strict=False))
    except ValueError:
        return False
