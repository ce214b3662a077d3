"""What is wrong with a cluster is said in words, with what to do."""

from dataclasses import replace

import operations_cases as cases
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operations.findings import findings
from operations.state import Cluster, Disk, EtcdMember, Member, Own, Pod, Slot

HEALTHY = cases.recorded("healthy")


def said(cluster: Cluster) -> str:
    """Everything that is said of it."""
    return "\n".join(f"{finding.what} → {finding.do}" for finding in findings(cluster))


def only(cluster: Cluster):
    """The one thing that is wrong."""
    found = cases.wrong(cluster)
    assert len(found) == 1, f"one cause is one finding: {[finding.what for finding in found]}"
    return found[0]


def test_nothing_is_said_of_a_healthy_cluster():
    assert findings(HEALTHY) == []


def test_a_standby_whose_wal_is_gone_is_to_be_copied_anew():
    finding = only(cases.recorded("wal_gone"))
    assert finding.what == ("pg-0 is 192.0 MiB behind and the primary has removed WAL that it needs: it can't catch up")
    assert "`make reinit STACK=shop MEMBER=pg-0`" in finding.do


def test_a_standby_that_may_still_catch_up_is_not_condemned():
    cluster = replace(cases.recorded("wal_gone"), oldest_wal=0)
    assert only(cluster).what == "pg-0 runs but does not stream from pg-2"


def test_maintenance_mode_is_wrong_as_long_as_it_is_on():
    cluster = cases.changed(cases.recorded("paused"), "pg-0", state="streaming", lag=0)
    assert "make resume STACK=shop" in only(cluster).do


def test_one_restart_is_asked_for_not_one_for_each_member():
    found = [finding for finding in findings(cases.recorded("paused")) if "restart for" in finding.what]
    assert [finding.what for finding in found] == ["pg-0, pg-1 and pg-2 need a restart for max_connections: 50 → 60"]
    assert "--timeout" in found[0].do, "Patroni's own default is primary_start_timeout, which is 0 here"
    assert not found[0].wrong, "a parameter that waits breaks nothing"


def test_a_member_of_etcd_that_is_down_is_told_and_no_more():
    cluster = cases.changed(cases.recorded("etcd_one_down"), "pg-0", state="streaming", lag=0, received=2**40)
    cluster = cases.changed(cluster, "pg-etcd-1", pod=cases.crashing("pg-etcd-1", "disk I/O error"))
    finding = only(cluster)
    assert finding.what.startswith("pg-etcd-1 does not run: CrashLoopBackOff")
    assert "disk I/O error" in finding.what, "the last words of the container that ended"


@pytest.mark.parametrize(
    "words",
    [
        "discovery failed: member 5373537beabaa135 has already been bootstrapped",
        "panic: tocommit(215) is out of range [lastIndex(3)]. Was the raft log corrupted, truncated, or lost?",
        "server error: the member has been permanently removed from the cluster",
    ],
)
def test_an_etcd_member_without_its_data_is_told_from_one_that_crashes(words):
    cluster = cases.changed(HEALTHY, "pg-etcd-1", pod=cases.crashing("pg-etcd-1", words), missing="refused")
    assert "«A member of etcd lost its volume»" in only(cluster).do


def test_etcd_without_a_majority_is_said_first_of_what_can_be_done():
    cluster = cases.recorded("etcd_gone")
    text = said(cluster)
    assert "etcd has no majority: of 3 members none can be reached" in text
    assert "failsafe mode: pg-0, pg-1 and pg-2 can't reach etcd" in text
    assert "there is no primary" not in text, "the primary goes on, and says so itself"


def test_a_full_etcd_is_one_finding_whoever_raised_the_alarm():
    found = [finding for finding in cases.wrong(cases.recorded("etcd_nospace")) if "NOSPACE" in finding.what]
    assert len(found) == 1, "each member's page names the alarms of all"
    assert "«etcd is out of space»" in found[0].do


def test_a_corrupt_member_of_etcd_is_told():
    cluster = cases.changed(HEALTHY, "pg-etcd-0", healthy=False, reason="ALARM CORRUPT")
    assert "alarm list" in only(cluster).do


def test_etcd_that_asks_nobody_for_a_password_is_told():
    assert "asks nobody for a password" in only(cases.changed(HEALTHY, "pg-etcd-2", is_open=True)).what


def test_a_store_that_fills_is_worth_a_word_and_no_more():
    cluster = cases.changed(HEALTHY, "pg-etcd-2", size=450, quota=500)
    assert cases.wrong(cluster) == []
    assert "defrag" in said(cluster)


def test_two_primaries_are_told_with_the_one_that_holds_the_lock():
    cluster = cases.changed(HEALTHY, "pg-0", own=Own(is_primary=True))
    assert "pg-0 and pg-2 both run as primary; pg-2 holds the lock" in said(cluster)


def test_postgresql_that_goes_on_without_its_patroni_is_a_second_primary():
    seen = cases.looks("healthy")
    seen["pg-0"] |= {"patroni": {"missing": "timed out"}, "slots": [], "oldest_wal": 0}
    assert "pg-0 and pg-2 both run as primary; pg-2 holds the lock" in said(cases.read(seen)), (
        "a frozen Patroni does not stop its server when the lock is lost"
    )


def _headless(cluster: Cluster) -> Cluster:
    return cases.changed(cluster, "pg-2", role="standby", own=Own(is_primary=False))


def test_without_a_primary_it_is_said_what_it_waits_for():
    assert "takes over within 20 s" in said(_headless(HEALTHY))
    assert "`make resume STACK=shop`: in maintenance mode nobody takes over" in said(
        replace(_headless(HEALTHY), paused=True)
    )
    dead = [cases.changed(_headless(HEALTHY), name, has_leader=False) for name in cases.ETCD]
    away = replace(dead[0], etcd=tuple(replace(member, has_leader=False) for member in dead[0].etcd))
    assert "etcd first" in said(away)


def test_without_a_primary_standbys_are_not_told_that_they_do_not_stream():
    cluster = cases.changed(_headless(HEALTHY), "pg-0", state="running")
    assert "does not stream" not in said(cluster), "there is nothing to stream from"


def test_a_primary_that_is_not_ready_for_writes_is_told():
    cluster = cases.changed(HEALTHY, "pg-2", own=Own(is_primary=False), state="starting")
    assert only(cluster).what == "pg-2 holds the lock but does not accept writes yet (starting)"


@pytest.mark.parametrize(("mode", "words"), [("on", "is on pg-2 alone"), ("strict", "every commit waits")])
def test_no_synchronous_standby_means_something_else_in_each_mode(mode, words):
    cluster = replace(cases.changed(HEALTHY, "pg-1", role="standby"), synchronous=mode)
    assert words in only(cluster).what


def test_no_synchronous_standby_is_nothing_where_none_is_wanted():
    assert findings(replace(cases.changed(HEALTHY, "pg-1", role="standby"), synchronous="off")) == []


def test_a_pod_that_is_down_is_the_only_thing_said_of_its_member():
    cluster = cases.changed(HEALTHY, "pg-0", pod=cases.crashing("pg-0"), state="stopped", own=Own(missing="gone"))
    assert only(cluster).what.startswith("pg-0 does not run: CrashLoopBackOff")
    assert "pg-0 has no pod" in only(cases.changed(HEALTHY, "pg-0", pod=None)).what


def test_a_frozen_patroni_is_told():
    cluster = cases.changed(HEALTHY, "pg-1", own=Own(missing="timed out"))
    assert only(cluster).what == "pg-1's Patroni does not answer: timed out"


def test_a_member_that_etcd_does_not_know_is_told():
    assert "not in the list of members" in only(cases.changed(HEALTHY, "pg-0", listed=False)).what


def test_a_member_that_is_cut_off_from_etcd_is_told():
    cluster = cases.changed(HEALTHY, "pg-0", own=Own(etcd_seen=60.0))
    assert only(cluster).what == "pg-0 has not heard from etcd for 60 s"


@pytest.mark.parametrize(("free", "is_wrong"), [(4, True), (10, False)])
def test_a_full_volume_is_wrong_and_a_nearly_full_one_worth_a_word(free, is_wrong):
    cluster = cases.changed(HEALTHY, "pg-2", disk=Disk(total=100, free=free))
    assert bool(cases.wrong(cluster)) == is_wrong
    assert "Never delete files of pg_wal" in said(cluster)


def test_postgresql_that_is_down_is_told_with_its_log():
    assert "kubectl logs pg-0" in only(cases.changed(HEALTHY, "pg-0", state="start failed")).do
    stopped = replace(cases.changed(HEALTHY, "pg-0", state="stopped"), paused=True)
    assert "make resume" in cases.wrong(stopped)[-1].do, "in maintenance mode Patroni does not start it"


def test_a_standby_that_is_being_made_is_no_fault():
    cluster = cases.changed(HEALTHY, "pg-0", state="creating replica")
    assert cases.wrong(cluster) == []
    assert "pg-0 is not there yet: creating replica" in said(cluster)


def test_a_standby_too_far_behind_is_told():
    cluster = cases.changed(HEALTHY, "pg-0", lag=3 * 2**20)
    assert only(cluster).what == "pg-0 is 3.0 MiB behind; over 1.0 MiB it is not promoted"


def test_slots_that_hold_wal_are_told_by_their_owner():
    lost = Slot("pg_0", active=False, status="unreserved", held=2**30)
    assert "the slot of pg-0 is about to lose WAL" in only(replace(HEALTHY, slots=(lost,))).what
    foreign = replace(HEALTHY, slots=(Slot("old_backup", active=False, status="reserved", held=2**31),))
    assert cases.wrong(foreign) == []
    assert "pg_drop_replication_slot('old_backup')" in said(foreign)


def test_the_way_in_is_part_of_it():
    assert "no client gets in" in only(replace(HEALTHY, routers=())).what
    one = replace(HEALTHY, routers=(cases.up("a"), cases.crashing("b")))
    assert only(one).what == "1 of 2 pods of the router are ready; clients still get in"


def test_a_job_that_gave_up_is_told():
    assert "pulumi up" in only(replace(HEALTHY, failed_jobs=("pg-settle-1",))).what


def test_tags_that_keep_a_member_from_being_promoted_are_worth_a_word():
    for tag in (("nofailover", "True"), ("failover_priority", "0")):
        assert "never promoted" in said(cases.changed(HEALTHY, "pg-0", tags=(tag,)))
    assert findings(cases.changed(HEALTHY, "pg-0", tags=(("nofailover", "False"),))) == []


_pods = st.builds(
    Pod, name=st.just("pg-0"), ready=st.booleans(), running=st.booleans(), trouble=st.sampled_from(["", "x"])
)
_states = [
    "running",
    "streaming",
    "stopped",
    "creating replica",
    "in archive recovery",
    "starting",
    "unknown",
    "new word",
]
_owns = st.builds(Own, missing=st.sampled_from(["", "timed out"]), is_primary=st.booleans(), failsafe=st.booleans())
_sizes = st.integers(0, 2**45)


def _members(name: str):
    return st.builds(
        Member,
        name=st.just(name),
        pod=st.none() | _pods,
        listed=st.booleans(),
        role=st.sampled_from(["primary", "synchronous standby", "standby", "unknown"]),
        state=st.sampled_from(_states),
        lag=st.none() | _sizes,
        received=st.none() | _sizes,
        own=_owns,
        disk=st.none() | st.builds(Disk, total=_sizes, free=st.just(0)),
    )


def _etcd(name: str):
    return st.builds(
        EtcdMember,
        name=st.just(name),
        pod=st.none() | _pods,
        missing=st.sampled_from(["", "refused"]),
        healthy=st.booleans(),
        reason=st.sampled_from(["", "ALARM NOSPACE", "RAFT NO LEADER", "ALARM CORRUPT"]),
        has_leader=st.booleans(),
        size=_sizes,
        quota=_sizes,
    )


clusters = st.builds(
    Cluster,
    stack=st.just("shop"),
    scope=st.just("pg-ha"),
    members=st.tuples(*map(_members, cases.MEMBERS)),
    etcd=st.tuples(*map(_etcd, cases.ETCD)),
    routers=st.just(()),
    routers_wanted=st.just(2),
    listing=st.sampled_from(["", "HTTP 503"]),
    paused=st.booleans(),
    synchronous=st.sampled_from(["off", "on", "strict", "quorum"]),
    oldest_wal=st.none() | _sizes,
    slots=st.lists(st.builds(Slot, st.sampled_from(["pg_0", "x"]), st.booleans(), st.just(""), _sizes), max_size=1).map(
        tuple
    ),
)


@settings(max_examples=25)
@given(clusters)
def test_whatever_the_state_it_is_said_in_whole_sentences(cluster):
    found = findings(cluster)
    order = [finding.wrong for finding in found]
    assert order == sorted(order, reverse=True), "what is wrong comes before what is worth knowing"
    for finding in found:
        assert finding.what.strip() and "\n" not in finding.what + finding.do, finding
        assert "None" not in finding.what + finding.do, finding
    assert len(set(found)) == len(found), "nothing is said twice"


@settings(max_examples=25)
@given(clusters)
def test_nobody_is_told_to_throw_the_primary_away(cluster):
    for member in cluster.members:
        if member.role == "primary":
            assert f"make reinit STACK=shop MEMBER={member.name}" not in said(cluster)
