"""hand_over.py: a primary that ends gives its role away first, and nothing that fails there holds its end up."""

import json
from datetime import UTC, datetime

import pytest

from components.postgres.replicated.scripts import hand_over, https

PRIMARY = {"role": "primary", "state": "running", "patroni": {"name": "pg-0"}}
ACCEPTED = (202, "Switchover scheduled")
SCHEDULED = {"at": "soon", "from": "pg-0"}


class Clock:
    """Time that passes only where somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(hand_over, "time", made)
    return made


def cluster(leader: str | None, *, scheduled: bool = False) -> tuple[int, str]:
    """The answer to GET /cluster."""
    members = [{"name": f"pg-{n}", "role": "leader" if f"pg-{n}" == leader else "replica"} for n in range(3)]
    return 200, json.dumps({"members": members} | ({"scheduled_switchover": SCHEDULED} if scheduled else {}))


class Patroni:
    """A member's REST API: what it says of itself, its answers to switchovers, and what it says of the cluster, the
    last of it for ever."""

    def __init__(self, status, *looks, answers=(ACCEPTED,)) -> None:
        self.status, self.looks, self.answers = status, list(looks), list(answers)
        self.asked = []

    def __call__(self, method, path, body):
        if (method, path) == ("GET", "/patroni"):
            return 200, json.dumps(self.status)
        if (method, path) == ("GET", "/cluster"):
            look = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
            if isinstance(look, OSError):
                raise look
            return look
        self.asked.append((method, path, json.loads(body)))
        return self.answers.pop(0)


def test_a_primary_asks_for_a_switchover_and_leaves_the_choice_to_patroni():
    patroni = Patroni(PRIMARY, cluster("pg-0", scheduled=True), cluster(None), cluster("pg-1"))
    assert hand_over.hand_over(patroni, 60) == "handed over to pg-1"
    [(method, path, body)] = patroni.asked
    assert (method, path, body["leader"]) == ("POST", "/switchover", "pg-0")
    assert "candidate" not in body, (
        "a candidate chosen here may have fallen behind meanwhile; Patroni takes one that has all commits"
    )


def test_the_switchover_has_a_time_so_that_patroni_does_not_keep_the_request():
    patroni = Patroni(PRIMARY, cluster("pg-1"))
    hand_over.hand_over(patroni, 60)
    when = datetime.fromisoformat(patroni.asked[0][2]["scheduled_at"])
    assert when.tzinfo is not None, "Patroni refuses a time without its zone"
    assert 0 < (when - datetime.now(UTC)).total_seconds() <= 0.5, (
        "a request without a time is held until there is another leader, and Patroni can't end before"
    )


def test_a_time_that_was_over_before_patroni_read_it_is_given_again_once():
    over = (422, "Cannot schedule switchover in the past")
    patroni = Patroni(PRIMARY, cluster("pg-1"), answers=(over, ACCEPTED))
    assert hand_over.hand_over(patroni, 60) == "handed over to pg-1"
    first, second = (datetime.fromisoformat(body["scheduled_at"]) for _, _, body in patroni.asked)
    assert (second - first).total_seconds() >= 2, "a member under load would refuse the same again"
    assert hand_over.hand_over(Patroni(PRIMARY, cluster("pg-0"), answers=(over, over)), 60) == (
        "not handed over (422): Cannot schedule switchover in the past"
    )


@pytest.mark.parametrize("role", ["replica", "standby_leader", "demoted", None])
def test_who_is_no_primary_ends_at_once(role):
    patroni = Patroni(PRIMARY | {"role": role})
    assert hand_over.hand_over(patroni, 60).startswith("nothing to hand over")
    assert patroni.asked == []


def test_a_paused_cluster_keeps_its_primary():
    patroni = Patroni(PRIMARY | {"pause": True})
    assert "paused" in hand_over.hand_over(patroni, 60)
    assert patroni.asked == [], "whoever paused it wants nobody to take over"


def test_a_refusal_is_told():
    patroni = Patroni(PRIMARY, answers=[(503, "failed to write failover key into DCS")])
    assert hand_over.hand_over(patroni, 60) == "not handed over (503): failed to write failover key into DCS"


def test_without_a_fit_standby_the_pod_ends_soon(clock):
    patroni = Patroni(PRIMARY, cluster("pg-0", scheduled=True), cluster("pg-0"))
    assert "no standby is fit" in hand_over.hand_over(patroni, 60)
    assert clock.now - 100 < 4, "Patroni takes its own request back where nobody can take over"


def test_a_switchover_that_etcd_does_not_tell_of_yet_is_not_taken_for_refused():
    patroni = Patroni(PRIMARY, cluster("pg-0"), cluster("pg-0", scheduled=True), cluster("pg-1"))
    assert hand_over.hand_over(patroni, 60) == "handed over to pg-1", "its members read a copy that follows etcd"


def test_a_checkpoint_is_waited_for_as_long_as_there_is_time(clock):
    looks = [cluster("pg-0", scheduled=True)] * 150
    assert hand_over.hand_over(Patroni(PRIMARY, *looks, cluster("pg-2")), 60) == "handed over to pg-2"
    assert clock.now - 100 >= 29, "clients work meanwhile"
    clock.now = 100.0
    assert hand_over.hand_over(Patroni(PRIMARY, cluster("pg-0", scheduled=True)), 60) == "not handed over in time"
    assert clock.now - 100 <= 60.5, "PostgreSQL's own stop needs the rest of the pod's time"


@pytest.mark.parametrize("look", [cluster(None), (503, ""), OSError("timed out")])
def test_with_etcd_or_all_standbys_gone_the_pod_does_not_wait_for_a_leader(look, clock):
    patroni = Patroni(PRIMARY, cluster("pg-0", scheduled=True), look)
    assert "nobody leads" in hand_over.hand_over(patroni, 60)
    assert clock.now - 100 < 11, "the namespace goes, or the machine: the pod would be killed at the end of its time"


@pytest.mark.parametrize(
    "answer", [OSError("connection refused"), (200, "no JSON"), (200, json.dumps({"role": "primary"}))]
)
def test_whatever_fails_the_pod_ends(answer, monkeypatch, capsys):
    def request(*_, **__):
        if isinstance(answer, OSError):
            raise answer
        return answer

    monkeypatch.setattr(https, "request", request)
    monkeypatch.setattr(https, "context", lambda folder: None)
    monkeypatch.setattr("sys.argv", ["hand_over", "/etc/patroni/tls", "https://localhost:8008", "60"])
    hand_over.main()
    assert capsys.readouterr().out.startswith("not handed over: "), (
        "a hook that fails is an event about a thing that Patroni's own stop does anyway"
    )


def test_no_request_waits_long(monkeypatch, capsys):
    asked = []

    def request(tls, method, url, body, *, seconds):
        asked.append((method, url, seconds))
        if url.endswith("/cluster"):
            return cluster("pg-1")
        return (202, "") if method == "POST" else (200, json.dumps(PRIMARY))

    monkeypatch.setattr(https, "request", request)
    monkeypatch.setattr(https, "context", lambda folder: None)
    monkeypatch.setattr("sys.argv", ["hand_over", "/etc/patroni/tls", "https://localhost:8008", "30"])
    hand_over.main()
    assert capsys.readouterr().out == "handed over to pg-1\n"
    assert asked == [
        ("GET", "https://localhost:8008/patroni", 2.0),
        ("POST", "https://localhost:8008/switchover", 2.0),
        ("GET", "https://localhost:8008/cluster", 2.0),
    ], "a Patroni that hangs is not waited for"
