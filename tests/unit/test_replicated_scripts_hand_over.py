"""hand_over.py: a primary that ends gives its role away first, and nothing that fails there holds its end up."""

import json

import pytest

from components.postgres.replicated.scripts import hand_over, https

PRIMARY = {"role": "primary", "state": "running", "patroni": {"name": "pg-0"}}


class Patroni:
    """A member's REST API: what it says of itself, and its answer to a switchover."""

    def __init__(self, status, answer=(200, "Successfully switched over to pg-1")) -> None:
        self.status, self.answer, self.asked = status, answer, []

    def __call__(self, method, path, body, seconds):
        if method == "GET":
            assert path == "/patroni"
            return 200, json.dumps(self.status)
        self.asked.append((path, json.loads(body), seconds))
        return self.answer


def test_a_primary_asks_for_a_switchover_and_leaves_the_choice_to_patroni():
    patroni = Patroni(PRIMARY)
    assert hand_over.hand_over(patroni, 60) == "handed over: Successfully switched over to pg-1"
    assert patroni.asked == [("/switchover", {"leader": "pg-0"}, 60)], (
        "a candidate chosen here may have fallen behind meanwhile; Patroni takes one that has all commits"
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


def test_without_a_fit_standby_the_refusal_is_told():
    patroni = Patroni(PRIMARY, (412, "no good candidates have been found"))
    assert hand_over.hand_over(patroni, 60) == "not handed over (412): no good candidates have been found"


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


def test_all_requests_together_have_the_given_time(monkeypatch, capsys):
    asked = []

    def request(tls, method, url, body, *, seconds):
        asked.append((method, url, seconds))
        return 200, json.dumps(PRIMARY)

    monkeypatch.setattr(https, "request", request)
    monkeypatch.setattr(https, "context", lambda folder: None)
    monkeypatch.setattr("sys.argv", ["hand_over", "/etc/patroni/tls", "https://localhost:8008", "30"])
    hand_over.main()
    assert [(method, url) for method, url, _ in asked] == [
        ("GET", "https://localhost:8008/patroni"),
        ("POST", "https://localhost:8008/switchover"),
    ]
    assert asked[0][2] <= 2 and 29 < asked[1][2] <= 30, "a Patroni that hangs is not waited for; a checkpoint is"
