"""`explain` tells each variable's source, whether it is secret and who else has it, and nothing that is secret."""

import re
from collections.abc import Iterator
from typing import Any

import plans
import pytest

from components.compose import Part, Plan
from components.explain import explain
from components.manifest import Issued, Manifest
from components.table import table, terminal_width
from components.traffic import traffic
from components.wiring import Wiring

EVERY = pytest.mark.parametrize("stack", plans.EVERY)


def shown_plan(stack: str, width: int | None = None) -> str:
    return explain(plans.system(stack), plans.every_plan()[stack], width)


def rows(text: str, title: str) -> dict[str, list[str]]:
    """The lines below the container `title`, as cells by the first of them."""
    lines = text.partition(f"{title}\n")[2].partition("\n\n")[0].splitlines()
    return {cells[0]: cells[1:] for line in lines if (cells := re.split(r"  +", line.strip()))}


def job(name: str) -> str:
    return f"Job {plans.one(plans.plan(), 'Job', name).name}"


def test_each_variable_says_where_it_comes_from_and_what_it_is() -> None:
    found = rows(shown_plan("dev"), "Deployment observer · container observer")
    assert found["DB_HOST"][:3] == ["ConfigMap observer-config", "postgres", "connection.host"]
    assert found["DB_PASSWORD"][:3] == ["Secret observer-secrets", "secret", "connection.password"]
    assert found["KIS_APP_KEY"] == ["Secret observer-secrets", "secret", "config kisAppKey"]
    assert found["POD_NAME"] == ["the pod", "metadata.name"]
    assert found["LOG_LEVEL"][:2] == ["ConfigMap observer-config", "INFO"]
    path = "/opt/platform/runtime/observer"
    assert found[f"{path}/data"] == ["PersistentVolumeClaim observer-data-pvc", "20Gi ReadWriteOnce"]
    assert found[f"{path}/config"] == ["ConfigMap observer-config-files", "read-only"]


def test_a_key_of_another_name_is_shown() -> None:
    found = rows(shown_plan("dev"), f"{job('postgres-bootstrap')} · container bootstrap")
    assert found["OWNER_PASSWORD"][:2] == ["Secret postgres-owner, key password", "secret"]


def test_who_else_reads_the_same_key_is_told() -> None:
    found = rows(shown_plan("dev"), "Deployment observer · container observer")
    assert found["DB_HOST"][-1] == "observer-migration/migrate", "a Job by its name without the digest"
    found = rows(shown_plan("dev"), "StatefulSet postgres · container database")
    assert found["POSTGRES_PASSWORD"][-1] == "postgres-bootstrap as PGPASSWORD", "databases and Jobs too"


def test_who_has_the_same_password_by_another_secret_is_told() -> None:
    found = rows(shown_plan("dev"), "Deployment observer · container observer")
    assert "postgres-bootstrap as APP_PASSWORD" in found["DB_PASSWORD"][-1], "of Secret postgres-app, the same value"
    assert "observer as PGPASSWORD" in found["DB_PASSWORD"][-1], "twice in one environment"


@EVERY
def test_every_container_and_every_variable_is_there(stack: str) -> None:
    text, wiring = shown_plan(stack), Wiring(plans.every_plan()[stack])
    for workload in wiring.workloads:
        for container in workload.containers:
            title = f"{workload.ref.kind} {workload.ref.name} · container {container.name}"
            found = rows(text, title)
            for name in wiring.index.environment(workload, container):
                assert name in found, f"{title}: {name}"
            for mount in container.mounts:
                assert mount.path in found, f"{title}: {mount.path}"


def test_a_replicated_database_is_explained_member_by_member() -> None:
    found = rows(shown_plan("pg-ha"), "StatefulSet pg · container patroni")
    claims, size = found["/home/postgres/pgdata"]
    assert claims == "PersistentVolumeClaim data-pg-0, data-pg-1, data-pg-2", "each has a claim of its own"
    assert size == "100Gi ReadWriteOnce"
    assert found["/etc/patroni/tls"] == ["Secret pg-tls", "read-only"]
    assert found["/etc/patroni/patroni.yml"] == ["ConfigMap pg-config, key patroni.yml", "read-only"]


def made(spec: dict[str, Any], *sources: Manifest) -> Plan:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": spec}
    body = {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "s"}, "spec": {"template": template}}
    return Plan([Part("App", "a", [*sources, Manifest(body)])], {}, [], "standalone")


def source(kind: str, name: str, entries: dict[str, Any]) -> Manifest:
    field = "stringData" if kind == "Secret" else "data"
    return Manifest({"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, field: entries})


def wired(plan: Plan) -> Iterator[tuple[str, str | None, list[tuple[str, str]]]]:
    """(variable, value, who else reads it) of the first container."""
    wiring = Wiring(plan)
    (workload,) = wiring.workloads
    container = workload.containers[0]
    for name, variable in wiring.index.environment(workload, container).items():
        others = wiring.others(variable, wiring.reader(workload, container, name))
        yield name, variable.value, [(other.where, other.by) for other in others]


def test_env_beats_env_from_and_the_last_env_from_the_first() -> None:
    maps = [source("ConfigMap", name, {"A": name, "B": name}) for name in ("x", "y")]
    several = [{"configMapRef": {"name": name}} for name in ("x", "y")]
    container = {"name": "c", "envFrom": several, "env": [{"name": "B", "value": "own"}]}
    assert list(wired(made({"containers": [container]}, *maps))) == [("A", "y", []), ("B", "own", [])]


def test_a_file_of_the_same_key_is_told() -> None:
    secret = source("Secret", "tls", {"tls.key": Issued("ca", "tls", (), 1, "tls.key"), "note": "plain"})
    one = {"name": "one", "env": [{"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "tls", "key": "tls.key"}}}]}
    two = {"name": "two", "volumeMounts": [{"name": "v", "mountPath": "/tls", "readOnly": True}]}
    three = {"name": "three", "volumeMounts": [{"name": "v", "mountPath": "/x", "subPath": "note"}]}
    volumes = [{"name": "v", "secret": {"secretName": "tls"}}]
    ((_, _, others),) = wired(made({"containers": [one, two, three], "volumes": volumes}, secret))
    assert others == [("s/two", "/tls/tls.key")], "the third has another key of it"


def test_what_is_not_in_the_plan_is_said_and_no_reason_to_fail() -> None:
    env = [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "gone", "key": "k"}}}]
    container = {"name": "c", "env": env, "volumeMounts": [{"name": "none", "mountPath": "/x"}]}
    text = explain(plans.system(), made({"containers": [container]}))
    found = rows(text, "StatefulSet s · container c")
    assert found["A"] == ["ConfigMap gone, key k", "not in this plan"], "a plan that the gate refuses is looked at most"


def test_who_may_talk_to_whom() -> None:
    found = traffic(Wiring(plans.every_plan()["everything"]).index)
    clients = "observer, observer-migration, postgres-bootstrap, postgres-exporter, postgres-schema"
    assert (clients, "postgres", "5432/TCP", "postgres") in found, "named, where the plan has the pods"
    assert ("app=nginx of namespace ingress-nginx", "observer", "8000/TCP", "observer") in found
    assert ("10.0.0.0/8 but not 10.1.0.0/16", "observer", "8000/TCP", "observer") in found
    assert ("second", "observer", "8000/TCP", "observer") in found
    assert ("every pod", "k8s-app=kube-dns of namespace kube-system", "53/UDP, 53/TCP", "allow-dns") in found


def test_a_rule_without_peers_or_ports_lets_everybody_in_everywhere() -> None:
    spec = {"podSelector": {}, "ingress": [{}], "egress": [{"to": [{"namespaceSelector": {}}]}]}
    policy = Manifest({"kind": "NetworkPolicy", "metadata": {"name": "open"}, "spec": spec})
    found = traffic(Wiring(Plan([Part("App", "a", [policy])], {}, [], "standalone")).index)
    assert ("everybody", "every pod", "every port", "open") in found
    assert ("every pod", "every pod of every namespace", "every port", "open") in found


def test_tables_line_up() -> None:
    assert table([("a", "bb", "c"), ("aaa", "b", "")]) == ["  a    bb  c", "  aaa  b"], "no blanks at the end"
    assert table([]) == []


def test_a_narrow_terminal_cuts_values_and_goes_on_below_but_keeps_names() -> None:
    found = table([("name" * 5, "value " * 9, "one two three four five six seven")], width=72, cut=[1])
    assert found == [
        "  namenamenamename" + "name  value value value value…  one two three four five",
        " " * 50 + "six seven",
    ]


def test_a_name_is_never_broken() -> None:
    name = "observer-migration/look-up"
    assert any(name in line for line in table([("a" * 40, f"one {name}")], width=60)), "it is there to be copied"


@pytest.mark.parametrize("stack", plans.STACKS)
def test_a_terminal_is_given_lines_that_fit_and_a_pipe_everything(stack: str) -> None:
    whole = shown_plan(stack)
    assert max(map(len, whole.splitlines())) > 150, "nothing is cut in a pipe"
    assert max(map(len, shown_plan(stack, 150).splitlines())) < max(map(len, whole.splitlines()))


def test_only_a_terminal_has_a_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert terminal_width() is None, "pytest's standard output is a pipe"
    monkeypatch.setenv("COLUMNS", "100")
    assert terminal_width() == 100, "said by hand"
