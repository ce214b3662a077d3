"""Small sets of the shape of well-known public workloads: what the contracts say of them, each with why it is true.

Whatever else they said would be a false alarm. Hardening (X01, X04, X09) is held apart: hardly any of them says it.
"""

from pathlib import Path

import pytest

from contracts import verify
from contracts.fronts import read
from contracts.objects import flattened, ref

HERE = Path(__file__).parent
HARDENING = {"X01", "X04", "X09"}
EXPECTED: dict[str, dict[tuple[str, str], str]] = {
    "backup": {},
    "bitnami-postgresql": {},
    "ceph": {},
    "cert-manager": {},
    "cloudnative-pg": {},
    "cloudnative-pg-roles": {},
    "controller": {
        ("W14", "ClusterRoleBinding argocd-application-controller"): "it binds an account of namespace argocd",
        ("W14", "ClusterRoleBinding argocd-server"): "the same: judged with --namespace argocd, both hold",
    },
    "crunchy": {},
    "gitea": {("T03", "Deployment git/gitea"): "its chart's default surge leaves the new pod waiting for the claim"},
    "guestbook": {("W04", "Deployment default/redis-leader"): "app=redis selects the followers too"},
    "immich": {},
    "kafka": {("S02", "Deployment kafka/biller"): "a user by certificate gets keys, and no password"},
    "kube-prometheus": {},
    "node-storage": {},
    "patroni": {},
    "shared-postgresql": {
        ("N01", "Deployment services/docspell"): "the Service is in another namespace than the app",
        ("N12", "Database databases/docspell"): "its owner is made by hand, or the database never is",
        ("S01", "Deployment services/docspell"): "and so is the Secret",
        ("W10", "Cluster databases/postgresql-shared"): "one instance, and a budget that guards it from every drain",
    },
    "sign-on": {
        ("S09", "Deployment default/store"): "the password stands in the Deployment",
        ("S09", "StatefulSet default/sign-on"): "and in the StatefulSet",
        ("T04", "Deployment default/store"): "the database is on an emptyDir",
    },
    "storage": {},
    "webhook": {},
    "wordpress-mysql": {},
    "workflows": {
        ("N06", "NetworkPolicy default/flows-db"): "it lets in app=flows, and the pods say part=flows",
        ("P04", "Deployment default/flows"): "the volume of the Secret is mounted nowhere",
        ("T03", "Deployment default/flows-db"): "a rolling update of a ReadWriteOnce claim",
    },
    "zalando": {},
}
HARD = {
    "bitnami-postgresql",
    "cert-manager",
    "cloudnative-pg",
    "cloudnative-pg-roles",
    "controller",
    "kube-prometheus",
    "node-storage",
    "shared-postgresql",
    "zalando",
}


def test_every_set_has_its_expectation() -> None:
    assert {file.stem for file in HERE.glob("*.yaml")} == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_public_workload_is_told_what_is_true_of_it_and_nothing_else(name: str) -> None:
    violations = verify(read.objects([str(HERE / f"{name}.yaml")]))
    told = {(v.contract, str(v.object)): v.found for v in violations if v.contract not in HARDENING}
    assert set(told) == set(EXPECTED[name]), "one more is a false alarm, one less is blind"
    hardening = {v.contract for v in violations} & HARDENING
    assert bool(hardening) == (name not in HARD), "hardening is told where it is missing, and only there"


def test_a_set_for_another_namespace_holds_there() -> None:
    objects = read.objects([str(HERE / "controller.yaml")])
    assert verify(objects, default_namespace="argocd") == []


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_secret_without_a_secret_may_be_committed(name: str) -> None:
    objects = read.objects([str(HERE / f"{name}.yaml")])
    found = verify(objects, committed=[ref(body) for body in flattened(objects)])
    told = {str(violation.object) for violation in found if violation.contract == "S11"}
    # Scripts, settings, users' names and markers are none; what Patroni's example has under its passwords is.
    assert told == ({"Secret default/patronidemo"} if name == "patroni" else set()), "one more is a false alarm"
