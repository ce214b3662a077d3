"""The operator's commands, as `make ha-status` and its siblings run them, while a client writes."""

from tests.e2e.replicated.database import Replicated, written_through
from tests.e2e.stacks import Observer
from tests.e2e.trial import Ended

OPERATION_WITHIN = 180.0
"""Seconds for one command; a standby that is copied anew is the longest of them here."""


def operate(observer: Observer, *words: str) -> Ended:
    """One command for the stack of the test."""
    return observer.trial.operations(*words, within=OPERATION_WITHIN)


def test_a_whole_database_is_told_as_whole(replicated: Observer, database: Replicated) -> None:
    ended = operate(replicated, "status")
    assert ended.code == 0, ended.text
    for pod in (*database.members.pods, *database.members.etcd):
        assert pod in ended.text, f"every member is listed: {ended.text}"


def test_a_switchover_to_a_named_member_loses_nothing(replicated: Observer, database: Replicated) -> None:
    candidate = database.members.synchronous
    with written_through(database) as seen:
        ended = operate(replicated, "switchover", "--member", candidate)
    assert ended.code == 0, ended.text
    assert database.members.leader == candidate, ended.text
    assert (seen.lost, seen.two_primaries) == ([], []), f"{seen}"


def test_a_standby_is_copied_anew_and_the_primary_never(replicated: Observer, database: Replicated) -> None:
    refused = operate(replicated, "reinit", "--member", database.members.leader, "--yes")
    assert refused.code == 1, f"its data is the only good copy: {refused.text}"
    ended = operate(replicated, "reinit", "--member", database.members.synchronous, "--yes")
    assert ended.code == 0, ended.text
    database.members.healed()


def test_a_paused_database_says_so_until_it_is_resumed(replicated: Observer, database: Replicated) -> None:
    assert operate(replicated, "pause").code == 0
    try:
        paused = operate(replicated, "status")
        assert paused.code == 1, f"nobody takes over while it is paused: {paused.text}"
        assert "resume" in paused.text, f"it says what to do: {paused.text}"
    finally:
        assert operate(replicated, "resume").code == 0
    assert operate(replicated, "status").code == 0


def test_what_a_mistyped_name_means_is_said(replicated: Observer, database: Replicated) -> None:
    ended = operate(replicated, "switchover", "--member", "postgres-9")
    assert ended.code == 1, ended.text
    assert "postgres-0" in ended.text, f"the members that there are: {ended.text}"


def test_the_tools_of_patroni_and_etcd_are_at_hand(replicated: Observer, database: Replicated) -> None:
    listed = operate(replicated, "patronictl", "list")
    assert listed.code == 0 and "Leader" in listed.text, listed.text
    health = operate(replicated, "etcdctl", "endpoint", "health")
    assert health.code == 0 and health.text.count("is healthy") >= 1, health.text
