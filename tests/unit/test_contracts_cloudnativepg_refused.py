"""What CloudNativePG refuses, or takes for something else than was meant: W22, W23, and its budgets in W10."""

from typing import Any

import pytest
from cloudnativepg_sets import shared
from contract_examples import found as one
from test_contracts_cloudnativepg import found, told

from contracts.known.cloudnativepg import schedule


def changed(name: str, /, **spec: Any) -> dict[str, Any]:
    """The set with other fields in the spec of one object."""
    objects = shared()
    objects[name]["spec"] |= spec
    return objects


@pytest.mark.parametrize("key", ["listen_addresses", "port", "ssl", "archive_command", "hot_standby"])
def test_a_parameter_that_the_operator_sets_itself_is_found(key: str) -> None:
    objects = changed("Cluster shared", postgresql={"parameters": {key: "x", "work_mem": "8MB"}})
    (violation,) = found(objects)
    assert (violation.contract, violation.path) == ("W22", f"spec.postgresql.parameters[{key}]"), (
        "validateConfiguration"
    )


def test_what_the_webhook_wrote_into_a_cluster_may_be_read_back() -> None:
    own = {"archive_mode": "on", "logging_collector": "on", "log_destination": "csvlog", "shared_preload_libraries": ""}
    assert found(changed("Cluster shared", postgresql={"parameters": own})) == [], "kubectl get -o yaml has it"
    libraries = {"parameters": {"shared_preload_libraries": "pg_cron"}}
    (violation,) = found(changed("Cluster shared", postgresql=libraries))
    assert "spec.postgresql.shared_preload_libraries" in violation.fix, "there is a field of its own"


@pytest.mark.parametrize(("instances", "number", "refused"), [(3, 3, True), (3, 2, False), (1, 1, True), (2, 1, False)])
def test_there_are_fewer_synchronous_standbys_than_instances(instances: int, number: int, refused: bool) -> None:
    synchronous = {"synchronous": {"method": "any", "number": number}}
    objects = changed("Cluster shared", instances=instances, postgresql=synchronous, enablePDB=instances > 1)
    assert told(objects) == ({"W22"} if refused else set()), "validateSynchronousReplicaConfiguration"


def test_standbys_by_other_names_count() -> None:
    synchronous = {"synchronous": {"method": "any", "number": 3, "standbyNamesPost": ["elsewhere"]}}
    assert found(changed("Cluster shared", postgresql=synchronous)) == []


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("Database docs", "name", "template1"),
        ("Database docs", "name", "postgres"),
        ("DatabaseRole wiki", "name", "pg_wiki"),
        ("DatabaseRole wiki", "name", "streaming_replica"),
        ("Cluster shared", "managed", {"roles": [{"name": "cnpg_pooler_pgbouncer"}]}),
        ("Cluster shared", "bootstrap", {"initdb": {"database": "template0", "owner": "shared"}}),
        ("Cluster shared", "bootstrap", {"initdb": {}, "recovery": {}}),
        ("Cluster shared", "maxSyncReplicas", 3),
        ("Pooler docs-pooler", "pgbouncer", {"parameters": {"max_client_con": "5"}}),
        ("Pooler docs-pooler", "pgbouncer", {"parameters": {"auth_file": "/etc/users"}}),
    ],
)
def test_what_the_webhook_or_the_schema_refuses_is_found(name: str, field: str, value: Any) -> None:
    assert "W22" in told(changed(name, **{field: value})), "the apply would end in the middle"


def test_a_role_has_a_password_or_none() -> None:
    objects = shared()
    objects["Cluster shared"]["spec"]["managed"]["roles"][0]["disablePassword"] = True
    assert "W22" in told(objects), "validateManagedRoles"


def test_a_plugin_without_a_store_is_found() -> None:
    objects = shared()
    del objects["Cluster shared"]["spec"]["plugins"][0]["parameters"]["barmanObjectName"]
    assert told(objects) == {"W22"}, "«no reference to barmanObjectName have been included»"
    origin = {"name": "barman-cloud.cloudnative-pg.io", "parameters": {"barmanObjectName": "store"}}
    objects["Cluster shared"]["spec"]["externalClusters"] = [{"name": "origin", "plugin": origin}]
    assert told(objects) == {"W22"}, "it archives to a store of its own"
    objects["Cluster shared"]["spec"]["plugins"][0]["isWALArchiver"] = False
    assert found(objects) == [], "a plugin that only restores is told by the other Cluster"


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ("0 3 * * *", 'write six, the second first: "0 0 3 * * *"'),
        ("0 3 * *", "write six"),
        ("0 3 * * 7-6", "write six"),
        ("0 0 24 * * *", ""),
        ("0 60 3 * * *", ""),
        ("0 0 3 * * 7", ""),
        ("0 0 3 0 * *", ""),
        ("0 0 3 * foo *", ""),
        ("0 0 5-3 * * *", ""),
        ("0 */0 * * * *", ""),
        ("@nightly", "@daily"),
        ("@every night", "@every 6h"),
    ],
)
def test_a_schedule_that_means_something_else_is_found(given: str, part: str) -> None:
    (violation,) = found(changed("ScheduledBackup nightly", schedule=given))
    assert violation.contract == "W22", "robfig/cron v1 takes the second first"
    assert part in violation.fix


@pytest.mark.parametrize(
    "given",
    ["0 0 3 * * *", "*/30 0 3 * * ?", "0 0 3 * jan-mar mon,FRI", "0 15,45 0-6/2 1 */2 *", "@daily", "@every 1h30m"],
)
def test_a_schedule_that_means_what_it_says_is_left_alone(given: str) -> None:
    assert schedule.fault(given) == ("", "")


def test_a_pooler_is_not_named_like_a_cluster_or_its_services() -> None:
    for name in ("shared", "shared-rw", "shared-ro"):
        objects = shared()
        objects["Pooler docs-pooler"]["metadata"]["name"] = name
        assert {"W23"} == told(objects), f"the operator leaves {name} alone, or refuses the Service"


def test_a_service_that_the_operator_would_make_is_nobody_elses() -> None:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "shared-rw", "namespace": "databases"},
        "spec": {"selector": {"cnpg.io/cluster": "shared", "role": "primary"}, "ports": [{"port": 5432}]},
    }
    (violation,) = found({**shared(), "Service shared-rw": service})
    assert (violation.contract, violation.object.kind) == ("W23", "Cluster"), "«refusing to reconcile service»"
    service["metadata"]["namespace"] = "docs"
    service["spec"] = {"type": "ExternalName", "externalName": "shared-rw.databases.svc.cluster.local"}
    assert found({**shared(), "Service shared-rw": service}) == [], "in another namespace it is another one"


def test_a_further_service_has_a_name_of_its_own() -> None:
    objects = shared()
    template = {"metadata": {"name": "shared-r"}}
    more = [{"selectorType": "rw", "serviceTemplate": template}]
    objects["Cluster shared"]["spec"]["managed"]["services"] = {"additional": more}
    (violation,) = found(objects)
    assert violation.path == "spec.managed.services.additional[0].serviceTemplate.metadata.name"


def test_a_budget_for_a_single_instance_is_found_at_its_cluster() -> None:
    objects = changed("Cluster shared", instances=1, postgresql={})
    (violation,) = found(objects)
    assert (violation.contract, violation.path) == ("W10", "spec.enablePDB"), "cloudnative-pg#10566"
    spec = objects["Cluster shared"]["spec"]
    assert found(changed("Cluster shared", instances=1, postgresql={}, enablePDB=False)) == []
    spec["nodeMaintenanceWindow"] = {"inProgress": True}
    assert found(objects) == [], "in a maintenance window the operator takes it away"


@pytest.mark.parametrize(
    ("labels", "guarded"),
    [
        ({"cnpg.io/cluster": "shared"}, True),
        ({"cnpg.io/cluster": "shared", "cnpg.io/instanceRole": "primary"}, True),
        ({"cnpg.io/poolerName": "docs-pooler"}, False),
    ],
)
def test_a_second_budget_for_an_instance_is_found(labels: dict[str, str], guarded: bool) -> None:
    budget = {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "own", "namespace": "databases"},
        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": labels}},
    }
    assert told({**shared(), "budget": budget}) == ({"W10"} if guarded else set()), "a Pooler gets none of its own"
    without = {**changed("Cluster shared", enablePDB=False), "budget": budget}
    assert found(without) == [], "then it is the only one"


def test_a_monitor_finds_the_operators_pods_and_their_port() -> None:
    monitor = """
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: shared, namespace: databases}
spec: {selector: {matchLabels: {cnpg.io/cluster: NAME}}, podMetricsEndpoints: [{port: PORT}]}
"""

    def told_of(name: str, port: str) -> list[str]:
        return [v.nearest for v in one("W11", shared(), monitor.replace("NAME", name).replace("PORT", port))]

    assert told_of("shared", "metrics") == []
    assert told_of("shared", "metric") == ["metrics"], "without the port nothing is measured"
    assert told_of("sharde", "metrics") == ["shared"], "nor without pods"


def test_a_policy_that_guards_no_cluster_is_a_slip() -> None:
    objects = shared()
    objects["NetworkPolicy shared"]["spec"]["podSelector"]["matchLabels"]["cnpg.io/cluster"] = "shard"
    assert "W20" in told(objects), "the pods that it was for are open"


def test_an_expression_that_leaves_pods_out_is_no_slip() -> None:
    objects = shared()
    selector = {"matchLabels": {"cnpg.io/cluster": "shared"}, "matchExpressions": [{"key": "cnpg.io/jobRole"}]}
    selector["matchExpressions"][0]["operator"] = "Exists"
    policy = {**objects["NetworkPolicy shared"], "metadata": {"name": "jobs", "namespace": "databases"}}
    policy["spec"] = {"podSelector": selector, "ingress": []}
    assert "W20" not in told({**objects, "jobs": policy}), "Jobs of the operator come and go"
    selector.pop("matchExpressions")
    selector["matchLabels"]["cnpg.io/jobRole"] = "full-recovery"
    assert "W20" not in told({**objects, "jobs": policy}), "by the label's value too"
    selector["matchLabels"]["cnpg.io/cluster"] = "sharde"
    assert "W20" in told({**objects, "jobs": policy}), "but not of a Cluster that is not there"
