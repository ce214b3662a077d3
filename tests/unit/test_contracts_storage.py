"""Claims exist, are had by whom they may be had, and hold the data: T01 to T07."""

from copy import deepcopy
from typing import Any

import pytest
from contract_examples import found
from contract_pods import Objects, app, database, mount, pod, system, unmount

from contracts.catalogue.storage.claims import quantity
from contracts.known.images import major_version


def rolling(objects: Objects, **spec: Any) -> Objects:
    objects["Deployment shop"]["spec"].update({"strategy": {"type": "RollingUpdate"}, **spec})
    return objects


def to_itself(label: str = "shop") -> Objects:
    term = {"labelSelector": {"matchLabels": {"app": label}}, "topologyKey": "kubernetes.io/hostname"}
    return {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


def test_the_system_holds() -> None:
    told = [violation for number in range(1, 8) for violation in found(f"T{number:02}", system())]
    assert told == [], "an example that holds must not be told of, or no finding below proves anything"


def test_a_renamed_claim_is_found_with_the_one_that_is_meant() -> None:
    objects = system()
    objects["PersistentVolumeClaim shop-logs"]["metadata"]["name"] = "shop-log"
    (violation,) = found("T01", objects)
    assert violation.path == "spec.template.spec.volumes[logs].persistentVolumeClaim.claimName"
    assert (violation.nearest, violation.undecided) == ("PersistentVolumeClaim shop-log", False)


def test_a_claim_of_another_namespace_is_no_help() -> None:
    objects = system()
    objects["PersistentVolumeClaim shop-logs"]["metadata"]["namespace"] = "other"
    (violation,) = found("T01", objects)
    assert violation.undecided, "somebody may have made it by hand"


def test_the_claims_of_a_stateful_set_are_there() -> None:
    objects = system()
    template = {"metadata": {"name": "data"}, "spec": objects["PersistentVolumeClaim db-data"]["spec"]}
    objects["StatefulSet db"]["spec"]["volumeClaimTemplates"] = [template]
    pod(objects)["volumes"][0]["persistentVolumeClaim"]["claimName"] = "data-db-0"
    assert found("T01", objects) == []


def test_two_deployments_on_one_claim_are_found() -> None:
    objects = system()
    other = deepcopy(objects["Deployment shop"])
    other["metadata"]["name"] = "worker"
    other["spec"]["template"]["metadata"]["labels"] = {"app": "worker"}
    violations = found("T02", objects, other)
    assert {v.object.name for v in violations} == {"worker"}
    assert {v.cause for v in violations} == {
        f"PersistentVolumeClaim shop/{name} is shared" for name in ("shop-data", "shop-logs")
    }
    other["spec"]["template"]["spec"]["affinity"] = to_itself()
    assert found("T02", objects, other) == [], "the worker is bound to the node of the shop"


def test_a_job_that_comes_before_may_use_the_claim_and_a_cron_job_may_not() -> None:
    objects = system()
    template = {"spec": deepcopy(pod(objects))}
    job = {"kind": "Job", "metadata": {"name": "import", "namespace": "shop"}, "spec": {"template": template}}
    assert found("T02", objects, job) == [], "whether it runs beside the shop the set does not tell"
    spec = {"jobTemplate": {"spec": {"template": template}}}
    backup = {"kind": "CronJob", "metadata": {"name": "backup", "namespace": "shop"}, "spec": spec}
    assert len(found("T02", objects, backup)) == 2, "it comes again and again, while the shop runs"


def test_replicas_on_claims_of_one_node_are_one_finding() -> None:
    objects = rolling(system(), replicas=2)
    (violation,) = found("T03", objects)
    assert (violation.path, violation.found) == ("spec.replicas", "2 replicas, with claims shop-data, shop-logs")
    pod(objects)["affinity"] = to_itself()
    assert found("T03", objects) == [], "a required affinity to themselves keeps them on one node"


@pytest.mark.parametrize(
    "where",
    [
        {"nodeName": "one"},
        {"nodeSelector": {"kubernetes.io/hostname": "one"}},
        {
            "affinity": {
                "nodeAffinity": {
                    "requiredDuringSchedulingIgnoredDuringExecution": {
                        "nodeSelectorTerms": [
                            {
                                "matchExpressions": [
                                    {"key": "kubernetes.io/hostname", "operator": "In", "values": ["one"]}
                                ]
                            }
                        ]
                    }
                }
            }
        },
    ],
)
def test_a_named_node_is_one_node(where: Objects) -> None:
    objects = rolling(system(), replicas=2)
    pod(objects).update(where)
    assert found("T03", objects) == []


def test_affinity_to_others_preferred_or_to_a_zone_binds_to_no_node() -> None:
    objects = rolling(system(), replicas=2)
    pod(objects)["affinity"] = to_itself("another")
    assert len(found("T03", objects)) == 1
    pod(objects)["affinity"] = to_itself()
    term = pod(objects)["affinity"]["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"][0]
    term["topologyKey"] = "topology.kubernetes.io/zone"
    assert len(found("T03", objects)) == 1


def test_a_label_of_nodes_that_the_set_does_not_tell_of_is_undecided() -> None:
    objects = rolling(system(), replicas=2)
    pod(objects)["nodeSelector"] = {"disk": "ssd"}
    (violation,) = found("T03", objects)
    assert violation.undecided, "one node may carry the label, or ten"
    pod(objects)["nodeSelector"] = {"kubernetes.io/os": "linux"}
    (violation,) = found("T03", objects)
    assert not violation.undecided


def test_a_rolling_update_needs_one_node_too() -> None:
    objects = rolling(system())
    (violation,) = found("T03", objects)
    assert violation.path == "spec.strategy" and "Recreate" in violation.fix
    objects["Deployment shop"]["spec"]["strategy"]["rollingUpdate"] = {"maxSurge": 0, "maxUnavailable": 1}
    assert found("T03", objects) == [], "the old pod goes before the new one comes"


def test_an_autoscaler_counts_as_replicas() -> None:
    objects = system()
    target = {"kind": "Deployment", "name": "shop"}
    spec = {"scaleTargetRef": target, "maxReplicas": 4}
    scaler = {"kind": "HorizontalPodAutoscaler", "metadata": {"name": "shop", "namespace": "shop"}, "spec": spec}
    (violation,) = found("T03", objects, scaler)
    assert violation.found.startswith("up to 4 replicas, by HorizontalPodAutoscaler shop/shop")


def test_a_claim_for_many_nodes_may_be_had_by_many() -> None:
    objects = rolling(system(), replicas=3)
    for name in ("shop-data", "shop-logs"):
        objects[f"PersistentVolumeClaim {name}"]["spec"]["accessModes"] = ["ReadWriteMany"]
    assert found("T03", objects) == []


def test_a_claim_for_one_pod_is_for_one_pod_even_on_one_node() -> None:
    objects = rolling(system(), replicas=2)
    objects["PersistentVolumeClaim shop-data"]["spec"]["accessModes"] = ["ReadWriteOncePod"]
    pod(objects)["affinity"] = to_itself()
    (violation,) = found("T03", objects)
    assert violation.found == "2 replicas, with claim shop-data"


def test_the_data_of_a_database_on_an_empty_dir_is_found() -> None:
    objects = system()
    pod(objects, "StatefulSet db")["volumes"][0] = {"name": "data", "emptyDir": {}}
    (violation,) = found("T04", objects)
    assert "gone with the pod" in violation.because and violation.fix.startswith("mount a claim at")


def test_the_data_of_a_database_on_nothing_is_found_with_its_idle_claim() -> None:
    objects = system()
    unmount(database(objects), "data")
    (violation,) = found("T04", objects)
    assert violation.found == "nothing mounted at /var/lib/postgresql/data/pgdata"
    assert [v.cause for v in found("P04", objects)] == [violation.cause]


@pytest.mark.parametrize(
    ("image", "args"),
    [("mysql:8.4", []), ("mariadb:11", ["--datadir=/data"]), ("docker.io/bitnami/postgresql:16", []), ("mongo", [])],
)
def test_other_databases_keep_data_too(image: str, args: list[str]) -> None:
    objects = system()
    database(objects).update(image=image, args=args, env=[])
    mount(database(objects), "data")["mountPath"] = "/elsewhere"
    assert len(found("T04", objects)) == 1


def test_a_client_and_a_cache_keep_no_data() -> None:
    objects = system()
    database(objects).update(image="postgres:15", args=["psql", "-c", "SELECT 1"], volumeMounts=[])
    assert found("T04", objects) == []
    database(objects).update(image="redis:7", args=[])
    assert found("T04", objects) == []


def test_the_root_of_a_mount_is_no_data_directory() -> None:
    objects = system()
    database(objects)["env"] = []
    (violation,) = found("T05", objects)
    assert violation.nearest == "/var/lib/postgresql/data/pgdata" and "lost+found" in violation.because
    mount(database(objects), "data")["subPath"] = "pgdata"
    assert found("T05", objects) == [], "a subPath is a directory below the root of the volume"


def test_eighteen_does_not_look_where_fifteen_did() -> None:
    objects = system()
    database(objects).update(image="postgres:18", env=[])
    (violation,) = found("T05", objects)
    assert violation.nearest == "/var/lib/postgresql" and not violation.undecided
    assert found("T04", objects) == [], "the claim at the wrong place is the one finding"
    mount(database(objects), "data")["mountPath"] = "/var/lib/postgresql"
    assert found("T05", objects) == found("T04", objects) == []


def test_a_tag_without_a_version_is_undecided() -> None:
    objects = system()
    database(objects).update(image="postgres:latest", env=[])
    (violation,) = found("T05", objects)
    assert violation.undecided


def test_fifteen_puts_its_own_volume_over_a_claim_one_directory_above() -> None:
    objects = system()
    mount(database(objects), "data")["mountPath"] = "/var/lib/postgresql"
    (violation,) = found("T05", objects)
    assert violation.nearest == "/var/lib/postgresql/data"


@pytest.mark.parametrize(("tag", "version"), [("15-alpine", 15), ("pg17", 17), ("0.8.0-pg16", 16), ("latest", None)])
def test_a_tag_states_its_version(tag: str, version: int | None) -> None:
    assert major_version(f"pgvector/pgvector:{tag}") == version


@pytest.mark.parametrize(
    ("modes", "nearest"),
    [([], ""), (["ReadWriteOne"], "ReadWriteOnce"), (["ReadWriteOncePod", "ReadWriteMany"], "")],
)
def test_access_modes_that_there_are_not_are_found(modes: list[str], nearest: str) -> None:
    objects = system()
    objects["PersistentVolumeClaim shop-data"]["spec"]["accessModes"] = modes
    (violation,) = found("T06", objects)
    assert (violation.path, violation.nearest) == ("spec.accessModes", nearest)


@pytest.mark.parametrize("size", ["", "10GB", "ten", 0])
def test_a_size_that_is_none_is_found(size: object) -> None:
    objects = system()
    objects["PersistentVolumeClaim shop-data"]["spec"]["resources"] = {"requests": {"storage": size}}
    (violation,) = found("T06", objects)
    assert violation.path == "spec.resources.requests.storage"


def test_quantities_are_those_of_kubernetes() -> None:
    assert [quantity(text) for text in ("1Gi", "1G", "500m", "1e3", "0.5Ki", "x")] == [2**30, 1e9, 0.5, 1000, 512, None]


def test_a_claim_fits_the_volume_of_the_set_that_it_names() -> None:
    objects = system()
    objects["PersistentVolumeClaim shop-data"]["spec"]["volumeName"] = "disk"
    spec = {"capacity": {"storage": "500Mi"}, "accessModes": ["ReadWriteOnce"], "storageClassName": ""}
    disk = {"kind": "PersistentVolume", "metadata": {"name": "disk"}, "spec": spec}
    assert found("T07", objects) == [], "a volume outside the set is not judged: kubectl get -o yaml names one"
    (violation,) = found("T07", objects, disk)
    assert (violation.path, violation.expected) == ("spec.resources.requests.storage", "at most 500Mi")


def test_a_class_of_the_cluster_is_its_business_but_a_slip_beside_the_sets_own_shows() -> None:
    objects = system()
    objects["PersistentVolumeClaim shop-data"]["spec"]["storageClassName"] = "local-pathh"
    assert found("T07", objects) == []
    own = {"kind": "StorageClass", "metadata": {"name": "local-path"}}
    (violation,) = found("T07", objects, own)
    assert violation.nearest == "StorageClass local-path"


def test_the_claims_of_the_app_are_not_those_of_the_database() -> None:
    assert app(system())["name"] == "web", "the example has two workloads, which share nothing"


def test_two_workloads_on_nodes_of_unknown_number_are_undecided() -> None:
    objects = system()
    other = deepcopy(objects["Deployment shop"])
    other["metadata"]["name"] = "worker"
    for workload in (objects["Deployment shop"], other):
        workload["spec"]["template"]["spec"]["nodeSelector"] = {"disk": "ssd"}
    other["spec"]["template"]["metadata"]["labels"] = {"app": "worker"}
    assert {v.undecided for v in found("T02", objects, other)} == {True}
    del other["spec"]["template"]["spec"]["nodeSelector"]
    assert {v.undecided for v in found("T02", objects, other)} == {False}
