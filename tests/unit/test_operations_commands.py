"""The commands, on a database that answers as it was recorded; the clock is not waited for."""

import io
from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import operations_cases as cases
import pytest
from rich.console import Console

from operations.commands import waiting
from operations.commands.maintenance import maintenance
from operations.commands.reinit import reinit
from operations.commands.status import status
from operations.commands.switchover import switchover
from operations.findings import findings
from operations.live import Live
from operations.refusals import CantTell, Failed, Refused
from operations.show import show
from operations.state import Cluster, Own

HEALTHY = cases.recorded("healthy")


class Fake(Live):
    """What it looks like at each look, and what Patroni answers; `asked` keeps what it was asked for."""

    looks: list[Cluster]
    asked: list[Any]
    reads: int
    answer: Any

    def __init__(self, *looks: Cluster, answer: Any = (200, "ok")) -> None:
        target = SimpleNamespace(apis=dict)
        vars(self).update(looks=list(looks), answer=answer, asked=[], reads=0, target=target)

    def read(self) -> Cluster:
        vars(self)["reads"] += 1
        return self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]

    def request(self, member: str, method: str, path: str, body: Any, within: float = 0) -> tuple[int, str]:
        self.asked.append((member, method, path, body))
        return self.answer

    def inside(self, member: str, order: Mapping[str, Any], within: float) -> Any:
        self.asked.append((member, order["method"], order["url"], order["body"]))
        return self.answer


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(waiting, "LOOK_EVERY", 0.0)


def answering(cluster: Cluster, **words: Any) -> Cluster:
    """Every member's own word changed."""
    return replace(
        cluster, members=tuple(replace(member, own=replace(member.own, **words)) for member in cluster.members)
    )


def test_status_ends_with_0_when_all_is_well_and_with_1_when_not(capsys):
    assert status(Fake(HEALTHY)) == 0
    assert "healthy: nothing is wrong" in capsys.readouterr().out
    assert status(Fake(cases.recorded("wal_gone"))) == 1
    assert "make reinit STACK=shop MEMBER=pg-0" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["healthy", "wal_gone", "paused", "etcd_one_down", "etcd_gone", "etcd_nospace"])
def test_a_pipe_gets_every_line_whole(name):
    cluster = cases.recorded(name)
    text = io.StringIO()
    show(Console(file=text, highlight=False, soft_wrap=True, width=200), cluster, findings(cluster))
    lines = [line.rstrip() for line in text.getvalue().splitlines()]
    for finding in findings(cluster):
        assert any(line.endswith(finding.what) for line in lines), finding.what
    assert "\x1b" not in text.getvalue(), "no colours where nobody sees them"
    for member in (*cluster.members, *cluster.etcd):
        assert any(line.startswith(f"{member.name} ") for line in lines), member.name


def test_a_switchover_asks_the_leader_and_says_how_long_nobody_was_primary(capsys):
    answer = {"status": 200, "text": "Successfully switched over", "gap": 1.23, "primary": "pg-1"}
    after = cases.changed(
        HEALTHY, "pg-2", role="synchronous standby", state="streaming", own=Own(replication="streaming")
    )
    after = cases.changed(after, "pg-1", role="primary")
    live = Fake(HEALTHY, after, answer=answer)
    assert switchover(live, "") == 0
    assert live.asked == [
        ("pg-2", "POST", "https://localhost:8008/switchover", {"leader": "pg-2", "candidate": "pg-1"})
    ]
    out = capsys.readouterr().out
    assert "pg-1 is primary; for 1.2 s nobody was" in out
    assert "pg-2 streams from it" in out


def test_a_switchover_whose_gap_was_not_seen_says_so(capsys):
    answer = {"status": 200, "text": 'Successfully switched over to "pg-1"', "gap": None, "primary": None}
    switched = cases.changed(HEALTHY, "pg-2", role="standby", state="streaming", own=Own(replication="streaming"))
    switched = cases.changed(switched, "pg-0", role="primary")
    assert switchover(Fake(HEALTHY, switched, answer=answer), "pg-1") == 0
    assert "could not be seen" in capsys.readouterr().out


def test_what_patroni_refuses_is_told_in_its_own_words():
    with pytest.raises(Failed, match="no good candidates have been found"):
        switchover(Fake(HEALTHY, answer={"status": 412, "text": "no good candidates have been found"}), "")
    with pytest.raises(CantTell, match="did not answer"):
        switchover(Fake(HEALTHY, answer={"missing": "timed out"}), "")


def test_nobody_is_asked_for_a_switchover_that_can_not_be():
    live = Fake(HEALTHY)
    with pytest.raises(Refused):
        switchover(live, "pg-0")
    assert live.asked == []


def _copied(*, started: str, replication: str) -> Cluster:
    return cases.changed(HEALTHY, "pg-0", own=Own(started=started, replication=replication))


def test_a_copy_is_waited_for_until_another_postgresql_streams(capsys):
    before = _copied(started="monday", replication="streaming")
    live = Fake(
        before,
        before,
        _copied(started="", replication=""),
        _copied(started="tuesday", replication=""),
        _copied(started="tuesday", replication="streaming"),
    )
    assert reinit(live, "pg-0", sure=True) == 0
    assert live.asked == [("pg-0", "POST", "/reinitialize", {})], "its own Patroni is asked"
    assert live.reads == 5, "it streamed before too, and it is copied before it streams: neither is the end"
    assert "pg-0 streams" in capsys.readouterr().out


def test_a_copy_needs_somebody_to_confirm_it(monkeypatch):
    live = Fake(HEALTHY)
    monkeypatch.setattr("sys.stdin", io.StringIO("pg-0\n"))
    with pytest.raises(Refused, match="YES=1"):
        reinit(live, "pg-0", sure=False)
    assert live.asked == []


@pytest.mark.parametrize(("typed", "asked"), [("pg-0", True), ("pg-1", False), ("yes", False), ("", False)])
def test_a_copy_is_confirmed_by_the_members_name(monkeypatch, typed, asked):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("builtins.input", lambda question: f" {typed} ")
    copied = _copied(started="tuesday", replication="streaming")
    live = Fake(HEALTHY, copied)
    try:
        assert reinit(live, "pg-0", sure=False) == 0
    except Refused as refusal:
        assert "not confirmed" in str(refusal)
    assert bool(live.asked) == asked


def test_what_is_waited_for_is_said_now_and_then(monkeypatch, capsys):
    monkeypatch.setattr(waiting, "SAY_EVERY", 0.0)
    answers = iter(["pg-0 is not copied yet", ""])
    assert waiting.until(Fake(HEALTHY), lambda cluster: next(answers), 60) == ""
    assert "… pg-0 is not copied yet" in capsys.readouterr().out
    assert waiting.until(Fake(HEALTHY), lambda cluster: "still not", -1) == "still not", "and not for ever"


def test_what_is_waited_for_is_not_said_at_every_look(capsys):
    answers = iter(["a", "b", ""])
    waiting.until(Fake(HEALTHY), lambda cluster: next(answers), 60)
    assert capsys.readouterr().out == ""


def test_a_copy_that_patroni_refuses_is_told():
    with pytest.raises(Failed, match="already in progress"):
        reinit(Fake(HEALTHY, answer=(503, "reinitialize already in progress")), "pg-0", sure=True)


def test_maintenance_mode_is_set_once_and_heard_by_all(capsys):
    live = Fake(HEALTHY, HEALTHY, answering(HEALTHY, paused=True))
    assert maintenance(live, on=True) == 0
    assert live.asked == [("pg-0", "PATCH", "/config", {"pause": True})]
    assert live.reads == 3, "it is waited for until everybody has heard it"
    assert "nobody takes over" in capsys.readouterr().out
    live = Fake(replace(answering(HEALTHY, paused=True), paused=True), HEALTHY)
    assert maintenance(live, on=False) == 0
    assert live.asked == [("pg-0", "PATCH", "/config", {"pause": None})]


def test_maintenance_mode_that_is_so_already_asks_nobody(capsys):
    live = Fake(HEALTHY)
    assert maintenance(live, on=False) == 0
    assert live.asked == []
    assert capsys.readouterr().out.startswith("it was so already")


def test_maintenance_mode_needs_a_patroni_that_answers():
    with pytest.raises(CantTell, match="no member's Patroni answers"):
        maintenance(Fake(answering(HEALTHY, missing="timed out")), on=True)
    with pytest.raises(Failed, match="503"):
        maintenance(Fake(HEALTHY, answer=(503, "")), on=True)
