"""N06, N07: no NetworkPolicy stands between a client and its database, or DNS."""

from collections.abc import Iterator

from contracts.catalogue.connection.answered import real_port
from contracts.catalogue.connection.ways import served, target
from contracts.clients import Client
from contracts.index import Index
from contracts.near import Names
from contracts.policies import cut_from_dns, cutting
from contracts.violation import Ref, Violation
from contracts.workload import Workload


def cut(index: Index) -> Iterator[Violation]:
    """N06: no NetworkPolicy cuts a client off from its database."""
    told: set[tuple[Ref, Ref, int, str]] = set()
    for client, service in served(index):
        if client.workload is None:
            continue
        for server in index.behind(service):
            if server.ref == client.workload.ref and server.replicas <= 1:
                continue  # kubernetes.io, «Network Policies»: a pod cannot block access to itself.
            number = target(index, service, client.port_number, server)
            if number is None or real_port(index, server, number) is not None:
                continue  # N08 tells that nobody listens there.
            for direction in ("Egress", "Ingress"):
                way = (client.workload.ref, server.ref, number, direction)
                if way not in told:
                    told.add(way)
                    yield from _cut(index, client, service, server, number, direction)


def _cut(
    index: Index, client: Client, service: Ref, server: Workload, number: int, direction: str
) -> Iterator[Violation]:
    if client.workload is None or not (policies := cutting(index, client.workload, server, number, direction)):
        return
    who = client.workload.ref
    side, verb = (who, "leave") if direction == "Egress" else (server.ref, "enter")
    yield Violation(
        "N06",
        policies[0],
        f"spec.{direction.lower()}",
        found=f"no rule of {Names(policy.name for policy in policies)} lets TCP {number} {verb} {side}",
        expected=f"a rule that lets {who} reach {server.ref} on {number}",
        because=f"{client.host.variable} of {client.reader} leads there through {service}",
        fix=_rule(client.workload, server, number, direction),
        cause=f"NetworkPolicies cut {who} off from {server.ref}:{number} ({direction})",
    )


def _rule(client: Workload, server: Workload, port_number: int, direction: str) -> str:
    peer, labels = ("from", client.labels) if direction == "Ingress" else ("to", server.labels)
    # One label is enough to show, the one that names the workload where there is one.
    pairs = min((f"{key}: {value}" for key, value in labels.items()), key=lambda pair: "name" not in pair, default="")
    return f"add {peer} podSelector {{{pairs}}} with port {port_number} to {direction.lower()}"


def dns(index: Index) -> Iterator[Violation]:
    """N07: who finds its database by name may ask the cluster's DNS."""
    told: set[Ref] = set()
    for client, service in served(index):
        if client.workload is None or client.workload.ref in told:
            continue
        who = client.workload.ref
        told.add(who)
        if policies := cut_from_dns(index, client.workload):
            yield Violation(
                "N07",
                policies[0],
                "spec.egress",
                found=f"no rule of {Names(policy.name for policy in policies)} lets UDP 53 leave",
                expected=f"{who} may ask the cluster's DNS",
                because=f"{client.host.variable} is a name ({service}), which must be looked up first",
                fix="add a rule to kube-system, pods k8s-app: kube-dns, UDP and TCP 53",
                cause=f"NetworkPolicies cut {who} off from DNS",
            )
