"""The Observer on a shared Cluster: the same app, one word changed."""

import psycopg
import pytest

from tests.e2e.shared.database import Shared
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


def test_one_instance_may_be_evicted(cluster: Shared) -> None:
    assert not cluster.live.objects("poddisruptionbudgets"), "one that protects a single pod blocks every drain"


def test_metrics_are_read_though_public_may_connect_nowhere(cluster: Shared) -> None:
    path = f"/api/v1/namespaces/{cluster.live.namespace}/pods/{cluster.primary}:9187/proxy/metrics"
    lines = cluster.live.kubectl("get", "--raw", path).splitlines()
    assert "cnpg_last_error 0" in lines, "an exporter that is shut out measures nothing"
    assert f'cnpg_collector_up{{cluster="{cluster.service}"}} 1' in lines, "and says that the server is down"
