"""Who may become primary and who may be copied anew; everybody else is refused with the reason."""

from dataclasses import replace

import operations_cases as cases
import pytest
from hypothesis import given, settings
from test_operations_findings import clusters

from operations.choice import next_primary, to_copy, unfit
from operations.refusals import Refused
from operations.state import Own

HEALTHY = cases.recorded("healthy")


def test_the_synchronous_standby_is_the_one():
    assert next_primary(HEALTHY) == ("pg-2", "pg-1")
    assert next_primary(HEALTHY, "pg-1") == ("pg-2", "pg-1")


def test_without_synchronous_mode_it_is_the_one_with_the_least_lag():
    cluster = replace(cases.changed(HEALTHY, "pg-1", role="standby", lag=512), synchronous="off")
    assert next_primary(cluster) == ("pg-2", "pg-0")
    assert next_primary(cluster, "pg-1") == ("pg-2", "pg-1"), "but any that is fit may be asked for"


@pytest.mark.parametrize(
    ("cluster", "wanted", "reason"),
    [
        (HEALTHY, "pg-9", "MEMBER=pg-9 is no member of pg-ha; they are pg-0, pg-1, pg-2"),
        (HEALTHY, "pg-2", "pg-2 is the primary already"),
        (HEALTHY, "pg-0", "it is not synchronous: it may lack commits that were acknowledged; switch to pg-1"),
        (cases.changed(HEALTHY, "pg-1", state="running"), "pg-1", "it does not stream (running); no other standby"),
        (cases.changed(HEALTHY, "pg-1", tags=(("nofailover", "True"),)), "pg-1", "its tags say"),
        (cases.changed(HEALTHY, "pg-1", lag=2**21), "", "it is 2.0 MiB behind"),
        (cases.changed(HEALTHY, "pg-1", own=Own(missing="timed out")), "", "its Patroni does not answer: timed out"),
        (cases.changed(HEALTHY, "pg-2", role="standby"), "", "there is no primary to switch from"),
        (cases.recorded("etcd_gone"), "", "etcd has no majority"),
    ],
)
def test_a_switchover_that_can_not_be_is_refused_with_the_reason(cluster, wanted, reason):
    with pytest.raises(Refused) as refused:
        next_primary(cluster, wanted)
    assert reason in str(refused.value)


def test_when_nobody_can_take_over_every_reason_is_given():
    cluster = cases.changed(HEALTHY, "pg-1", state="running")
    with pytest.raises(Refused) as refused:
        next_primary(cluster)
    text = str(refused.value)
    assert "the primary stays pg-2" in text
    assert "pg-0: it is not synchronous" in text and "pg-1: it does not stream" in text


@settings(max_examples=25)
@given(clusters)
def test_only_a_fit_standby_is_ever_chosen(cluster):
    try:
        leader, chosen = next_primary(cluster)
    except Refused:
        return
    member = cluster.member(chosen)
    assert member and leader != chosen and member.role != "primary" and not unfit(cluster, member)


def test_a_standby_is_copied_from_the_primary():
    member, primary = to_copy(HEALTHY, "pg-0")
    assert (member.name, primary.name) == ("pg-0", "pg-2")


@pytest.mark.parametrize(
    ("cluster", "name", "reason"),
    [
        (HEALTHY, "", "MEMBER=… is one of pg-0, pg-1"),
        (HEALTHY, "pg-22", "did you mean `pg-2`?"),
        (HEALTHY, "pg-2", "pg-2 is the primary"),
        (cases.changed(HEALTHY, "pg-2", role="standby"), "pg-0", "may be the last there is"),
        (cases.changed(HEALTHY, "pg-0", own=Own(missing="refused")), "pg-0", "Patroni does not answer (refused)"),
    ],
)
def test_a_copy_that_would_destroy_something_is_refused(cluster, name, reason):
    with pytest.raises(Refused) as refused:
        to_copy(cluster, name)
    assert reason in str(refused.value)
