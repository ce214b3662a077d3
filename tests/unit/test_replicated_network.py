"""Who may talk to whom around a replicated database: each pair that must, from both ends, and no other."""

import functools

import plans
import pytest

from components.manifest import shown
from contracts.index import Index
from contracts.policies import cut_from_dns, cutting

PORTS = (22, 80, 443, 2379, 2380, 2381, 5000, 5001, 5432, 8000, 8008, 8080, 8404, 9187)
"""Every port that a container of these stacks has, and some that none has."""

MUST = {
    ("router", "members"): {5432, 8008},  # what clients send, and Patroni's word on who is primary
    ("members", "members"): {5432, 8008},  # streaming and pg_rewind, and what Patroni asks the others
    ("members", "etcd"): {2379, 2381},  # the lock, and etcd's health for who looks from a member
    ("etcd", "etcd"): {2379, 2380},
    ("etcd-access", "etcd"): {2379},
    ("settle", "members"): {8008, 5432},  # Patroni's word, and the certificate that PostgreSQL shows
    ("bootstrap", "router"): {5000, 5001},
}
"""(from, to) → ports, for the database alone."""

CLIENTS = {(client, "router"): {5000, 5001} for client in ("observer", "observer-migration", "schema")}


def role(name: str, service: str) -> str:
    """What a workload is, whatever its database is called."""
    digestless = name.removeprefix(f"{service}-")
    return "members" if name == service else digestless


@functools.cache
def talk(stack: str, *ends: str) -> dict[tuple[str, str], set[int]]:
    """(from, to) → the ports that the policies let through: those of both ends, or of one of "Egress", "Ingress"."""
    plan, service = plans.every_plan()[stack], plans.system(stack).database.service
    index = Index([shown(manifest.body) for manifest in plan.manifests])
    names = {
        w.ref: role(w.ref.name.rpartition("-")[0] if w.ref.kind == "Job" else w.ref.name, service)
        for w in index.workloads
    }
    found: dict[tuple[str, str], set[int]] = {}
    for client in index.workloads:
        for server in index.workloads:
            ports = {
                port
                for port in PORTS
                if not any(cutting(index, client, server, port, end) for end in ends or ("Egress", "Ingress"))
            }
            if ports:
                found[names[client.ref], names[server.ref]] = ports
    return found


def test_each_pair_that_must_talk_may_and_no_other():
    assert talk("pg-ha") == MUST, "issue 5: each pair that must talk is allowed, and no other"


@pytest.mark.parametrize("end", ["Egress", "Ingress"])
def test_neither_end_lets_through_what_the_other_refuses(end):
    assert talk("pg-ha", end) == MUST, f"{end}: half of a way is one more thing to wonder about at night"


def test_an_app_reaches_the_router_and_nothing_behind_it():
    assert talk("everything-replicated") == MUST | CLIENTS, "an app's way ends at the router"


@pytest.mark.parametrize("port", [8404, 9187])
def test_statistics_and_metrics_are_open_to_no_pod(port):
    open_to = [pair for pair, ports in talk("everything-replicated").items() if port in ports]
    assert open_to == [], "issue 5: HAProxy's statistics are not open to the world"


@pytest.mark.parametrize("stack", ["pg-ha", "everything-replicated"])
def test_every_pod_asks_the_dns_and_nobody_in_the_world(stack):
    plan = plans.every_plan()[stack]
    index = Index([shown(manifest.body) for manifest in plan.manifests])
    for workload in index.workloads:
        assert cut_from_dns(index, workload) == [], f"{workload.ref}: a member finds the others by their names"
    policies = [m for m in plan.manifests if m.kind == "NetworkPolicy" and m.name.startswith("pg")]
    assert "ipBlock" not in str([m.body for m in policies]), "a database has no business outside"


def test_every_policy_names_pods_that_there_are():
    plan = plans.every_plan()["pg-ha"]
    labels = [plans.template(m)["metadata"]["labels"] for m in plans.workloads(plan)]
    for policy in (m for m in plan.manifests if m.kind == "NetworkPolicy" and m.name.startswith("pg")):
        spec = policy.body["spec"]
        peers = [peer for rule in spec.get("ingress", ()) for peer in rule["from"]]
        peers += [peer for rule in spec.get("egress", ()) for peer in rule["to"]]
        for peer in [{"podSelector": spec["podSelector"]}, *peers]:
            wanted = peer["podSelector"]["matchLabels"].items()
            found = [some for some in labels if wanted <= some.items()]
            assert found, f"{policy.name}: {dict(wanted)} are nobody's labels, so this line lets nobody through"
