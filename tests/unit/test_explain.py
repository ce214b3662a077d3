"""`explain` and `diagram` show what is in the plan, and nothing secret."""

import dataclasses
import re

import plans
import pytest

from components import wiring
from components.diagram import diagram
from components.explain import explain, table, traffic

EVERY = pytest.mark.parametrize("stack", plans.EVERY)


def shown_plan(stack):
    return explain(plans.system(stack), plans.every_plan()[stack])


def rows(text, title):
    """The lines below the container `title`, as cells."""
    lines = text.partition(f"{title}\n")[2].partition("\n\n")[0].splitlines()
    return {cells[0]: cells[1:] for line in lines if (cells := re.split(r"  +", line.strip()))}


def test_each_variable_says_where_it_comes_from_and_what_it_is():
    found = rows(shown_plan("dev"), "Deployment observer · container observer")
    assert found["DB_HOST"] == ["ConfigMap observer-config", "DB_HOST", "postgres", "connection.host"]
    assert found["DB_PASSWORD"] == ["Secret observer-secrets", "DB_PASSWORD", "secret", "connection.password"]
    assert found["KIS_APP_KEY"] == ["Secret observer-secrets", "KIS_APP_KEY", "secret", "config kisAppKey"]
    assert found["POD_NAME"] == ["the pod", "metadata.name"]
    assert found["LOG_LEVEL"] == ["ConfigMap observer-config", "LOG_LEVEL", "INFO"]
    path = "/opt/platform/runtime/observer"
    assert found[f"{path}/data"] == ["PersistentVolumeClaim observer-data-pvc", "20Gi ReadWriteOnce"]
    assert found[f"{path}/config"] == ["ConfigMap observer-config-files", "read-only"]


def test_a_key_of_another_name_is_shown():
    found = rows(
        shown_plan("dev"), f"{plans.one(plans.plan(), 'Job', 'postgres-bootstrap').name} · container bootstrap"
    )
    assert found["OWNER_PASSWORD"][:3] == ["Secret postgres-owner", "password", "secret"]


@EVERY
def test_every_container_and_every_variable_is_there(stack):
    text, plan = shown_plan(stack), plans.every_plan()[stack]
    for workload in wiring.workloads(plan):
        for container in workload.containers:
            title = f"{workload.manifest.kind} {workload.manifest.name} · container {container['name']}"
            found = rows(text, title)
            for variable in wiring.variables(plan, container):
                assert variable.name in found, f"{title}: {variable.name}"


def test_who_may_talk_to_whom():
    found = traffic(plans.every_plan()["everything"])
    clients = "observer, observer-migration, postgres-bootstrap"
    assert (clients, "postgres", "5432/TCP", "postgres") in found, "named, where the plan has the pods"
    assert ("app=nginx of namespace ingress-nginx", "observer", "8000/TCP", "observer") in found
    assert ("10.0.0.0/8 but not 10.1.0.0/16", "observer", "8000/TCP", "observer") in found
    assert ("second", "observer", "8000/TCP", "observer") in found
    assert ("every pod", "k8s-app=kube-dns of namespace kube-system", "53/UDP, 53/TCP", "allow-dns") in found


def test_env_beats_env_from_and_the_last_env_from_the_first():
    from components.compose import Part, Plan  # noqa: PLC0415
    from components.manifest import Manifest  # noqa: PLC0415

    maps = [
        Manifest({"kind": "ConfigMap", "metadata": {"name": name}, "data": {"A": name, "B": name}})
        for name in ("x", "y")
    ]
    container = {
        "envFrom": [{"configMapRef": {"name": "x"}}, {"configMapRef": {"name": "y"}}],
        "env": [{"name": "B", "value": "own"}],
    }
    found = wiring.variables(Plan([Part("App", "a", maps)], {}, [], "standalone"), container)
    assert [(v.name, v.value, v.source) for v in found] == [("A", "y", ("ConfigMap", "y")), ("B", "own", None)]


@pytest.mark.parametrize("stack", [*plans.OBSERVERS, "everything"])
def test_the_diagram_draws_what_is_wired(stack):
    text, plan = diagram(plans.every_plan()[stack]), plans.every_plan()[stack]
    ids = {name: number for number, name in re.findall(r'(n\d+)\W+"([^"]+)"', text)}
    edges = {(a, b): label for a, label, b in re.findall(r'  (n\d+) -- "([^"]*)" --> (n\d+)', text)}

    def edge(source, target):
        return edges[ids[source], ids[target]]

    app = "Deployment<br/>observer"
    assert "DB_PASSWORD" in edge("Secret<br/>observer-secrets", app)
    assert "DB_HOST" in edge("ConfigMap<br/>observer-config", app)
    assert edge("PersistentVolumeClaim<br/>observer-data-pvc", app) == "/opt/platform/runtime/observer/data"
    assert edge("Service<br/>observer", app) == "80 → 8000"
    assert edge("Service<br/>postgres", "StatefulSet<br/>postgres") == "5432 → 5432"
    assert edge(app, "Service<br/>postgres") == "5432 as observer_app"
    migration = f"Job<br/>{plans.one(plan, 'Job', 'observer-migration').name}"
    assert edge(migration, "Service<br/>postgres") == "5432 as observer_owner"


def test_a_replicated_database_is_explained_and_drawn_member_by_member():
    found = shown_plan("pg-ha")
    for number in range(3):
        line = f"PersistentVolumeClaim data-pg-{number}  100Gi ReadWriteOnce of pg-{number}"
        assert re.search(rf"/home/postgres/pgdata +{line}", found), "each member has a claim of its own"
    assert rows(found, "StatefulSet pg · container patroni")["/etc/patroni/tls"] == ["Secret pg-tls", "read-only"]
    text = diagram(plans.every_plan()["pg-ha"])
    ids = {name: number for number, name in re.findall(r'(n\d+)\W+"([^"]+)"', text)}
    for claim in ("data-pg-0", "data-pg-2"):
        edge = f'{ids[f"PersistentVolumeClaim<br/>{claim}"]} -- "/home/postgres/pgdata" --> {ids["StatefulSet<br/>pg"]}'
        assert edge in text, f"{claim} is the members'"
    router = (ids["Service<br/>pg-router"], ids["Deployment<br/>pg-router"])
    assert f'{router[0]} -- "5000 → 5000<br/>5001 → 5001" --> {router[1]}' in text, "writes and reads"


@EVERY
def test_the_diagram_is_well_formed(stack):
    lines = diagram(plans.every_plan()[stack]).splitlines()
    assert lines[0] == "flowchart LR"
    assert sum(line.startswith("  subgraph") for line in lines) == lines.count("  end"), "every subgraph ends"
    drawn = {match[1] for line in lines if (match := re.match(r"  (?:  )?(n\d+)\W", line)) and " --> " not in line}
    used = {word for line in lines if " --> " in line for word in re.findall(r"\bn\d+\b", re.sub(r'"[^"]*"', "", line))}
    assert used <= drawn, "an arrow goes from and to what is drawn"


def test_a_database_of_another_namespace_is_drawn_by_its_host():
    plan = plans.plan("dev")
    host = "postgres.shared.svc.cluster.local"
    away = {role: dataclasses.replace(connection, host=host) for role, connection in plan.connections.items()}
    text = diagram(dataclasses.replace(plan, connections=away))
    (node,) = re.findall(rf'(n\d+)\(\["{host}"\]\)', text)
    assert f'"5432 as observer_app" --> {node}' in text


def test_tables_line_up():
    assert table([("a", "bb", "c"), ("aaa", "b", "")]) == ["  a    bb  c", "  aaa  b"], "no blanks at the end"
