"""`make status` says in words what is not as it should be."""

from devcluster.node.report import NodeStatus, pod_not_ready

ABOUT = {"name": "postgres-0", "namespace": "observer-local"}


def pod(**status):
    """A pod with that status."""
    return {"metadata": ABOUT, "status": status}


def test_a_ready_pod_and_one_that_ended_well_are_not_mentioned():
    assert pod_not_ready(pod(phase="Running", conditions=[{"type": "Ready", "status": "True"}])) == ""
    assert pod_not_ready(pod(phase="Succeeded")) == "", "a Job's pod ends"


def test_a_waiting_container_is_named_with_its_reason():
    waits = {"name": "postgres", "state": {"waiting": {"reason": "ErrImageNeverPull", "message": "no such image"}}}
    said = pod_not_ready(pod(phase="Pending", containerStatuses=[waits]))
    assert "observer-local/postgres-0" in said and "ErrImageNeverPull no such image" in said, "what to look at"


def test_a_failed_init_container_is_named_before_the_containers_that_wait_for_it():
    ended = {"name": "migrate", "state": {"terminated": {"exitCode": 3, "reason": "Error"}}}
    waits = {"name": "record", "state": {"waiting": {"reason": "PodInitializing"}}}
    said = pod_not_ready(pod(phase="Pending", initContainerStatuses=[ended], containerStatuses=[waits]))
    assert "migrate ended with 3" in said, "PodInitializing is no reason, only its consequence"


def test_a_pod_that_is_only_starting_says_so_in_kubernetes_own_words():
    waits = {"name": "observer", "state": {"waiting": {"reason": "PodInitializing"}}}
    ready = {"type": "Ready", "status": "False", "message": "containers with incomplete status: [ledger]"}
    said = pod_not_ready(pod(phase="Pending", containerStatuses=[waits], conditions=[ready]))
    assert "incomplete status: [ledger]" in said, "it names the container that is awaited; PodInitializing does not"


def test_a_pod_that_nobody_can_schedule_says_why():
    unscheduled = {"type": "PodScheduled", "status": "False", "message": "0/1 nodes are available: Insufficient cpu"}
    assert "Insufficient cpu" in pod_not_ready(pod(phase="Pending", conditions=[unscheduled]))


def test_the_memory_of_the_node_is_its_processes_and_the_shims_of_its_pods():
    node = NodeStatus({"etcd": 40 * 2**20, "kubelet": None}, 10 * 2**20, "")
    assert node.bytes == 50 * 2**20, "what runs in the pods is theirs"
    assert node.runs and not node.healthy, "the kubelet is missing"
    assert any(line.startswith("kubelet") and "does not run" in line for line in node.words())


def test_a_stopped_node_says_how_to_start_it():
    assert NodeStatus({"etcd": None}, 0, "x").words() == ["The node is not running: `make up` starts it."]
