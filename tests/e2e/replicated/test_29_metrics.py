"""What alerts and graphs of a replicated database read is really told by its members, by Patroni and by etcd.

The stack is not watched: its node has no operator of Prometheus. What Patroni, etcd and the exporter tell by default is
the same; what an exporter is told to collect besides is asked for in test_46_metrics.py.
"""

import http.client
import ssl
from tempfile import NamedTemporaryFile

from components.postgres.replicated.addresses import ETCD_HEALTH, EXPORTER, PATRONI
from tests.e2e.live import Live
from tests.e2e.monitoring.served import asked, names, scraped
from tests.e2e.replicated.database import Replicated
from tests.e2e.stacks import Observer
from tests.rules.servers.suites import REPLICATED

_COLLECTED_WHERE_ASKED = ("pg_stat_statements_", "pg_postmaster_", "pg_database_wraparound_")
_GRAPHS = [query for panel in REPLICATED.panels for query in panel.queries.values()]
WANTED = asked([*(rule.expression for rule in REPLICATED.rules), *_GRAPHS])


def _addresses(live: Live, workload: str) -> list[str]:
    return [pod["status"]["podIP"] for pod in live.pods(workload)]


def test_each_member_s_exporter_tells_what_is_asked_for(replicated: Observer, database: Replicated) -> None:
    wanted = {n for n in WANTED if n.startswith("pg_") and not n.startswith(_COLLECTED_WHERE_ASKED)}
    assert len(wanted) > 10, f"all of them: {wanted}"
    told = [names(scraped(host, EXPORTER)) for host in _addresses(replicated.live, "postgres")]
    assert len(told) == len(database.members.listed())
    lacking = wanted - set[str]().union(*told)
    assert lacking == set(), "an alert on a metric that nobody serves is silent for ever"
    everywhere = wanted - {"pg_replication_slot_slot_is_active"}
    assert all(everywhere <= one for one in told), "of standbys too; slots are the primary's"


def test_no_collector_of_a_standby_fails(replicated: Observer, database: Replicated) -> None:
    for host in _addresses(replicated.live, "postgres"):
        said = scraped(host, EXPORTER)
        failed = [x for x in said.splitlines() if x.startswith("pg_scrape_collector_success") and x[-1] != "1"]
        assert failed == [], "PostgresMetricsIncomplete would fire on a member that is well"


def test_patroni_tells_prometheus_which_knows_it_by_the_router_s_name(
    replicated: Observer, database: Replicated
) -> None:
    live = replicated.live
    name = f"postgres-router.{live.namespace}.svc.cluster.local"
    with NamedTemporaryFile("w", suffix=".crt") as authority:
        authority.write(live.one("configmap", "postgres-ca")["data"]["ca.crt"])
        authority.flush()
        context = ssl.create_default_context(cafile=authority.name)
    for host in _addresses(live, "postgres"):
        told = names(_asked_as(context, host, name))
        lacking = {metric for metric in WANTED if metric.startswith("patroni_")} - told
        assert lacking == set(), "an alert on a metric that nobody serves is silent for ever"


def _asked_as(context: ssl.SSLContext, host: str, name: str) -> str:
    """/metrics of a member, whose certificate must be good for `name`, as Prometheus's `serverName` has it."""

    class Connection(http.client.HTTPSConnection):
        def connect(self) -> None:
            http.client.HTTPConnection.connect(self)
            self.sock = context.wrap_socket(self.sock, server_hostname=name)

    connection = Connection(host, PATRONI, timeout=5, context=context)
    connection.request("GET", "/metrics")
    return connection.getresponse().read().decode()


def test_etcd_tells_what_is_asked_for(replicated: Observer, database: Replicated) -> None:
    wanted = {metric for metric in WANTED if metric.startswith("etcd_")}
    for host in _addresses(replicated.live, "postgres-etcd"):
        assert wanted - names(scraped(host, ETCD_HEALTH)) == set(), "an alert on what nobody serves is silent for ever"
