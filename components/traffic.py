"""Who may talk to whom, by the NetworkPolicies of a plan."""

from collections.abc import Iterator, Mapping
from typing import Any

from components.names import NAME
from contracts.index import Index
from contracts.objects import at, mapping, mappings, selects, text
from contracts.violation import Ref


def _written(labels: Mapping[str, Any]) -> str:
    return " ".join(f"{key}={value}" for key, value in labels.items()) or "every pod"


def _pods(index: Index, selector: Mapping[str, Any]) -> str:
    """The pods of this plan that a selector means: by their workloads' names, where there are some."""
    found = [workload for workload in index.workloads if selector and selects(selector, workload.labels)]
    names = {text(workload.labels.get(NAME)) or workload.ref.name for workload in found}
    return ", ".join(sorted(names)) or _written(mapping(selector.get("matchLabels")))


def _peer(index: Index, peer: Mapping[str, Any]) -> str:
    if "ipBlock" in peer:
        block = peer["ipBlock"]
        return block["cidr"] + (f" but not {', '.join(block['except'])}" if "except" in block else "")
    if "namespaceSelector" not in peer:
        return _pods(index, mapping(peer.get("podSelector")))
    pods = _written(mapping(at(peer, "podSelector", "matchLabels")))
    spaces = mapping(at(peer, "namespaceSelector", "matchLabels"))
    return f"{pods} of {'namespace ' + ', '.join(map(text, spaces.values())) if spaces else 'every namespace'}"


def traffic(index: Index) -> list[tuple[str, str, str, str]]:
    """(from, to, ports, name of the policy) for everything that a NetworkPolicy of the plan allows."""
    return list(dict.fromkeys(row for policy in index.refs("NetworkPolicy") for row in _allowed(index, policy)))


def _allowed(index: Index, policy: Ref) -> Iterator[tuple[str, str, str, str]]:
    spec = mapping(index.objects[policy].get("spec"))
    own = _pods(index, mapping(spec.get("podSelector")))
    for direction, side in (("ingress", "from"), ("egress", "to")):
        for rule in mappings(spec.get(direction)):
            # A rule without peers means everybody, one without ports every port.
            for other in [_peer(index, peer) for peer in mappings(rule.get(side))] or ["everybody"]:
                ends = (other, own) if direction == "ingress" else (own, other)
                yield *ends, _ports(rule), policy.name


def _ports(rule: Mapping[str, Any]) -> str:
    found = (f"{text(port.get('port'))}/{text(port.get('protocol')) or 'TCP'}" for port in mappings(rule.get("ports")))
    return ", ".join(found) or "every port"
