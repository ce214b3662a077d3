"""When the stand-in for the kubernetes provider says that an object is ready, and what it says until then."""

from typing import Any

import pytest

from devcluster.plugins.kubernetes.readiness import others, wait_for, workloads
from devcluster.plugins.kubernetes.readiness.pods import complaints, failed_containers
from devcluster.plugins.kubernetes.readiness.verdict import Look


def seeing(**found: list[dict[str, Any]]) -> Look:
    return lambda api_version, kind, namespace, **query: found.get(kind, [])


NOTHING = seeing()


def conditions(**found: str) -> list[dict[str, str]]:
    return [{"type": name, "status": status} for name, status in found.items()]


def workload(generation: int, status: dict[str, Any], **spec: Any) -> dict[str, Any]:
    meta = {"name": "a", "namespace": "n", "generation": generation}
    return {
        "metadata": meta,
        "spec": {"replicas": 2, "selector": {"matchLabels": {"a": "b"}}, **spec},
        "status": status,
    }


ROLLED = {
    "observedGeneration": 2,
    "updatedReplicas": 2,
    "availableReplicas": 2,
    "conditions": [
        {"type": "Available", "status": "True"},
        {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"},
    ],
}


def test_a_deployment_is_ready_when_the_newest_replica_set_is_whole() -> None:
    assert workloads.deployment(workload(2, ROLLED), NOTHING).ready
    assert not workloads.deployment(workload(3, ROLLED), NOTHING).ready, "the status is that of an older version"
    assert not workloads.deployment(workload(2, {**ROLLED, "updatedReplicas": 1}), NOTHING).ready
    assert not workloads.deployment(workload(2, {**ROLLED, "conditions": []}), NOTHING).ready


def test_a_deployment_that_waits_tells_why_its_pods_do() -> None:
    waiting = {"name": "c", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}}
    pod = {"metadata": {"name": "p"}, "status": {"phase": "Pending", "containerStatuses": [waiting]}}
    told = workloads.deployment(workload(2, {**ROLLED, "availableReplicas": 0}), seeing(Pod=[pod]))
    assert told.reasons == ("Pod p, container c: [ImagePullBackOff] no such image",)


@pytest.mark.parametrize(
    ("status", "ready"),
    [
        ({"readyReplicas": 2, "replicas": 2, "currentRevision": "r1", "updateRevision": "r1"}, True),
        ({"readyReplicas": 2, "replicas": 2, "currentRevision": "r1", "updateRevision": "r2"}, False),
        ({"readyReplicas": 1, "replicas": 2, "currentRevision": "r1", "updateRevision": "r1"}, False),
    ],
)
def test_a_stateful_set_is_ready_when_all_are_of_the_newest_revision(status: dict[str, Any], ready: bool) -> None:
    assert workloads.stateful_set(workload(1, {"observedGeneration": 1, **status}), NOTHING).ready is ready


def test_a_job_is_ready_when_complete_and_fails_at_once_when_failed() -> None:
    def job(**found: str) -> dict[str, Any]:
        return {"metadata": {"name": "j"}, "spec": {}, "status": {"conditions": conditions(**found)}}

    assert workloads.job(job(Complete="True"), NOTHING).ready
    ended = {"name": "c", "state": {"terminated": {"exitCode": 3, "reason": "Error"}}}
    pod = {"metadata": {"name": "p"}, "status": {"phase": "Failed", "containerStatuses": [ended]}}
    failed = workloads.job(job(Failed="True"), seeing(Pod=[pod]))
    assert failed.failed, "waiting for a failed Job is in vain"
    assert "exit code 3" in failed.reasons[0]
    running = workloads.job(job(), NOTHING)
    assert not running.ready and not running.failed


def claim(phase: str, asked: str = "1Gi", has: str = "1Gi", **more: Any) -> dict[str, Any]:
    spec = {"storageClassName": "s", "resources": {"requests": {"storage": asked}}}
    status = {"phase": phase, "capacity": {"storage": has}, **more}
    return {"metadata": {"name": "c", "namespace": "n"}, "spec": spec, "status": status}


def storage(mode: str, grows: bool = True) -> dict[str, Any]:
    return {"volumeBindingMode": mode, "allowVolumeExpansion": grows}


def test_a_claim_is_waited_for_until_bound_unless_it_waits_for_a_pod_itself() -> None:
    pending = claim("Pending")
    assert not others.persistent_volume_claim(pending, seeing(StorageClass=[storage("Immediate")])).ready
    assert others.persistent_volume_claim(pending, seeing(StorageClass=[storage("WaitForFirstConsumer")])).ready
    assert others.persistent_volume_claim(claim("Bound"), NOTHING).ready
    assert others.persistent_volume_claim(claim("Lost"), NOTHING).failed


def test_growth_is_waited_for_only_where_something_makes_it_grow() -> None:
    grown, mounted = claim("Bound", "2Gi", "2048Mi"), {"persistentVolumeClaim": {"claimName": "c"}}
    growing = claim("Bound", "2Gi", "1Gi")
    can, cannot = storage("Immediate"), storage("Immediate", grows=False)
    assert others.persistent_volume_claim(grown, seeing(StorageClass=[can])).ready
    assert not others.persistent_volume_claim(growing, seeing(StorageClass=[can])).ready
    assert others.persistent_volume_claim(growing, seeing(StorageClass=[cannot])).ready
    left = claim("Bound", "2Gi", "1Gi", conditions=conditions(FileSystemResizePending="True"))
    assert others.persistent_volume_claim(left, seeing(StorageClass=[can])).ready, "no pod has it mounted"
    pod = {"spec": {"volumes": [mounted]}}
    assert not others.persistent_volume_claim(left, seeing(StorageClass=[can], Pod=[pod])).ready


@pytest.mark.parametrize(
    "spec", [{"clusterIP": "None", "selector": {"a": "b"}}, {"type": "ExternalName"}, {"selector": {}}, {}]
)
def test_services_without_endpoints_of_their_own_are_not_waited_for(spec: dict[str, Any]) -> None:
    assert others.service({"metadata": {"name": "s"}, "spec": spec}, NOTHING).ready


def test_a_service_is_ready_with_one_ready_endpoint() -> None:
    service = {"metadata": {"name": "s", "namespace": "n"}, "spec": {"selector": {"a": "b"}}}
    assert not others.service(service, NOTHING).ready
    unready = {"endpoints": [{"conditions": {"ready": False}}]}
    assert not others.service(service, seeing(EndpointSlice=[unready])).ready
    assert others.service(
        service, seeing(EndpointSlice=[unready, {"endpoints": [{"conditions": {"ready": True}}]}])
    ).ready


def test_an_unschedulable_pod_says_so_and_a_starting_one_says_nothing() -> None:
    refused = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/1 nodes"}
    pod = {"metadata": {"name": "p"}, "status": {"phase": "Pending", "conditions": [refused]}}
    assert complaints(pod) == ["Pod p: [Unschedulable] 0/1 nodes"]
    creating = {"name": "c", "state": {"waiting": {"reason": "ContainerCreating"}}}
    assert complaints({"metadata": {"name": "p"}, "status": {"containerStatuses": [creating]}}) == []


def test_the_log_of_what_crashed_is_read_latest_pod_first() -> None:
    def pod(name: str, when: str) -> dict[str, Any]:
        crashed = {"name": "c", "state": {"waiting": {}}, "lastState": {"terminated": {"exitCode": 1}}}
        meta = {"name": name, "creationTimestamp": when}
        return {"metadata": meta, "status": {"containerStatuses": [crashed, {"name": "fine", "state": {}}]}}

    assert failed_containers([pod("old", "2026-01-01"), pod("new", "2026-01-02")]) == [("new", "c"), ("old", "c")]


THING = {
    "metadata": {"annotations": {"a.b/c": "d"}},
    "status": {"phase": "Running", "n": 3, "conditions": conditions(Ready="True", Other="False"), "ips": [{"ip": "1"}]},
}


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("condition=Ready", True),
        ("condition=ready=True", True),
        ("condition=Other", False),
        ("condition=Other=False", True),
        ("condition=Missing", False),
        ("jsonpath={.status.phase}=Running", True),
        ("jsonpath='{.status.phase}'=Running", True),
        ("jsonpath={.status.phase}=Pending", False),
        ("jsonpath={.status.n}=3", True),
        ("jsonpath={.status.ips[0].ip}", True),
        ("jsonpath={.status.ips[*].ip}=1", True),
        ("jsonpath={.status.missing}", False),
        (r"jsonpath={.metadata.annotations.a\.b/c}=d", True),
        ('jsonpath={.status.conditions[?(@.type=="Ready")].status}=True', True),
    ],
)
def test_wait_for_expressions_are_those_of_kubectl_wait(expression: str, holds: bool) -> None:
    assert wait_for.holds(THING, wait_for.expressions(expression)[0]) is holds


def test_a_list_of_expressions_must_hold_as_a_whole_and_nonsense_is_refused() -> None:
    both = wait_for.expressions('["condition=Ready", "jsonpath={.status.phase}=Pending"]')
    verdict = wait_for.judge(THING, both)
    assert not verdict.ready and "phase" in verdict.waiting and "Ready" not in verdict.waiting
    for text in ("Ready", "[]", '["Ready"]', "jsonpath={.a[?}"):
        with pytest.raises(wait_for.NotAnExpression):
            wait_for.expressions(text)
