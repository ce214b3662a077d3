"""The Observer on a shared Cluster: the same app, one word changed."""

import psycopg
import pytest

from tests.e2e.live import wait_for
from tests.e2e.shared import operators
from tests.e2e.shared.database import HEALTHY_WITHIN, Shared
from tests.e2e.shared.settings import NEWER, OLDER, of
from tests.e2e.stacks import ROW, Observer


def test_the_app_keeps_its_rows_in_a_cluster_of_the_operator(shared: Observer, cluster: Shared) -> None:
    assert cluster.superuser("SELECT symbol FROM observation", "observer") == [(ROW["symbol"],)]
    pods = cluster.live.objects("pods", "-l", f"cnpg.io/cluster={cluster.service},cnpg.io/podRole=instance")
    assert [pod["metadata"]["name"] for pod in pods] == [cluster.primary], "one instance in dev"


def test_a_second_up_changes_nothing(shared: Observer) -> None:
    before = shared.live.versions()
    ended = shared.trial.up()
    assert "unchanged" in ended.text and "updated" not in ended.text, ended.text
    after = shared.live.versions()
    ours = {key for key in before if not key.startswith(("Cluster/", "EndpointSlice/", "Endpoints/", "Pod/"))}
    assert {key for key in ours if after.get(key) != before[key]} == set(), "nothing was touched"


def test_nobody_connects_without_tls(cluster: Shared) -> None:
    where = cluster.where(cluster.live.secret("postgres-app"))
    assert cluster.ask(where, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == [(True,)]
    with pytest.raises(psycopg.OperationalError, match=r"pg_hba\.conf rejects connection"):
        cluster.ask({**where, "sslmode": "disable"}, "SELECT 1")


def test_the_only_instance_may_be_evicted_and_comes_back_with_its_rows(cluster: Shared) -> None:
    assert not cluster.live.objects("poddisruptionbudgets"), "one that protects a single pod blocks every drain"
    before = cluster.live.one("pod", cluster.primary)["metadata"]["uid"]
    answer = cluster.live.evict(cluster.primary)
    assert answer.ok, f"a node with it must be drained like any other: {answer.text}"

    def another() -> bool:
        found = cluster.live.ask("get", "pod", cluster.primary, "-o", "jsonpath={.metadata.uid}")
        return found.ok and found.text != before

    wait_for("another pod", another, HEALTHY_WITHIN)
    cluster.healed()
    assert cluster.superuser("SELECT symbol FROM observation", "observer") == [(ROW["symbol"],)]


def test_metrics_are_read_though_public_may_connect_nowhere(cluster: Shared) -> None:
    path = f"/api/v1/namespaces/{cluster.live.namespace}/pods/{cluster.primary}:9187/proxy/metrics"
    lines = cluster.live.kubectl("get", "--raw", path).splitlines()
    assert "cnpg_last_error 0" in lines, "an exporter that is shut out measures nothing"
    assert f'cnpg_collector_up{{cluster="{cluster.service}"}} 1' in lines, "and says that the server is down"


def test_a_newer_operator_takes_the_roles_over(shared: Observer, cluster: Shared) -> None:
    inline = {role["name"] for role in cluster.cluster["spec"]["managed"]["roles"]}
    assert {"observer_app", "docs", "reports_app"} <= inline, f"{OLDER} knows no DatabaseRole"
    operators.upgrade(NEWER)
    cluster.healed()
    shared.trial.change({"database": of(NEWER)})
    shared.trial.up()
    assert not cluster.cluster["spec"].get("managed", {}).get("roles"), "none stands in two places"
    made = {one["spec"]["name"]: one["status"]["applied"] for one in cluster.live.objects("databaseroles")}
    assert made == dict.fromkeys(inline, True), "each is an object of its own, and the operator has it"
    assert cluster.ask(cluster.where(cluster.live.secret("postgres-app")), "SELECT 1") == [(1,)], "the same password"
