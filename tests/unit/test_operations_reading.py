"""What Kubernetes, Patroni and etcd answered becomes the state of a cluster."""

import operations_cases as cases
import pytest

from operations import pods
from operations.words import last_words


def test_a_healthy_cluster_is_read_as_it_is():
    cluster = cases.recorded("healthy")
    roles = {member.name: (member.role, member.state, member.lag, member.timeline) for member in cluster.members}
    assert roles == {
        "pg-0": ("standby", "streaming", 0, 1),
        "pg-1": ("synchronous standby", "streaming", 0, 1),
        "pg-2": ("primary", "running", None, 1),
    }
    assert cluster.synchronous == "on", "the mode is in the dynamic configuration"
    assert (cluster.ttl, cluster.lag_limit) == (20, 1048576), "and so are the limits"
    assert [member.is_leader for member in cluster.etcd] == [False, False, True]
    assert {slot.name: slot.active for slot in cluster.slots} == {"pg_0": True, "pg_1": True}, "as the primary has them"
    assert cluster.members[0].disk and cluster.members[0].disk.used == pytest.approx(0.4)


def test_a_member_that_runs_without_streaming_keeps_its_position():
    member = cases.recorded("wal_gone").member("pg-0")
    assert member
    assert member.state == "running"
    assert member.lag == 201326808, "bytes, as Patroni counts them"
    assert member.received == 0x50487D0 or member.received, "a WAL position is a number of bytes"
    assert not member.streams


def test_a_members_own_word_is_newer_than_what_it_wrote_into_etcd():
    seen = cases.looks("wal_gone")
    seen["pg-0"]["patroni"] |= {"replication_state": "streaming"}
    before = cases.read(seen).member("pg-0")
    assert before and before.received and before.lag
    seen["pg-0"]["patroni"]["xlog"]["received_location"] = before.received + before.lag - 100
    member = cases.read(seen).member("pg-0")
    assert member
    assert (member.state, member.lag) == ("streaming", 100), (
        "etcd that refuses writes would show the old state for ever"
    )


def test_without_etcd_each_member_speaks_for_itself():
    cluster = cases.recorded("etcd_gone")
    assert cluster.listing, "the list of members can't be had, and that is known"
    assert cluster.primary and cluster.primary.name == "pg-2", "it says that it is primary"
    assert [member.state for member in cluster.standbys] == ["running", "streaming"]
    assert not cluster.has_quorum


def test_a_member_that_was_asked_for_and_is_nowhere_is_not_forgotten():
    seen = {name: look for name, look in cases.looks("healthy").items() if name != "pg-0"}
    for look in seen.values():
        look["cluster"]["members"] = [entry for entry in look["cluster"]["members"] if entry["name"] != "pg-0"]
    member = cases.read(seen).member("pg-0")
    assert member
    assert (member.role, member.listed) == ("unknown", False)


def test_nobody_who_could_be_asked_is_no_error():
    cluster = cases.read({name: {"missing": "its container does not run"} for name in cases.MEMBERS})
    assert {member.own.missing for member in cluster.members} == {"its container does not run"}
    assert cluster.primary is None
    assert cluster.has_quorum, "etcd's pods are ready, which they are by quorum only"


def test_an_etcd_member_that_one_member_does_not_reach_is_read_from_another():
    seen = cases.looks("healthy")
    seen["pg-0"]["etcd"]["pg-etcd-1"] = {"missing": "timed out"}
    member = cases.read(seen).etcd[1]
    assert member.healthy
    assert member.unseen_by == ("pg-0",)


@pytest.mark.parametrize(
    ("config", "mode"),
    [
        ({"synchronous_mode": True}, "on"),
        ({"synchronous_mode": True, "synchronous_mode_strict": True}, "strict"),
        ({"synchronous_mode": "quorum"}, "quorum"),
        ({"synchronous_mode": False}, "off"),
        ({}, "off"),
    ],
)
def test_every_synchronous_mode_is_told_apart(config, mode):
    seen = cases.looks("healthy")
    for look in seen.values():
        look["config"] = config
    assert cases.read(seen).synchronous == mode


def test_a_scheduled_switchover_is_read():
    seen = cases.looks("healthy")
    seen["pg-0"]["cluster"]["scheduled_switchover"] = {"at": "2026-12-01T03:00:00+00:00", "to": "pg-1"}
    assert cases.read(seen).scheduled == "to pg-1 at 2026-12-01 03:00:00 UTC"


def _pod(**status):
    return {"metadata": {"name": "pg-0"}, "status": status}


def _container(state, restarts=0):
    return [
        {"name": "exporter", "state": {"running": {}}},
        {"name": "patroni", "state": state, "restartCount": restarts},
    ]


def test_a_pod_that_crashes_says_how_often_and_why():
    state = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}}
    seen = pods.pod(_pod(phase="Running", containerStatuses=_container(state, 4)), "patroni")
    assert (seen.running, seen.restarts, seen.trouble) == (False, 4, "CrashLoopBackOff: back-off 10s")


def test_a_pod_without_a_node_says_what_the_scheduler_says():
    condition = {"type": "PodScheduled", "status": "False", "message": "0/3 nodes are available"}
    assert pods.pod(_pod(phase="Pending", conditions=[condition]), "patroni").trouble == (
        "not scheduled: 0/3 nodes are available"
    )


def test_a_pod_that_runs_has_no_trouble_even_if_it_is_not_ready():
    seen = pods.pod(_pod(phase="Running", containerStatuses=_container({"running": {}})), "patroni")
    assert (seen.running, seen.ready, seen.trouble) == (True, False, "")


def test_a_pod_that_is_being_deleted_says_so():
    body = {"metadata": {"name": "pg-0", "deletionTimestamp": "2026-12-01T03:00:00Z"}, "status": {}}
    assert pods.pod(body, "patroni").trouble == "it is being deleted"


LOST = (
    '{"level":"info","msg":"became follower at term 3"}\n'
    '{"level":"panic","msg":"tocommit(215) is out of range [lastIndex(3)]. Was the raft log corrupted?"}\n'
    "panic: tocommit(215) is out of range [lastIndex(3)]. Was the raft log corrupted?\n\ngoroutine 126 [running]:\n"
    "\tgo.etcd.io/raft/v3@v3.6.0/node.go:287 +0x245\n"
)


def test_the_last_words_of_a_log_are_those_that_say_why():
    assert last_words(LOST).startswith("panic: tocommit(215) is out of range [lastIndex(3)]"), "not the stack below it"
    assert last_words(
        '{"level":"fatal","msg":"discovery failed","error":"member 1 has already been bootstrapped"}'
    ) == ("discovery failed: member 1 has already been bootstrapped")
    assert last_words("one\ntwo\n") == "two", "without such a line it is the last one"
    assert last_words("") == ""
    assert len(last_words("x" * 10_000)) == 240, "one line stays one line"
