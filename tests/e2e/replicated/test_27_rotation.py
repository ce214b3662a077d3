"""Another password of a replicated database: by one command, past no client, and no member notices. The last test of
its stack, whose clients know the first password."""

import time

import pytest

from tests.e2e.access.clients import Clients
from tests.e2e.access.rotating import rotate
from tests.e2e.replicated.client import Client
from tests.e2e.replicated.database import Replicated
from tests.e2e.stacks import Observer, app
from tests.e2e.traffic import Traffic

APP, TWIN = "observer_app", "observer_app_b"


def uids(replicated: Observer) -> list[str]:
    """Of all pods of the database: members, etcd, routers."""
    pods = [*replicated.live.pods("postgres"), *replicated.live.pods("postgres-etcd")]
    return sorted(pod["metadata"]["uid"] for pod in [*pods, *replicated.live.pods("postgres-router")])


@pytest.mark.usefixtures("database")
def test_nobody_who_connects_during_a_rotation_is_refused_by_a_replicated_database(
    replicated: Observer, database: Replicated
) -> None:
    replicated.trial.change(app(shutdownSeconds=5))
    before = uids(replicated)
    with Traffic(f"{replicated.url}/observations") as traffic, Clients(replicated.live, "observer") as clients:
        rotate(replicated.trial, "app")
    assert replicated.live.secret("postgres-app")["username"] == TWIN, "it is the other login's turn"
    assert clients.failed == [], f"a client that connects anew must be let in at any moment: {clients.failed[:5]}"
    assert min(clients.kept(APP), clients.kept(TWIN)) > 20, f"both logins wrote: {clients.said[-5:]}"
    assert not traffic.failed, f"no request of the app's own may fail: {traffic.says()}"
    assert uids(replicated) == before, "pg_hba.conf is in etcd, so no member and no router is restarted"
    with Client(database.write_at, "SELECT $1::bigint", fresh=True) as late:
        time.sleep(1.5)
    assert late.answers == [], "the password before is refused"
    assert late.failures, "and it was tried"
