"""Services, selectors, probes and what leads to them: W01 to W07."""

import pytest
from contract_examples import found, pod, system, web

CANARY = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: worker, namespace: shop}
spec:
  selector: {matchLabels: {app: shop, tier: worker}}
  template:
    metadata: {labels: {app: shop, tier: worker}}
    spec: {containers: [{name: worker, image: x}]}
"""


def test_the_system_holds() -> None:
    told = [violation for number in range(1, 19) for violation in found(f"W{number:02}", system())]
    assert told == [], "an example that holds must not be told of, or no finding below proves anything"


def test_a_service_without_pods_is_found_with_the_label_that_is_meant() -> None:
    objects = system()
    objects["Service shop"]["spec"]["selector"] = {"app": "shoop"}
    (violation,) = found("W01", objects)
    assert violation.path == "spec.selector[app]"
    assert violation.nearest == "app=shop (Deployment shop)"
    assert not violation.undecided


@pytest.mark.parametrize(
    "spec",
    [
        {"type": "ExternalName", "externalName": "db.example.com"},
        {"ports": [{"port": 5432}]},
        {"selector": {"cnpg.io/cluster": "pg", "cnpg.io/instanceRole": "primary"}},
        {"selector": {"app": "shop", "role": "primary"}},
    ],
    ids=["external name", "no selector", "pods of an operator", "a label that pods get while they run"],
)
def test_a_service_whose_pods_come_from_elsewhere_is_no_finding(spec) -> None:
    objects = system()
    objects["Service shop"]["spec"] = spec
    cluster = "{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: pg, namespace: shop}}"
    assert found("W01", objects, cluster) == []


def test_a_service_of_pods_outside_the_set_is_undecided() -> None:
    objects = system()
    del objects["Deployment shop"]
    assert [violation.undecided for violation in found("W01", objects)] == [True]


@pytest.mark.parametrize(
    ("port", "near"),
    [
        ({"port": 80, "targetPort": "htp"}, "http"),
        ({"port": 80, "targetPort": "http", "protocol": "UDP"}, None),
        ({"port": 80}, "8000"),
        ({"port": 80, "targetPort": 8080}, "8000"),
    ],
    ids=["a slip", "another protocol", "no target", "another number"],
)
def test_a_port_that_no_pod_has_is_found(port, near) -> None:
    objects = system()
    objects["Service shop"]["spec"]["ports"] = [port]
    (violation,) = found("W02", objects)
    assert violation.path == "spec.ports[0].targetPort"
    assert near is None or violation.nearest == near


@pytest.mark.parametrize(
    ("spec", "ports"),
    [
        ({"ports": [{"port": 80, "targetPort": 8080}]}, []),
        ({"ports": [{"port": 80, "targetPort": 8080}], "clusterIP": "None"}, [{"containerPort": 8000}]),
        ({"ports": [{"port": 1, "targetPort": 15010}, {"port": 2, "targetPort": 15012}]}, [{"containerPort": 15010}]),
        ({"ports": [{"port": 53, "protocol": "UDP"}]}, [{"containerPort": 53}]),
    ],
    ids=["nothing declared", "headless: only names", "istiod declares some", "by number any protocol"],
)
def test_a_number_need_not_be_declared(spec, ports) -> None:
    objects = system()
    objects["Service shop"]["spec"] |= spec
    web(objects)["ports"] = ports
    assert found("W02", objects) == []


def test_a_selector_that_misses_its_own_template_is_found() -> None:
    objects = system()
    objects["Deployment shop"]["spec"]["selector"]["matchLabels"]["app"] = "web"
    (violation,) = found("W03", objects)
    assert (violation.path, violation.nearest) == ("spec.selector.matchLabels[app]", "app=shop")


def test_workloads_that_select_each_others_pods_are_found_once() -> None:
    (violation,) = found("W04", system(), CANARY)
    assert (violation.object.name, violation.path) == ("shop", "spec.selector")
    assert "Deployment worker" in violation.found
    job = CANARY.replace("apps/v1", "batch/v1").replace("Deployment", "Job")
    assert found("W04", system(), job) == [], "the pods of a Job have an owner, and nobody takes them"


def test_a_service_that_catches_a_worker_is_found_where_the_port_is_a_number() -> None:
    objects = system()
    objects["Service shop"]["spec"]["ports"][0]["targetPort"] = 8000
    (violation,) = found("W05", objects, CANARY)
    assert "Deployment worker" in violation.found
    assert found("W05", system(), CANARY) == [], "by name, a pod without that port is no endpoint"
    objects["Service shop"]["spec"]["selector"]["tier"] = "web"
    assert found("W05", objects, CANARY) == []


def test_a_probe_names_a_port_of_its_own_container() -> None:
    objects = system()
    web(objects)["livenessProbe"] = {"tcpSocket": {"port": "https"}}
    (violation,) = found("W06", objects)
    assert violation.path == "spec.template.spec.containers[web].livenessProbe.tcpSocket.port"
    assert violation.nearest == "http"
    web(objects)["livenessProbe"] = {"httpGet": {"port": 10254}}
    assert found("W06", objects) == [], "health ports are rarely declared (ingress-nginx: 10254)"


def test_a_probe_does_not_see_the_port_of_a_sidecar_by_name() -> None:
    objects = system()
    sidecar = {"name": "proxy", "image": "x", "ports": [{"name": "admin", "containerPort": 9901}]}
    pod(objects["Deployment shop"])["containers"].append(sidecar)
    web(objects)["readinessProbe"]["httpGet"]["port"] = "admin"
    (violation,) = found("W06", objects)
    assert "container proxy has it" in violation.because


INGRESS = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec: {rules: [{host: shop.example, http: {paths: [{path: /, backend: {service: {name: shop, port: {number: 80}}}}]}}]}
"""


@pytest.mark.parametrize(
    ("change", "path", "near"),
    [
        (("name: shop, port", "name: shops, port"), "service.name", "Service shop"),
        (("number: 80", "number: 8000"), "service.port.number", "80"),
        (("number: 80", "name: htpp"), "service.port.name", "http"),
    ],
)
def test_the_backend_of_an_ingress_is_a_service_and_a_port_of_it(change, path, near) -> None:
    assert found("W07", system(), INGRESS) == []
    (violation,) = found("W07", system(), INGRESS.replace(*change))
    assert violation.path == f"spec.rules[shop.example].http.paths[/].backend.{path}"
    assert violation.nearest == near
    assert not violation.undecided


def test_a_service_outside_the_set_is_undecided_and_an_action_is_none() -> None:
    other = INGRESS.replace("name: shop, port: {number: 80}", "name: oauth2-proxy, port: {number: 80}")
    assert [violation.undecided for violation in found("W07", system(), other)] == [True]
    action = INGRESS.replace("name: shop, port: {number: 80}", "name: redirect, port: {name: use-annotation}")
    assert found("W07", system(), action) == [], "the AWS controller's actions are no Services"


def test_a_webhook_and_a_route_lead_to_a_service() -> None:
    webhook = """{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration,
      metadata: {name: w}, webhooks: [{name: a, clientConfig: {service: {name: shop, namespace: shop, port: 80}}}]}"""
    route = """{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: r, namespace: shop},
      spec: {rules: [{backendRefs: [{name: shop, port: 80}]}]}}"""
    assert found("W07", system(), webhook, route) == []
    broken = found("W07", system(), webhook.replace(", port: 80", ""), route.replace("80", "81"))
    assert {violation.object.kind for violation in broken} == {"HTTPRoute", "ValidatingWebhookConfiguration"}
