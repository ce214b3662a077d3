"""N15: who connects has a row in pg_hba.conf that lets it in, as PostgreSQL reads that file."""

import copy

import plans
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.manifest import shown
from contracts import judge
from contracts.rules import rules

TLS = {"database": {"tls": {}}}


def found(change, patch=TLS):
    bodies = [copy.deepcopy(shown(made.body)) for made in plans.plan("dev", patch).manifests]
    assert judge(bodies).holds, "as it is rendered, everybody gets in"
    by_name = {(body["kind"], body["metadata"]["name"]): body for body in bodies}
    change(by_name)
    return [violation for violation in judge(bodies).broken if violation.contract == "N15"]


def row(before, after):
    def change(by_name):
        data = by_name["ConfigMap", "postgres-config"]["data"]
        assert before in data["pg_hba.conf"], data["pg_hba.conf"]
        data["pg_hba.conf"] = data["pg_hba.conf"].replace(before, after)

    return change


def mode(word):
    return lambda by_name: by_name["ConfigMap", "observer-config"]["data"].__setitem__("PGSSLMODE", word)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (row("hostssl observer ", "hostssl observr "), "no row for observer_app in observer"),
        (row("+observer_app", "+observer_xpp"), ""),
        (row("hostssl observer ", "hostnossl observer "), "with sslmode verify-full"),
        (row("observer_reader all scram", "observer_reader 127.0.0.1/32 scram"), "no row for observer_app"),
        (row("hostssl observer ", "hostssl all all all reject\nhostssl observer "), "no row for observer_app"),
        (mode("disable"), "with sslmode disable"),
    ],
)
def test_who_would_be_refused_is_found(change, word):
    violations = found(change)
    assert violations, "PostgreSQL would say it to the client, and nobody before"
    assert any(word in violation.cause for violation in violations), violations


@pytest.mark.parametrize(
    "change",
    [
        row("hostssl observer ", "hostssl all "),
        row("hostssl observer ", "host observer "),
        row("hostssl observer ", "hostssl postgres,observer "),
        row("all scram-sha-256", "10.0.0.0/8 scram-sha-256"),
        row("all scram-sha-256", "10.0.0.0 255.0.0.0 scram-sha-256"),
        row("hostssl observer ", 'include more.conf\nhostssl "nobody" '),
        mode("require"),
    ],
)
def test_what_lets_everybody_in_in_other_words_is_left_alone(change):
    assert found(change) == []


def test_a_role_that_nobody_makes_is_found_with_its_nearest():
    (violation,) = found(row("+observer_reader all", "+observer_readr all"))
    assert violation.nearest == "observer_reader"


@given(st.text(max_size=200))
def test_no_file_ends_the_judgement(content):
    for rule in rules(content) or ():
        assert rule.databases, "a row has a database"
        assert rule.users, "and a role"
