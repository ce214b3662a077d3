"""What a changed setting does to a replicated database, and to those who use it."""

import pytest

from tests.e2e.replicated.database import Replicated, Seen, written_through
from tests.e2e.stacks import Observer

HANDED_OVER_WITHIN = 10.0
"""Seconds without an accepted write, each time that the primary's role or its server changes."""


def uids(observer: Observer, *workloads: str) -> set[str]:
    """Which pods these are."""
    return {pod["metadata"]["uid"] for workload in workloads for pod in observer.live.pods(workload)}


def unharmed(seen: Seen) -> None:
    assert seen.lost == [], f"rows that the client was told are safe: {seen}"
    assert seen.two_primaries == [], f"two primaries took writes: {seen}"
    assert seen.writes_out <= HANDED_OVER_WITHIN, f"{seen}"


def settle_said(observer: Observer) -> list[str]:
    """What the newest of the Jobs that settle the configuration printed."""
    jobs = observer.live.objects("jobs", "-l", "app.kubernetes.io/name=postgres-settle")
    newest = max(jobs, key=lambda job: job["metadata"]["creationTimestamp"])
    return observer.live.kubectl("logs", f"job/{newest['metadata']['name']}").splitlines()


@pytest.mark.parametrize("connections", [60, 40])
def test_a_parameter_that_needs_a_restart_is_rolled_and_no_pod_goes(
    replicated: Observer, database: Replicated, connections: int
) -> None:
    before = uids(replicated, "postgres", "postgres-etcd", "postgres-router")
    replicated.trial.change({"database": {"maxConnections": connections}})
    with written_through(database) as seen:
        replicated.trial.up()
    unharmed(seen)
    assert uids(replicated, "postgres", "postgres-etcd", "postgres-router") == before, "in place, without new pods"
    restarted = [line.split()[0] for line in settle_said(replicated) if "restarted" in line]
    # A standby may not have less than its primary, so what goes down goes down there first.
    assert restarted == (["standby"] * 2 + ["primary"] if connections == 60 else ["primary"] + ["standby"] * 2)
    answer = replicated.live.psql("app", "SHOW max_connections")
    assert answer.text == str(connections), f"by way of every layer: {answer.text}"


def test_a_parameter_that_needs_none_is_only_reread(replicated: Observer, database: Replicated) -> None:
    replicated.trial.change({"database": {"parameters": {"work_mem": "6MB"}}})
    with written_through(database) as seen:
        replicated.trial.up()
    assert seen.writes_out == 0.0, f"nobody may notice: {seen}"
    assert not [line for line in settle_said(replicated) if "restarted" in line]


def test_other_pods_are_rolled_one_at_a_time_and_the_claims_grow(replicated: Observer, database: Replicated) -> None:
    before = uids(replicated, "postgres")
    larger = {"storage": {"size": "2Gi"}, "resources": {"requests": {"memory": "136Mi"}}}
    replicated.trial.change({"database": larger})
    with written_through(database) as seen:
        replicated.trial.up()
    unharmed(seen)
    assert not uids(replicated, "postgres") & before, "another request of memory is another pod"
    claims = [replicated.live.one("pvc", f"observer-db-pvc-{pod}") for pod in database.members.pods]
    assert {claim["spec"]["resources"]["requests"]["storage"] for claim in claims} == {"2Gi"}


@pytest.mark.parametrize(
    ("patch", "why"),
    [
        ({"topology": "standalone"}, "the topology would go from replicated to standalone"),
        ({"replicated": {"scope": "another"}}, "the scope in etcd would go from postgres-ha to another"),
        ({"replicated": {"members": 2}}, "the claim observer-db-pvc-postgres-2 would be deleted"),
        ({"replicated": {"etcd": {"members": 5}}}, "the number of etcd's members would go from 3 to 5"),
    ],
)
def test_what_would_lose_data_is_refused_at_preview(replicated: Observer, patch: dict, why: str) -> None:
    with replicated.trial.having({"database": patch}):
        ended = replicated.trial.preview(code=None)
    assert ended.code != 0
    assert why in ended.text, ended.text


def test_a_secret_is_in_no_log_and_no_configuration(replicated: Observer, database: Replicated) -> None:
    live = replicated.live
    names = [
        "postgres-superuser",
        "postgres-patroni",
        "postgres-etcd-root",
        "postgres-router-statistics",
        "postgres-app",
    ]
    words = ("password", "PASSWORD")
    values = {v for name in names for k, v in live.secret(name).items() if k.endswith(words) and len(v) > 16}
    assert len(values) >= 6, "as many as there are roles, or this test looks for nothing"
    pods = [pod["metadata"]["name"] for pod in live.objects("pods")]
    said = "\n".join(live.ask("logs", pod, "--all-containers", "--prefix").text for pod in pods)
    said += live.kubectl("get", "configmaps,pods,statefulsets,deployments,jobs", "-o", "yaml")
    found = [value[:4] for value in values if value in said]
    assert found == [], "a password may be in a Secret only"
