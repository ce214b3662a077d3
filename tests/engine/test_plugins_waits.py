"""What the stand-in for pulumi-resource-kubernetes waits for, on a node that runs pods."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from plugins_stack import Stack

from devcluster.plugins.kubernetes.cluster import Cluster
from devcluster.plugins.kubernetes.shape import quantity

Make = Callable[..., Stack]

PAUSE = "localhost/pause:3.10"
SHELL = "localhost/postgres:15-bookworm"


@pytest.fixture
def pause(node: set[str]) -> str:
    if PAUSE not in node:
        pytest.skip(f"the node has no image {PAUSE}; `make up` loads it")
    return PAUSE


@pytest.fixture
def shell(node: set[str]) -> str:
    if SHELL not in node:
        pytest.skip(f"the node has no image {SHELL}; `make up` loads it")
    return SHELL


def workload(kind: str, namespace: str, image: str, command: list[str] | None = None, **spec: Any) -> dict[str, Any]:
    container = {
        "name": "main",
        "image": image,
        "imagePullPolicy": "Never",
        **({"command": command} if command else {}),
    }
    pod = {"terminationGracePeriodSeconds": 0, "containers": [container]}
    version = "batch/v1" if kind == "Job" else "apps/v1"
    if kind == "Job":
        template: dict[str, Any] = {"spec": {**pod, "restartPolicy": "Never"}}
        spec = {"backoffLimit": 0, **spec}
    else:
        template = {"metadata": {"labels": {"app": "waited"}}, "spec": pod}
        spec = {"selector": {"matchLabels": {"app": "waited"}}, **spec}
    meta = {"name": "waited", "namespace": namespace}
    return {"apiVersion": version, "kind": kind, "metadata": meta, "spec": {**spec, "template": template}}


def test_a_failed_job_fails_at_once_with_its_last_words(stack: Make, shell: str, namespace: str) -> None:
    made = stack()
    job = workload("Job", namespace, shell, ["sh", "-c", "echo the ledger is locked; exit 3"])
    began = time.monotonic()
    printed = made.wants(job).up(code=1)
    assert time.monotonic() - began < 30, "it waited although the Job had failed"
    for words in ("exit code 3", "last line of its log: the ledger is locked"):
        assert words in printed, f"{words!r} is missing:\n{printed}"
    assert [each["id"] for each in made.state()] == [f"{namespace}/waited"], "what was made half is not in state"
    printed = made.wants(workload("Job", namespace, shell, ["sh", "-c", "exit 0"])).up()
    assert "1 replaced" in printed, f"a Job's template can't be changed in place:\n{printed}"
    made.preview("--expect-no-changes")


def test_a_deployment_that_cannot_start_says_why_and_is_waited_for_again(
    stack: Make, pause: str, cluster: Cluster, namespace: str
) -> None:
    made = stack()
    broken = workload("Deployment", namespace, "localhost/not-there:1")
    printed = made.wants(broken, custom_timeouts={"create": "4s"}).up(code=1)
    assert "ErrImageNeverPull" in printed, f"the container's reason is missing:\n{printed}"
    made.wants(workload("Deployment", namespace, pause, replicas=2)).up()
    status = cluster.get(broken)["status"]
    assert status["readyReplicas"] == status["updatedReplicas"] == 2, "it was not waited for until both were ready"


def test_a_claim_waits_for_its_pod_and_grows_in_place(
    stack: Make, pause: str, cluster: Cluster, namespace: str
) -> None:
    if not cluster.look("storage.k8s.io/v1", "StorageClass", None, name="local-path"):
        pytest.skip("the cluster has no storage class local-path")
    meta = {"name": "waited", "namespace": namespace}

    def claim(size: str) -> dict[str, Any]:
        asked = {"accessModes": ["ReadWriteOnce"], "storageClassName": "local-path"}
        spec = {**asked, "resources": {"requests": {"storage": size}}}
        return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": spec}

    volume = {"name": "data", "persistentVolumeClaim": {"claimName": "waited"}}
    container = {"name": "main", "image": pause, "volumeMounts": [{"name": "data", "mountPath": "/data"}]}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {**meta, "annotations": {"pulumi.com/waitFor": "jsonpath={.status.phase}=Running"}},
        "spec": {"terminationGracePeriodSeconds": 0, "containers": [container], "volumes": [volume]},
    }
    made = stack()
    made.wants(claim("1Gi"), pod).up()
    assert cluster.get(pod)["status"]["phase"] == "Running", "waitFor was not waited for"
    assert "~ 1 updated" in made.wants(claim("2Gi"), pod).up()
    live = cluster.get(claim("2Gi"))
    assert quantity(live["status"]["capacity"]["storage"]) == quantity("2Gi"), "the growth was not waited for"
    made.run("destroy", "--yes", "--skip-preview")


def test_a_service_waits_for_a_ready_pod_and_a_namespace_goes_with_all_in_it(
    stack: Make, pause: str, cluster: Cluster, namespace: str
) -> None:
    inside = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"{namespace}-inner"}}
    name = f"{namespace}-inner"
    port = [{"port": 80}]
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "waited", "namespace": name},
        "spec": {"selector": {"app": "waited"}, "ports": port},
    }
    headless = {
        **service,
        "metadata": {"name": "headless", "namespace": name},
        "spec": {"clusterIP": "None", "selector": {"app": "nobody"}, "ports": port},
    }
    made = stack().wants(inside, service, headless, workload("StatefulSet", name, pause, serviceName="headless"))
    made.up()
    slices = cluster.look(
        "discovery.k8s.io/v1", "EndpointSlice", name, labelSelector="kubernetes.io/service-name=waited"
    )
    assert slices and slices[0]["endpoints"][0]["conditions"]["ready"], "the Service was not waited for"
    made.run("destroy", "--yes", "--skip-preview")
    assert cluster.look("v1", "Namespace", None, name=name) == [], "the namespace was not waited for"
