"""A role's password is another one, and the app goes on with it."""

import time

import psycopg
import pytest

from tests.e2e.live import wait_for
from tests.e2e.shared.database import Shared
from tests.e2e.stacks import Observer
from tests.e2e.traffic import Traffic

BACK_WITHIN = 60.0
"""Seconds from the end of `up`: the issue's bar."""


def test_a_rotated_password_reaches_the_role_and_the_app(shared: Observer, cluster: Shared) -> None:
    before = cluster.where(cluster.live.secret("postgres-app"))
    listed = shared.trial.pulumi("stack", "--show-urns", code=0).text
    (urn,) = {word for word in listed.split() if word.endswith("::postgres-app") and "RandomPassword" in word}
    with Traffic(f"{shared.url}/ready") as traffic:
        shared.trial.up("--replace", urn)
        done = time.monotonic()
        after = cluster.where(cluster.live.secret("postgres-app"))
        assert after["password"] != before["password"], "it is another one"

        def taken() -> bool:
            try:
                return cluster.ask(after, "SELECT 1") == [(1,)]
            except psycopg.OperationalError:
                return False

        wait_for("the new password", taken, BACK_WITHIN)
        wait_for("an app that answers", lambda: traffic.requests[-1].ok, BACK_WITHIN)
        back = time.monotonic() - done
        settled = traffic.requests[-1].at
        time.sleep(5)
    late = [request for request in traffic.failed if request.at > settled]
    assert not late, f"once it is back ({back:.1f} s), no request fails: {traffic.says()}"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        cluster.ask(before, "SELECT 1")
