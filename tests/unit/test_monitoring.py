"""How standalone and replicated databases are watched: who is let in, what is made, and what is refused."""

import json
import re
from urllib.parse import parse_qsl

import plans
import pytest
import yaml

from components.manifest import Issued, shown
from components.settings.mistakes import SettingsRefused
from devcluster.operators import release
from tests import crds
from tests.examples import PROMETHEUS

STACKS = {"standalone": "dev", "replicated": "pg-ha", "shared": "databases-prod"}
EXPORTED = ("standalone", "replicated")
WATCHED = {**PROMETHEUS, "rules": True, "dashboard": {}}
ALERTS = {
    "standalone": ("postgres-exporter", "postgres"),
    "replicated": ("pg", "pg"),
    "shared": ("postgresql-shared", "postgresql-shared"),
}
"""Topology → the name of its PrometheusRule, and the database's."""


def plan(topology, monitoring=None, **database):
    """The plan of a stack of this topology, watched."""
    return plans.plan(STACKS[topology], {"database": {"monitoring": monitoring or WATCHED, **database}})


def refusal(topology, monitoring, **database):
    with pytest.raises(SettingsRefused) as error:
        plan(topology, {**WATCHED, **monitoring}, **database)
    return str(error.value)


def exporter(made):
    (container,) = plans.template(plans.one(made, "Deployment", "postgres-exporter"))["spec"]["containers"]
    return container


def expressions(made, topology):
    """Alert or graph → PromQL."""
    name, service = ALERTS[topology]
    (group,) = plans.one(made, "PrometheusRule", name).body["spec"]["groups"]
    (text,) = plans.one(made, "ConfigMap", f"{service}-dashboard").body["data"].values()
    graphs = {panel["title"]: panel["targets"] for panel in json.loads(text)["panels"]}
    found = {rule["alert"]: rule["expr"] for rule in group["rules"]}
    return found | {f"{title} {t['refId']}": t["expr"] for title, targets in graphs.items() for t in targets}


@pytest.mark.parametrize("topology", STACKS)
def test_what_is_not_asked_for_is_not_made(topology):
    bare = plan(topology, PROMETHEUS)
    kinds = [manifest.kind for manifest in bare.manifests]
    assert "PrometheusRule" not in kinds and "PodMonitor" in kinds
    assert not [m for m in bare.manifests if m.name.endswith("-dashboard")]
    name, service = ALERTS[topology]
    whole = plan(topology)
    assert plans.one(whole, "PrometheusRule", name) and plans.one(whole, "ConfigMap", f"{service}-dashboard")


def test_another_exporter_restarts_no_server():
    before, after = plan("standalone"), plan("standalone", {**WATCHED, "exporter": {"image": "example.org/exporter:9"}})
    assert exporter(after)["image"] == "example.org/exporter:9"
    servers = [plans.one(made, "StatefulSet", "postgres").body for made in (before, after)]
    assert servers[0] == servers[1], "a server is not restarted for who looks at it"


def test_the_exporter_signs_in_as_a_role_of_its_own_whose_password_is_in_a_file():
    made = plan("standalone")
    variables = {entry["name"]: entry for entry in exporter(made)["env"]}
    assert variables["DATA_SOURCE_URI"]["value"] == "postgres:5432/postgres?sslmode=disable&connect_timeout=2", (
        "lib/pq has no «prefer», and waits for ever for a server that does not answer"
    )
    assert variables["DATA_SOURCE_USER"]["valueFrom"]["secretKeyRef"]["name"] == "postgres-monitor"
    path = variables["DATA_SOURCE_PASS_FILE"]["value"]
    spec = plans.template(plans.one(made, "Deployment", "postgres-exporter"))["spec"]
    (mount,) = (m for m in exporter(made)["volumeMounts"] if path.startswith(m["mountPath"]))
    (volume,) = (v for v in spec["volumes"] if v["name"] == mount["name"])
    assert volume["secret"]["secretName"] == "postgres-monitor" and mount["readOnly"]
    assert [item["key"] for item in volume["secret"]["items"]] == ["password"], "and nothing else of the Secret"


def test_where_the_server_has_a_certificate_the_exporter_checks_it():
    made = plan("standalone", tls={})
    (uri,) = (entry["value"] for entry in exporter(made)["env"] if entry["name"] == "DATA_SOURCE_URI")
    words = dict(parse_qsl(uri.partition("?")[2]))
    mode, path = words["sslmode"], words["sslrootcert"]
    assert mode == "verify-full"
    assert [m for m in exporter(made)["volumeMounts"] if path.startswith(m["mountPath"])], "the authority is mounted"


@pytest.mark.parametrize("topology", EXPORTED)
def test_the_role_has_statistics_and_no_rows(topology):
    made, service = plan(topology), ALERTS[topology][1]
    (container,) = plans.template(plans.one(made, "Job", f"{service}-bootstrap"))["spec"]["containers"]
    sql = container["command"][-1]
    assert 'GRANT pg_monitor TO "postgres_exporter"' in sql
    assert 'GRANT CONNECT ON DATABASE postgres TO "postgres_exporter"' in sql, "PUBLIC may not enter any more"
    granted = re.findall(r'GRANT ([^;]*) TO [^;]*"postgres_exporter"', sql)
    assert sorted(granted) == ["CONNECT ON DATABASE postgres", "pg_monitor"], "nothing else"
    last = sql.rindex("\\connect")
    assert sql[last:].startswith("\\connect postgres\nCREATE EXTENSION IF NOT EXISTS pg_stat_statements;"), (
        "in the database where the exporter connects"
    )


def test_a_standalone_server_lets_the_role_into_one_database():
    rows = plans.one(plan("standalone"), "ConfigMap", "postgres-config").body["data"]["pg_hba.conf"].splitlines()
    assert "host postgres postgres_exporter all scram-sha-256" in rows
    assert not [row for row in rows if "postgres_exporter" in row and "host postgres " not in row]
    secured = plan("standalone", tls={})
    (text,) = (m.body["data"]["pg_hba.conf"] for m in secured.manifests if "pg_hba.conf" in m.body.get("data", {}))
    assert "hostssl postgres postgres_exporter all scram-sha-256" in text.splitlines(), "not past the certificate"


def test_exporters_beside_members_collect_what_a_standalone_server_s_does():
    def beside(made):
        spec = plans.template(plans.one(made, "StatefulSet", "pg"))["spec"]
        (container,) = (one for one in spec["containers"] if one["name"] == "exporter")
        return container.get("args")

    collected = exporter(plan("standalone"))["args"]
    assert {"--collector.stat_statements", "--collector.postmaster"} <= set(collected), "off unless it is told"
    assert beside(plan("replicated")) == collected, "the same alerts read it"
    assert beside(plans.plan("pg-ha")) is None, "members that nobody watches are not restarted for it"


def test_statements_are_counted_unless_the_stack_says_no():
    def loads(made):
        texts = (str(m.body.get("data")) for m in made.manifests if m.kind == "ConfigMap")
        return any("shared_preload_libraries" in text for text in texts)

    silent = plan("standalone", {**WATCHED, "statements": False})
    assert loads(plan("standalone")) and not loads(silent)
    assert "--collector.stat_statements" not in exporter(silent)["args"], "it would fail at each scrape"
    assert "PostgresSlowStatements" not in expressions(silent, "standalone"), "nothing would tell"
    (job,) = plans.template(plans.one(silent, "Job", "postgres-bootstrap"))["spec"]["containers"]
    assert "pg_stat_statements;" not in job["command"][-1]
    assert not loads(plans.plan("databases-dev", {"database": {"monitoring": PROMETHEUS}})), "nobody reads it there"


@pytest.mark.parametrize("topology", EXPORTED)
def test_prometheus_is_let_to_ports_with_metrics_and_to_no_other(topology):
    made = plan(topology)
    ports = {"pg": {9187, 8008}, "pg-etcd": {2381}, "postgres-exporter": {9187}}
    monitors = [m for m in made.manifests if m.kind == "PodMonitor"]
    assert {m.name for m in monitors} == ({"pg", "pg-etcd"} if topology == "replicated" else {"postgres-exporter"})
    for monitor in monitors:
        spec = plans.one(made, "NetworkPolicy", f"{monitor.name}-metrics").body["spec"]
        assert spec["podSelector"] == monitor.body["spec"]["selector"], "the pods that are asked"
        (rule,) = spec["ingress"]
        assert {port["port"] for port in rule["ports"]} == ports[monitor.name]
        assert spec["policyTypes"] == ["Ingress"], "nobody is let out by it"


def test_series_of_a_standalone_server_carry_its_pod_s_name():
    (endpoint,) = plans.one(plan("standalone"), "PodMonitor", "postgres-exporter").body["spec"]["podMetricsEndpoints"]
    assert endpoint["relabelings"] == [{"targetLabel": "pod", "replacement": "postgres-0"}], (
        "the exporter's own pod has another name after each change, and alerts look for the server's"
    )


@pytest.mark.parametrize("issuer", [None, {"name": "internal"}])
def test_prometheus_knows_the_members_by_a_name_of_their_certificate(issuer):
    made = plan("replicated", replicated={"certificates": {"issuer": issuer}} if issuer else {})
    _, rest = plans.one(made, "PodMonitor", "pg").body["spec"]["podMetricsEndpoints"]
    name = rest["tlsConfig"]["serverName"]
    if issuer:
        hosts = plans.one(made, "Certificate", "pg-tls").body["spec"]["dnsNames"]
        assert rest["tlsConfig"]["ca"] == {"secret": {"name": "pg-tls", "key": "ca.crt"}}
    else:
        part = plans.one(made, "Secret", "pg-tls").body["stringData"]["tls.crt"]
        assert isinstance(part, Issued)
        hosts = part.hosts
        assert rest["tlsConfig"]["ca"] == {"configMap": {"name": "pg-ca", "key": "ca.crt"}}
    assert name in hosts, "or every scrape fails at the handshake"


@pytest.mark.parametrize("topology", STACKS)
def test_alerts_and_graphs_look_at_this_database_only(topology):
    made = plan(topology)
    namespace = made.parts[0].name
    for what, expression in expressions(made, topology).items():
        series = re.findall(r"[a-z_]+\{([^}]*)\}", expression)
        assert series, what
        assert all(f'namespace="{namespace}"' in text for text in series), f"{what}: another stack's is not ours"


@pytest.mark.parametrize("topology", STACKS)
def test_a_dashboard_is_whole_and_found(topology):
    made, service = plan(topology), ALERTS[topology][1]
    found = plans.one(made, "ConfigMap", f"{service}-dashboard")
    assert found.body["metadata"]["labels"]["grafana_dashboard"] == "1", "by which Grafana's sidecar finds it"
    (model,) = map(json.loads, found.body["data"].values())
    assert len(model["uid"]) <= 40
    panels = model["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels) in range(10, 16)
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len(set(places)) == len(places), "no two on one place"
    assert all(x + panel["gridPos"]["w"] <= 24 for (x, _), panel in zip(places, panels, strict=True)), "Grafana's width"


def test_a_dashboard_may_be_where_grafana_looks():
    dashboard = {"namespace": "grafana", "labels": {"dashboards": "yes"}, "annotations": {"grafana_folder": "Data"}}
    made = plan("standalone", {**WATCHED, "dashboard": dashboard})
    namespace = made.parts[0].name
    (found,) = (m for m in made.manifests if m.name == f"{namespace}-postgres-dashboard")
    assert found.namespace == "grafana" and found.outside
    assert found.body["metadata"]["labels"]["dashboards"] == "yes"
    assert found.body["metadata"]["annotations"]["grafana_folder"] == "Data"


@pytest.mark.parametrize("operator", crds.OPERATORS)
def test_a_shared_cluster_s_graphs_read_what_its_operator_tells(operator):
    (queries,) = (
        yaml.safe_load(one["data"]["queries"])
        for one in release.objects(operator)
        if one["metadata"]["name"] == "cnpg-default-monitoring"
    )
    told = {f"cnpg_{view}_{column}" for view, query in queries.items() for one in query["metrics"] for column in one}
    asked = {n for text in expressions(plan("shared"), "shared").values() for n in re.findall(r"cnpg_\w+", text)}
    own = {name for name in asked if name.startswith("cnpg_collector_")}
    assert asked - own <= told, "an empty graph says that all is well"


@pytest.mark.parametrize("topology", STACKS)
def test_all_of_it_fits_prometheus_s_operator(topology):
    kinds = ("PodMonitor", "PrometheusRule")
    for manifest in plan(topology, {**WATCHED, "labels": {"release": "prometheus"}}).manifests:
        if manifest.kind in kinds:
            assert crds.mistakes(shown(manifest.body), crds.OPERATORS[-1]) == [], f"{manifest.reference} is refused"
            assert manifest.body["metadata"]["labels"]["release"] == "prometheus", "by which Prometheus chooses it"


REFUSED = {
    "warning after critical": ("standalone", {"thresholds": {"disk": {"warning": 90, "critical": 80}}}, "comes before"),
    "nothing at all": ("standalone", {"thresholds": {"cpu": 0}}, "thresholds.cpu"),
    "more than all": ("standalone", {"thresholds": {"memory": 101}}, "thresholds.memory"),
    "more connections than there can be": (
        "standalone",
        {"thresholds": {"connections": {"warning": 80, "critical": 120}}},
        "thresholds.connections.critical",
    ),
    "negative time": ("standalone", {"thresholds": {"queryMilliseconds": -1}}, "thresholds.queryMilliseconds"),
    "lag of nobody": ("standalone", {"thresholds": {"lag": {"warning": 1, "critical": 2}}}, "lag"),
    "more standbys than members": ("replicated", {"thresholds": {"standbys": 3}}, "up to 2, for 3 instances"),
    "zones that nobody counts": ("replicated", {"thresholds": {"zones": 2}}, "zones"),
    "slow statements that nobody counts": (
        "standalone",
        {"statements": False, "thresholds": {"queryMilliseconds": 50}},
        "`statements: true`",
    ),
    "thresholds without rules": ("standalone", {"rules": False, "thresholds": {"cpu": 90}}, "`rules: true`"),
    "two exporters": ("replicated", {"exporter": {"image": "example.org/exporter:1"}}, "replicated.exporter"),
    "a dashboard that nobody finds": ("standalone", {"dashboard": {"labels": {"grafana_dashboard": None}}}, "sidecar"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_makes_no_sense_is_refused(case):
    topology, monitoring, told = REFUSED[case]
    text = refusal(topology, monitoring)
    assert told in text and "database.monitoring" in text, f"what, and where: {text}"


def test_what_fits_no_other_setting_is_refused_with_what_to_do():
    assert "or `monitoring.statements: false`" in refusal(
        "standalone", {}, parameters={"shared_preload_libraries": "auto_explain"}
    )
    assert "`replicated.exporter` with `monitoring`" in refusal("replicated", {}, replicated={"exporter": False})
    both = plan("standalone", parameters={"shared_preload_libraries": "auto_explain,pg_stat_statements"})
    assert exporter(both), "whoever loads it already may"
