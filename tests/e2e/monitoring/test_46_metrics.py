"""What alerts and dashboard read is really told by a standalone server's exporter, also while the server is down."""

import json

from tests.e2e.live import Live, wait_for
from tests.e2e.monitoring.served import address, asked, names, scraped, value
from tests.rules.servers.suites import STANDALONE

EXPORTER = "postgres-exporter"
PORT = 9187


def _expressions(live: Live) -> list[str]:
    """Of all alerts and all graphs, as the cluster has them."""
    rules = live.one("prometheusrule", EXPORTER)["spec"]["groups"][0]["rules"]
    (dashboard,) = live.one("configmap", "postgres-dashboard")["data"].values()
    graphs = [target["expr"] for panel in json.loads(dashboard)["panels"] for target in panel["targets"]]
    return [*(rule["expr"] for rule in rules), *graphs]


def test_every_metric_that_an_alert_or_a_graph_reads_is_served(watched: Live) -> None:
    assert watched.psql("app", "SELECT 1").ok, "a statement of the app, to be counted"
    host = address(watched, EXPORTER)
    # What is kept elsewhere has alerts too; this stack keeps nothing.
    wanted = asked([*_expressions(watched), *(rule.expression for rule in STANDALONE.rules)])
    assert "pg_stat_statements_calls_total" in wanted and len(wanted) > 15, f"all of them: {wanted}"

    def lacking() -> set[str]:
        return wanted - names(scraped(host, PORT))

    missing = lacking() and wait_for("every metric", lambda: not lacking() or None, 30.0)
    assert missing in (set(), True), "an alert on a metric that nobody serves is silent for ever"


def test_no_collector_fails(watched: Live) -> None:
    said = scraped(address(watched, EXPORTER), PORT)
    failed = [line for line in said.splitlines() if line.startswith("pg_scrape_collector_success") and line[-1] != "1"]
    assert failed == [], "PostgresMetricsIncomplete would fire on a server that is well"
    assert value(said, "pg_exporter_last_scrape_error") == 0, "nor is one of the older queries refused"


def test_the_exporter_s_role_sees_statistics_and_no_rows(watched: Live) -> None:
    assert watched.psql("owner", "CREATE TABLE secret_rows AS SELECT 1 AS one").ok
    entries = watched.secret("postgres-monitor")
    refused = watched.psql_as(entries["username"], entries["password"], "SELECT 1", "observer")
    assert not refused.ok, "it is let into the database postgres alone"
    seen = watched.psql_as(
        entries["username"],
        entries["password"],
        "SELECT count(*) > 0 FROM pg_stat_statements WHERE query <> ''",
        "postgres",
    )
    assert seen.text == "t", f"pg_monitor reads the texts of all statements: {seen.text}"


def test_while_the_server_is_down_the_exporter_says_so(watched: Live) -> None:
    host = address(watched, EXPORTER)

    def told(up: int) -> bool:
        return value(scraped(host, PORT), "pg_up") == up

    watched.kubectl("scale", "statefulset", "postgres", "--replicas=0")
    try:
        wait_for("pg_up 0", lambda: told(0), 60.0)
    finally:
        watched.kubectl("scale", "statefulset", "postgres", "--replicas=1")
    wait_for("pg_up 1", lambda: told(1), 60.0)
    since = value(scraped(host, PORT), "pg_postmaster_start_time_seconds")
    assert since > 0, "and PostgresRestarted knows when it came back"
