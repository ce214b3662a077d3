"""What comes after what, what the record keeps, and where certificates come from."""

import json

import plans
import pytest
from replicated import STACK, ZONE, local, plan

from components import changes, gate, identity
from components.manifest import Issued, Manifest
from contracts import verify

ISSUER = {"certificates": {"issuer": {"name": "internal", "kind": "ClusterIssuer"}, "days": 90}}


def needs(where, kind: str, name: str) -> set[tuple[str, str]]:
    """(kind, name without a Job's digest) of all that an object waits for, directly or not."""
    by_reference = {m.reference: m for m in where.manifests}
    rest, found = [plans.one(where, kind, name).reference], set()
    while rest:
        for need in by_reference[rest.pop()].after:
            if need not in found:
                found.add(need)
                rest.append(need)
    return {(kind, name.rpartition("-")[0] if kind == "Job" else name) for kind, name in found}


def test_etcd_asks_for_passwords_before_any_member_starts():
    assert ("StatefulSet", "pg-etcd") in needs(plan(), "Job", "pg-etcd-access"), "it needs a quorum"
    assert ("Job", "pg-etcd-access") in needs(plan(), "StatefulSet", "pg"), "a member's own password must work by then"


def test_what_is_settled_is_settled_with_the_members_there():
    assert ("StatefulSet", "pg") in needs(plan(), "Job", "pg-settle")


def test_the_bootstrap_begins_when_there_are_members_behind_the_router():
    found = needs(plan(), "Job", "pg-bootstrap")
    assert {("Service", "pg-router"), ("Deployment", "pg-router"), ("StatefulSet", "pg")} <= found, (
        "its ten minutes begin when it does, and an image may take longer than that to arrive"
    )
    assert {("Secret", f"pg-{who}") for who in ("superuser", "owner", "app", "reader", "monitor")} <= found


def test_members_do_not_wait_for_what_waits_for_them():
    assert not {("Job", "pg-settle"), ("Job", "pg-bootstrap"), ("Deployment", "pg-router")} & needs(
        plan(), "StatefulSet", "pg"
    )


def record(where) -> dict[str, str]:
    return dict(plans.one(where, "ConfigMap", identity.NAME).body["data"])


REFUSED = {
    "another scope": ({"scope": "other"}, "no member would find its cluster there"),
    "fewer of etcd": ({"etcd": {"members": 5}}, "etcd takes its members from its data"),
    "one member less": ({"members": 2}, "data-pg-2 would be deleted with its data"),
    "a smaller etcd": ({"etcd": {"storage": "1Gi"}}, "would shrink from 2Gi to 1Gi"),
}


@pytest.mark.parametrize("change", REFUSED)
def test_what_its_members_could_not_follow_is_refused(change):
    fields, words = REFUSED[change]
    found = changes.refusals(record(plan()), record(plan(**fields)))
    assert any(words in text for text in found), f"{change}: {found}"


@pytest.mark.parametrize("fields", [{"members": 4}, {"ttl": 30}, {"etcd": {"storage": "3Gi"}}, {"exporter": False}])
def test_what_they_can_follow_is_not(fields):
    assert changes.refusals(record(plan()), record(plan(**fields))) == []


def test_every_claim_of_every_member_is_recorded():
    claims = json.loads(record(plan())["claims"])
    assert set(claims) == {f"data-pg{part}-{number}" for part in ("", "-etcd") for number in range(3)}
    server = json.loads(record(plan())["database"])
    assert (server["scope"], server["etcd"], server["topology"]) == ("pg-ha", 3, "replicated")


def issued(secret: str) -> dict[str, Issued]:
    body = plans.one(plan(), "Secret", secret).body
    assert body["type"] == "kubernetes.io/tls"
    return body["stringData"]


def test_a_certificate_speaks_for_every_name_that_somebody_verifies():
    members, etcd = issued("pg-tls")["tls.crt"].hosts, issued("pg-etcd-tls")["tls.crt"].hosts
    assert {f"pg-{number}.{ZONE}" for number in range(3)} <= set(members), "HAProxy and Patroni compare it"
    assert {"pg-router", "pg-router.pg-ha", "pg-router.pg-ha.svc", f"pg-router.{ZONE}"} <= set(members), (
        "a client with verify-full compares what it dialled"
    )
    assert {"localhost", "127.0.0.1"} <= set(members), "patronictl inside a member"
    assert {f"pg-etcd-{number}.pg-etcd.{ZONE}" for number in range(3)} <= set(etcd)
    hosts = {host.rpartition(":")[0] for host in local()["etcd3"]["hosts"]}
    assert hosts <= set(etcd), "Patroni compares these"


def test_one_authority_signs_both_and_clients_get_it():
    parts = [*issued("pg-tls").values(), *issued("pg-etcd-tls").values()]
    assert {part.authority for part in parts} == {"pg"}, "etcd lets in who the members' authority signed"
    assert {part.days for part in parts} == {365}
    assert plans.one(plan(), "ConfigMap", "pg-ca").body["data"] == {"ca.crt": issued("pg-tls")["ca.crt"]}
    assert plan(certificates={"days": 30}).manifests != plan().manifests, "the time is the settings'"


def requests(where) -> list[Manifest]:
    return [m for m in where.manifests if m.kind == "Certificate"]


def test_cert_manager_makes_the_secrets_where_the_stack_names_an_issuer():
    where = plan(**ISSUER)
    found = {m.body["spec"]["secretName"]: m.body["spec"] for m in requests(where)}
    assert set(found) == {"pg-tls", "pg-etcd-tls"}
    assert not [m for m in where.manifests if m.kind == "Secret" and m.name in found], "two would write one Secret"
    for secret, spec in found.items():
        assert spec["issuerRef"] == {"group": "cert-manager.io", "name": "internal", "kind": "ClusterIssuer"}
        assert (spec["duration"], spec["renewBefore"]) == ("2160h", "720h"), f"{secret}: in the last third of 90 days"
        assert {"server auth", "client auth"} <= set(spec["usages"]), f"{secret}: each end is both"
        hosts = {*spec["dnsNames"], *spec["ipAddresses"]}
        assert hosts == set(issued(secret)["tls.crt"].hosts), f"{secret}: the same names, whoever signs"
        assert "commonName" not in spec, "etcd refuses a client with one"


def test_who_mounts_a_certificate_waits_for_its_request():
    where = plan(**ISSUER)
    for kind, name in (("StatefulSet", "pg"), ("Deployment", "pg-router"), ("Job", "pg-settle")):
        assert ("Certificate", "pg-tls") in needs(where, kind, name), f"{name} mounts what it makes"
    assert ("Certificate", "pg-etcd-tls") in needs(where, "StatefulSet", "pg-etcd")


def test_the_contracts_know_the_keys_of_what_cert_manager_makes():
    system = plans.system(STACK, {"database": {"replicated": ISSUER}})
    where = plan(**ISSUER)
    assert gate.judged(system, where).broken == []
    bodies = [dict(m.body) for m in where.manifests]
    for body in bodies:
        if body["kind"] == "Certificate" and body["metadata"]["name"] == "pg-tls":
            body["spec"] = {**body["spec"], "secretName": "pg-other"}
    assert any("pg-tls" in str(found) for found in verify(bodies)), "a Secret that nobody makes any more is missed"


def test_rule_12_certificates_of_cert_manager_appear_only_where_an_issuer_is_named():
    assert requests(plan()) == [], "a cluster may lack cert-manager"
    kinds = {m.kind for m in plan(**ISSUER).manifests} - {m.kind for m in plan().manifests}
    assert kinds == {"Certificate", "CronJob"}


def test_what_cert_manager_renews_is_read_again_every_night():
    job = plans.one(plan(**ISSUER), "CronJob", "pg-settle").body["spec"]
    once = plans.one(plan(**ISSUER), "Job", "pg-settle").body["spec"]
    assert job["jobTemplate"]["spec"]["template"] == once["template"], (
        "the same program, which changes only what differs"
    )
    assert job["concurrencyPolicy"] == "Forbid"
    assert not [m for m in plan().manifests if m.kind == "CronJob"], "where `up` renews, its Job is enough"
