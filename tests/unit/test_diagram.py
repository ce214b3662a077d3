"""The diagram draws what is wired, in Mermaid's own grammar; what the contracts find in it is red."""

import copy
import html
import re
from typing import Any

import plans
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from components.diagram import diagram
from components.manifest import shown
from contracts import verify
from contracts.__main__ import main
from contracts.fronts import mermaid
from contracts.fronts.mermaid import flowchart
from contracts.index import Index

EVERY = pytest.mark.parametrize("stack", plans.EVERY)
ARROW = re.compile(r'  (n\d+) -- "([^"]*)" --> (n\d+)')


def of_stack(stack: str, patch: dict[str, Any] | None = None) -> str:
    system = plans.system(stack, patch)
    return diagram(system, plans.plan(stack, patch))


class Chart:
    """A flowchart, read back: titles, edges and what of them is red."""

    def __init__(self, text: str) -> None:
        self.titles = {n: unescaped(title) for n, title in re.findall(r'(n\d+)[\[({>]+"([^"]+)"', text)}
        arrows = [line for line in text.splitlines() if "-->" in line or "-.-" in line]
        red = re.search(r"linkStyle ([\d,]+)", text)
        self.red = {arrows[int(number)] for number in red[1].split(",")} if red else set()
        self.edges: dict[tuple[str, str], str] = {}
        self.broken: dict[tuple[str, str], str] = {}
        for line in arrows:
            if found := ARROW.fullmatch(line):
                ends = (self.titles[found[1]], self.titles[found[3]])
                self.edges[ends] = unescaped(found[2])
                if line in self.red:
                    self.broken[ends] = unescaped(found[2])
        self.notes = {unescaped(note) for note in re.findall(r'f\d+\["([^"]+)"\]:::broken', text)}


def unescaped(text: str) -> str:
    """A label as Mermaid shows it: entities are decoded, `<br/>` breaks a line."""
    return html.unescape(re.sub(r"#(\w+);", r"&#\1;", text)).replace("<br/>", "\n")


@pytest.mark.parametrize("stack", [*plans.OBSERVERS, "everything"])
def test_the_diagram_draws_what_is_wired(stack: str) -> None:
    chart, plan = Chart(of_stack(stack)), plans.every_plan()[stack]
    app, pods = "container\nobserver", "Deployment\nobserver"
    assert "DB_PASSWORD" in chart.edges["Secret\nobserver-secrets", app].split()
    assert "DB_HOST" in chart.edges["ConfigMap\nobserver-config", app].split()
    assert chart.edges["PersistentVolumeClaim\nobserver-data-pvc", app] == "/opt/platform/runtime/observer/data"
    assert chart.edges["Service\nobserver", pods] == "80 → 8000"
    assert chart.edges["Service\npostgres", "StatefulSet\npostgres"] == "5432 → 5432"
    assert "5432 as observer_app" in chart.edges[app, "Service\npostgres"]
    assert chart.edges["init container\nmigrate", "Service\npostgres"].startswith("5432 as observer_owner")
    assert "password → OWNER_PASSWORD" in chart.edges["Secret\npostgres-owner", "container\nbootstrap"]
    assert plans.one(plan, "Job", "observer-migration").name in "".join(chart.titles.values())


def test_a_replicated_database_is_drawn_member_by_member() -> None:
    chart = Chart(of_stack("pg-ha"))
    for number in range(3):
        claim = f"PersistentVolumeClaim\ndata-pg-{number}"
        assert chart.edges[claim, "container\npatroni"] == "/home/postgres/pgdata", f"member {number}'s own"
    assert chart.edges["Service\npg-router", "Deployment\npg-router"] == "5000 → 5000\n5001 → 5001", "writes and reads"


def test_what_leads_into_the_cluster_is_drawn() -> None:
    chart = Chart(of_stack("everything"))
    assert chart.edges["Ingress\nobserver", "Service\nobserver"] == "http"
    assert chart.edges["Secret\nghcr-secret", "Deployment\nobserver"] == "pulls images"
    assert chart.broken["Secret\nobserver-tls", "Ingress\nobserver"].startswith("✗ S07"), "it is not in the plan"


@pytest.mark.parametrize("stack", plans.STACKS)
def test_nothing_is_red_where_the_contracts_hold(stack: str) -> None:
    text = of_stack(stack)
    assert "linkStyle" not in text
    assert "✗" not in text


@EVERY
def test_the_diagram_is_well_formed(stack: str) -> None:
    text = of_stack(stack)
    lines = [line.strip() for line in text.splitlines()]
    assert lines[0] == "flowchart LR"
    assert sum(line.startswith("subgraph") for line in lines) == lines.count("end"), "every subgraph ends"
    drawn = {found[1] for line in lines if (found := re.match(r"(?:subgraph )?(n\d+)\W", line)) and "-->" not in line}
    used = {word for line in lines if "-->" in line for word in re.findall(r"\bn\d+\b", re.sub(r'"[^"]*"', "", line))}
    assert used <= drawn, "an arrow goes from and to what is drawn"
    assert len(text) < 50_000, "more is refused (mermaid.js.org, maxTextSize)"
    assert sum("-->" in line for line in lines) < 500, "and so is more than this (maxEdges)"


@given(st.text(max_size=30))
@example("a #35; b")
def test_a_label_means_what_it_says_and_nothing_to_mermaid(text: str) -> None:
    escaped = mermaid._escaped(text)
    assert not set(escaped) & set('"`<>{}[]|%&*:\n'), "nothing of Mermaid's, Markdown's or HTML's"
    assert re.sub(r"#(\d+);", lambda found: chr(int(found[1])), escaped) == text, "and nothing is lost"


def test_a_refused_stack_is_drawn_with_what_is_wrong_in_it() -> None:
    log = {"OBSERVER_LOG_DIR": '/var/"#35;%%{init}%%'}
    chart = Chart(of_stack("dev", {"apps": {"observer": {"variables": log}}}))
    label = chart.broken["ConfigMap\nobserver-config", "container\nobserver"]
    assert label.startswith("✗ P01"), "by contract"
    assert "✗ OBSERVER_LOG_DIR" in label.splitlines(), "of twenty variables, the one that is meant"
    assert "OBSERVER_DATA_DIR" in label.splitlines()


def test_what_is_waived_is_not_red() -> None:
    patch = {"apps": {"observer": {"variables": {"OBSERVER_LOG_DIR": "/var/log"}}}}
    waivers = [{"contract": "P01", "object": "Deployment observer", "reason": "it logs to its standard output"}]
    assert Chart(of_stack("dev", patch | {"waivers": waivers})).broken == {}


def broken(**renamed: str) -> Chart:
    """dev with objects renamed: `Kind_name` → the new name."""
    objects = [copy.deepcopy(shown(manifest.body)) for manifest in plans.every_plan()["dev"].manifests]
    for body in objects:
        key = f"{body['kind']}_{body['metadata']['name']}".replace("-", "_")
        body["metadata"]["name"] = renamed.pop(key, body["metadata"]["name"])
    assert not renamed, f"no such object: {renamed}"
    return Chart(flowchart(Index(objects), verify(objects)))


def test_of_two_ways_to_name_a_host_only_the_wrong_one_is_red() -> None:
    objects = [copy.deepcopy(shown(manifest.body)) for manifest in plans.every_plan()["dev"].manifests]
    for body in objects:
        if body["metadata"]["name"] == "observer-config":
            body["data"]["DB_HOST"] = "postgrse"
    chart = Chart(flowchart(Index(objects), verify(objects)))
    app = "container\nobserver"
    assert chart.broken[app, "Service\npostgrse"].startswith("✗ N01")
    assert (app, "Service\npostgres") in chart.edges, "by PGHOST, which comes from the same ConfigMap"
    assert (app, "Service\npostgres") not in chart.broken


def without(kind: str, name: str) -> Chart:
    objects = [shown(manifest.body) for manifest in plans.every_plan()["dev"].manifests]
    objects = [body for body in objects if (body["kind"], body["metadata"]["name"]) != (kind, name)]
    return Chart(flowchart(Index(objects), verify(objects)))


def test_a_renamed_secret_is_one_red_edge_and_its_consequences_are_no_boxes() -> None:
    chart = broken(Secret_observer_secrets="observer-secret")
    assert list(chart.broken) == [("Secret\nobserver-secrets", "container\nobserver")]
    assert chart.notes == set(), "seven variables are missing because of it"


def test_a_renamed_claim_is_a_red_edge_to_its_path() -> None:
    chart = broken(PersistentVolumeClaim_observer_data_pvc="other")
    label = chart.broken["PersistentVolumeClaim\nobserver-data-pvc", "container\nobserver"]
    assert label == "✗ T01\n/opt/platform/runtime/observer/data"


def test_a_renamed_service_breaks_the_way_of_every_client() -> None:
    chart = broken(Service_postgres="postgresql")
    clients = {source for source, target in chart.broken if target == "Service\npostgres"}
    assert clients >= {"container\nobserver", "container\nbootstrap", "init container\nmigrate"}


def test_a_missing_policy_breaks_the_way_that_it_opened() -> None:
    chart = without("NetworkPolicy", "postgres-clients")
    ways = {ends for ends, label in chart.broken.items() if label.startswith("✗ N06")}
    assert ("container\nobserver", "Service\npostgres") in ways
    assert not any(source.startswith("Secret") for source, _ in ways), "the keys are read all the same"


def test_what_no_edge_is_about_stands_beside_its_object() -> None:
    objects = [copy.deepcopy(shown(manifest.body)) for manifest in plans.every_plan()["dev"].manifests]
    next(body for body in objects if body["kind"] == "Job")["spec"].pop("ttlSecondsAfterFinished")
    chart = Chart(flowchart(Index(objects), verify(objects)))
    assert [note[:6] for note in chart.notes] == ["✗ W15 "]
    assert len(chart.red) == 1, "tied to the Job by a red line"


def test_a_host_in_a_file_is_a_way_of_the_container_that_reads_it() -> None:
    settings = {"kind": "ConfigMap", "metadata": {"name": "s"}, "data": {"app.conf": "url=postgresql://u@db/x"}}
    mounts, volumes = [{"name": "v", "mountPath": "/etc/app"}], [{"name": "v", "configMap": {"name": "s"}}]
    pod = {"containers": [{"name": "c", "volumeMounts": mounts}], "volumes": volumes}
    chart = Chart(flowchart(Index([settings, {"kind": "Pod", "metadata": {"name": "p"}, "spec": pod}])))
    assert chart.edges["container\nc", "Service\ndb"] == "5432 as u"


@pytest.mark.parametrize("place", ["host", "absent"])
def test_what_the_set_does_not_have_is_dashed_and_not_red(place: str) -> None:
    host = "db.example.com" if place == "host" else "db.elsewhere.svc"
    env = [{"name": "PGHOST", "value": host}]
    pod = {"containers": [{"name": "c", "env": env}]}
    text = flowchart(Index([{"kind": "Pod", "metadata": {"name": "p"}, "spec": pod}]))
    ((_, target),) = Chart(text).edges
    assert target == ("host\ndb.example.com" if place == "host" else "Service\ndb")
    assert re.search(r"class n\d+ absent", text)


def test_claims_of_a_template_are_drawn_by_what_is_there() -> None:
    template = {"metadata": {"name": "data"}, "spec": {}}
    pod = {"containers": [{"name": "c", "volumeMounts": [{"name": "data", "mountPath": "/d"}]}]}
    spec = {"replicas": 2, "template": {"spec": pod}, "volumeClaimTemplates": [template]}
    body = {"kind": "StatefulSet", "metadata": {"name": "s"}, "spec": spec}
    assert list(Chart(flowchart(Index([body]))).edges) == [("PersistentVolumeClaim\ndata-s-…", "container\nc")]
    claims = [{"kind": "PersistentVolumeClaim", "metadata": {"name": f"data-s-{number}"}} for number in range(2)]
    found = Chart(flowchart(Index([body, *claims]))).edges
    assert sorted(source for source, _ in found) == [f"PersistentVolumeClaim\ndata-s-{n}" for n in range(2)]


def test_manifests_of_others_are_drawn_from_the_shell(capsys: pytest.CaptureFixture[str]) -> None:
    folder = plans.ROOT / "tests" / "contracts" / "observer_2026_02"
    assert main(["--format", "mermaid", str(folder)]) == 1, "the verdict as ever"
    assert Chart(capsys.readouterr().out).broken, "and the picture of it"
