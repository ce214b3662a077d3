"""CloudNativePG's Services, pods, databases and roles: a client of a Cluster is judged like one of a Deployment."""

from typing import Any

import pytest
from cloudnativepg_sets import environment, shared
from contract_examples import found as one

from contracts import verify
from contracts.index import Index
from contracts.violation import Ref, Violation

HARDENING = {"X01", "X04", "X09"}


def found(objects: dict[str, Any]) -> list[Violation]:
    return [violation for violation in verify(objects.values()) if violation.contract not in HARDENING]


def told(objects: dict[str, Any]) -> set[str]:
    return {violation.contract for violation in found(objects)}


def client(**variables: str) -> dict[str, Any]:
    """The set, whose app reads other values."""
    objects = shared()
    for name, value in variables.items():
        entry = environment(objects).get(name)
        if entry is None:
            containers = objects["Deployment docs"]["spec"]["template"]["spec"]["containers"]
            containers[0]["env"].append({"name": name, "value": value})
        else:
            entry.pop("valueFrom", None)
            entry["value"] = value
    return objects


def test_a_shared_cluster_that_works_holds() -> None:
    assert found(shared()) == [], "or no finding below proves anything"


@pytest.mark.parametrize("host", ["shared-rw", "shared-ro", "shared-r", "docs-pooler"])
def test_the_services_that_the_operator_makes_are_there(host: str) -> None:
    assert found(client(DB_HOST=f"{host}.databases.svc")) == [], "the operator makes it of the Cluster or the Pooler"


def test_a_slip_in_a_service_that_the_operator_makes_is_found() -> None:
    (violation,) = found(client(DB_HOST="shraed-rw.databases.svc"))
    assert (violation.contract, violation.nearest) == ("N01", "shared-rw"), "its names are compared like any other's"
    (violation,) = found(client(DB_PORT="5433"))
    assert (violation.contract, violation.nearest) == ("N02", "5432"), "and so is its port"


def test_a_service_that_the_cluster_does_without_is_nobody() -> None:
    objects = client(DB_HOST="shared-ro.databases.svc")
    objects["Cluster shared"]["spec"]["managed"]["services"] = {"disabledDefaultServices": ["ro"]}
    assert told(objects) == {"N01"}, "a disabled Service is not made"


def test_a_further_service_of_a_cluster_is_reached_by_its_own_port() -> None:
    objects = client(DB_HOST="shared-lb.databases.svc", DB_PORT="6000")
    port = {"name": "postgres", "port": 6000, "targetPort": 5432}
    template = {"metadata": {"name": "shared-lb"}, "spec": {"ports": [port]}}
    more = [{"selectorType": "rw", "serviceTemplate": template}]
    objects["Cluster shared"]["spec"]["managed"]["services"] = {"additional": more}
    assert found(objects) == [], "a port of that name is the operator's own, moved"
    del port["targetPort"]
    assert "W02" in told(objects), "the operator leaves it as it is, and nobody listens on 6000"
    assert told(client(DB_HOST="shared-lb.databases.svc")) == {"N01"}, "without it there is no such Service"


def test_nobody_is_behind_ro_of_a_single_instance() -> None:
    objects = client(DB_HOST="shared-ro.databases.svc")
    spec = objects["Cluster shared"]["spec"]
    spec |= {"instances": 1, "enablePDB": False}
    del spec["postgresql"]["synchronous"]
    (violation,) = found(objects)
    assert (violation.contract, violation.nearest) == ("N10", "shared-r"), "standbys only: it has no endpoint"
    assert not violation.undecided
    environment(objects)["DB_HOST"]["value"] = "shared-r.databases.svc"
    assert found(objects) == [], "any instance answers there"


@pytest.mark.parametrize(
    ("variable", "value", "contract", "near"),
    [
        ("DB_NAME", "dcos", "N03", "docs"),
        ("DB_USER", "docss", "N04", "docs"),
        ("DB_PASSWORD", "<generated else>", "N05", ""),
    ],
)
@pytest.mark.parametrize("host", ["shared-rw", "docs-pooler"])
def test_database_role_and_password_are_those_of_the_cluster(variable, value, contract, near, host) -> None:
    (violation,) = found(client(DB_HOST=f"{host}.databases.svc", **{variable: value}))
    assert (violation.contract, violation.nearest) == (contract, near), "a Pooler's are its Cluster's"
    assert "<generated" not in f"{violation.found}{violation.because}{violation.expected}", "never a secret's value"


@pytest.mark.parametrize("name", ["shared", "wiki", "postgres", "template1"])
def test_every_database_that_is_described_is_known(name: str) -> None:
    assert found(client(DB_NAME=name)) == [], "by initdb, by a Database, or there in every server"


def test_a_database_that_goes_is_no_database() -> None:
    objects = client(DB_NAME="wiki")
    objects["Database wiki"]["spec"]["ensure"] = "absent"
    assert told(objects) == {"N03"}, "the operator drops it"


def test_a_role_that_may_not_log_in_is_told() -> None:
    objects = shared()
    del objects["Cluster shared"]["spec"]["managed"]["roles"][0]["login"]
    (violation,) = found(objects)
    assert violation.contract == "N04", "the default of `login` is false"
    assert "login: true" in violation.fix


@pytest.mark.parametrize(
    "settings",
    [
        {"recovery": {"source": "origin"}},
        {"pg_basebackup": {"source": "origin"}},
        {"initdb": {"import": {"type": "monolith", "databases": ["*"]}}},
        {"initdb": {"postInitSQL": ["CREATE ROLE elsewhere LOGIN"]}},
        {"initdb": {"postInitApplicationSQLRefs": {}}},
    ],
    ids=["recovered", "copied", "imported", "by SQL", "by SQL in a ConfigMap"],
)
def test_what_a_cluster_may_have_besides_is_not_judged(settings: dict[str, Any]) -> None:
    objects = client(DB_NAME="elsewhere", DB_USER="elsewhere")
    objects["Cluster shared"]["spec"]["bootstrap"] = settings
    assert not told(objects) & {"N03", "N04"}, "the set can't tell what was restored, imported or made by SQL"


def test_sql_that_makes_nothing_leaves_the_names_known() -> None:
    objects = client(DB_NAME="elsewhere")
    objects["Cluster shared"]["spec"]["bootstrap"]["initdb"]["postInitSQL"] = ["CREATE EXTENSION pg_trgm"]
    assert told(objects) == {"N03"}


def test_whoever_reads_the_superuser_may_make_more_unless_the_cluster_declares_all() -> None:
    objects = client(DB_NAME="elsewhere", DB_USER="elsewhere")
    body = objects["Cluster shared"]
    body["spec"]["enableSuperuserAccess"] = True
    assert {"N03", "N04"} <= told(objects), "nobody reads it"
    job = {"name": "sql", "image": "x", "envFrom": [{"secretRef": {"name": "shared-superuser"}}]}
    objects["Job sql"] = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "sql", "namespace": "databases"},
        "spec": {"ttlSecondsAfterFinished": 60, "template": {"spec": {"containers": [job]}}},
    }
    assert found(objects) == [], "a Job that is superuser may make anything"
    names = {"contracts.postgres-apps/databases": "archive", "contracts.postgres-apps/roles": "archive"}
    body["metadata"]["annotations"] = names
    assert {"N03", "N04"} <= told(objects), "what it makes is declared, and this is not in it"
    objects |= client(DB_NAME="archive", DB_USER="archive") | {"Cluster shared": body, "Job sql": objects["Job sql"]}
    assert found(objects) == []


def test_a_policy_that_cuts_a_client_off_from_a_cluster_is_found() -> None:
    objects = shared()
    del objects["NetworkPolicy shared"]["spec"]["ingress"][1]
    (violation,) = found(objects)
    assert violation.contract == "N06", "the pods of a Cluster are guarded by their labels"
    assert "Cluster databases/shared" in violation.expected


def test_a_clients_own_policy_is_held_against_the_labels_of_the_pods() -> None:
    objects = shared()
    egress = [
        {
            "to": [
                {
                    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "databases"}},
                    "podSelector": {"matchLabels": {"cnpg.io/cluster": "shared", "cnpg.io/instanceRole": "primary"}},
                }
            ],
            "ports": [{"port": 5432}],
        },
        {"ports": [{"port": 53, "protocol": "UDP"}]},
    ]
    objects["NetworkPolicy docs"] = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "docs", "namespace": "docs"},
        "spec": {"podSelector": {"matchLabels": {"app": "docs"}}, "policyTypes": ["Egress"], "egress": egress},
    }
    assert found(objects) == [], "-rw leads to the primary"
    egress[0]["to"][0]["podSelector"]["matchLabels"]["cnpg.io/instanceRole"] = "replica"
    assert told(objects) == {"N06"}, "and not to standbys"


def test_a_service_of_ones_own_selects_instances_by_the_operators_labels() -> None:
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "own", "namespace": "databases"}}
    for labels in ({"cnpg.io/cluster": "shared", "role": "primary"}, {"cnpg.io/instanceName": "shared-2"}):
        service["spec"] = {"selector": labels, "ports": [{"port": 5432}]}
        assert found({**shared(), "Service own": service}) == [], f"pods of a Cluster have {labels}"
    service["spec"]["selector"] = {"cnpg.io/cluster": "shraed", "role": "primary"}
    (violation,) = found({**shared(), "Service own": service})
    assert (violation.contract, violation.path) == ("W01", "spec.selector[cnpg.io/cluster]")


def test_what_the_operator_has_made_is_taken_as_it_is_read_from_a_cluster() -> None:
    owner = [{"apiVersion": "postgresql.cnpg.io/v1", "kind": "Cluster", "name": "shared"}]
    labels = {"cnpg.io/cluster": "shared", "cnpg.io/instanceRole": "primary"}
    live = {
        "Service shared-rw": {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "shared-rw", "namespace": "databases", "ownerReferences": owner},
            "spec": {"selector": labels, "ports": [{"port": 5432}]},
        },
        "PodDisruptionBudget shared-primary": {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": {"name": "shared-primary", "namespace": "databases", "ownerReferences": owner},
            "spec": {"minAvailable": 1, "selector": {"matchLabels": labels}},
        },
    }
    assert found(shared() | live) == [], "kubectl get -o yaml gives the operator's own objects too"


def test_what_is_in_the_operators_pods_is_judged_by_no_contract() -> None:
    index = Index(shared().values())
    assert {workload.ref.kind for workload in index.workloads} == {"Deployment"}
    roles = [(pods.ref.kind, pods.role, pods.replicas) for pods in index.made_in("databases")]
    assert roles == [("Cluster", "primary", 1), ("Cluster", "replica", 2), ("Pooler", "pooler", 2)]
    assert index.makers[Ref("Service", "databases", "docs-pooler")].kind == "Pooler"


def test_a_cluster_of_another_operator_is_none() -> None:
    cluster = "{apiVersion: cluster.x-k8s.io/v1beta1, kind: Cluster, metadata: {name: db, namespace: docs}}"
    app = client(DB_HOST="db-rw")["Deployment docs"]
    assert [violation.contract for violation in one("N01", cluster, app)] == ["N01"], "Cluster API makes no Service"


def test_a_role_that_goes_is_no_role() -> None:
    objects = shared()
    roles = objects["Cluster shared"]["spec"]["managed"]["roles"]
    roles[0]["ensure"] = "absent"
    assert {"N04", "N12"} == told(objects), "its client can't log in, and its database has no owner"


def test_the_superuser_logs_in_only_where_the_cluster_lets_it() -> None:
    objects = client(DB_USER="postgres", DB_PASSWORD="<generated postgres>")
    (violation,) = found(objects)
    assert violation.contract == "N04", "the operator takes its password away"
    assert "enableSuperuserAccess: true" in violation.fix
    objects["Cluster shared"]["spec"]["enableSuperuserAccess"] = True
    assert told(objects) == {"N05"}, "then it is the one that the operator makes"
    secret = objects["Secret docs-role"]
    given = {**secret, "metadata": {"name": "superuser", "namespace": "databases"}}
    given["stringData"] = {"username": "postgres", "password": "<generated postgres>"}
    objects["Secret superuser"] = given
    objects["Cluster shared"]["spec"]["superuserSecret"] = {"name": "superuser"}
    assert found(objects) == [], "or the one that it is given"


def test_a_role_without_a_secret_has_no_password() -> None:
    objects = shared()
    roles = objects["Cluster shared"]["spec"]["managed"]["roles"]
    del roles[0]["passwordSecret"]
    (violation,) = found(objects)
    assert violation.contract == "N05", "New roles created without passwordSecret have a NULL password"
    objects["Cluster shared"]["spec"]["bootstrap"]["initdb"]["postInitSQL"] = ["CREATE ROLE x"]
    assert found(objects) == [], "unless SQL may have set one"


def test_the_password_that_the_operator_makes_is_nobody_elses() -> None:
    objects = client(DB_NAME="shared", DB_USER="shared", DB_PASSWORD="<generated shared>")
    assert found(objects) == [], "the Secret of the bootstrap has it"
    del objects["Cluster shared"]["spec"]["bootstrap"]["initdb"]["secret"]
    assert told(objects) == {"N05"}, "without one the operator makes it, and only -app has it"
