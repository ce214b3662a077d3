"""What scales, guards, watches and permits: W08 to W18."""

import pytest
from contract_examples import found, pod, system

SCALER = """{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: shop, namespace: shop},
  spec: {minReplicas: %s, scaleTargetRef: {apiVersion: apps/v1, kind: %s, name: %s}}}"""
BUDGET = """{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: %s, namespace: shop},
  spec: {%s, selector: {matchLabels: {app: %s}}}}"""
MONITOR = """{apiVersion: monitoring.coreos.com/v1, kind: %s, metadata: {name: shop, namespace: shop},
  spec: {selector: {matchLabels: {app: %s}}, %s: [{port: %s}]}}"""
BINDING = """{apiVersion: rbac.authorization.k8s.io/v1, kind: %s, metadata: {name: b%s},
  roleRef: {kind: ClusterRole, name: %s}, subjects: [{kind: ServiceAccount, name: %s}]}"""


@pytest.mark.parametrize(
    ("scaler", "path", "near"),
    [
        (SCALER % (2, "Deployment", "shopp"), "spec.scaleTargetRef.name", "Deployment shop"),
        (SCALER % (2, "StatefulSet", "shop"), "spec.scaleTargetRef.kind", "Deployment"),
    ],
)
def test_an_autoscaler_finds_what_it_scales(scaler, path, near) -> None:
    (violation,) = found("W08", system(), scaler)
    assert (violation.path, violation.nearest, violation.undecided) == (path, near, False)
    assert found("W08", system(), SCALER % (2, "Deployment", "shop")) == []
    assert found("W08", system(), SCALER % (2, "Rollout", "shop")) == [], "an operator's own kind"


def test_a_budget_guards_pods() -> None:
    (violation,) = found("W09", system(), BUDGET % ("b", "maxUnavailable: 1", "shopp"))
    assert (violation.path, violation.nearest) == ("spec.selector", "shop")
    assert found("W09", system(), BUDGET % ("b", "maxUnavailable: 1", "shop")) == []


@pytest.mark.parametrize(
    ("limit", "blocks"),
    [
        ("minAvailable: 2", True),
        ("minAvailable: 100%", True),
        ("minAvailable: 51%", True),
        ("maxUnavailable: 0", True),
        ("maxUnavailable: 0%", True),
        ("minAvailable: 1", False),
        ("minAvailable: 50%", False),
        ("maxUnavailable: 1%", False),
    ],
)
def test_a_budget_for_two_pods_lets_one_go(limit, blocks) -> None:
    assert len(found("W10", system(), BUDGET % ("b", limit, "shop"))) == blocks


def test_the_least_of_an_autoscaler_counts_for_a_budget() -> None:
    budget = BUDGET % ("b", "minAvailable: 2", "shop")
    assert found("W10", system(), budget, SCALER % (3, "Deployment", "shop")) == []
    assert (
        len(found("W10", system(), BUDGET % ("b", "minAvailable: 1", "shop"), SCALER % (1, "Deployment", "shop"))) == 1
    )


def test_two_budgets_for_one_pod_are_found() -> None:
    limit = "maxUnavailable: 1"
    (violation,) = found("W10", system(), BUDGET % ("a", limit, "shop"), BUDGET % ("b", limit, "shop"))
    assert (violation.object.name, violation.path) == ("b", "spec.selector")


@pytest.mark.parametrize(
    ("monitor", "path", "near"),
    [
        (MONITOR % ("ServiceMonitor", "shopp", "endpoints", "http"), "spec.selector", "shop"),
        (MONITOR % ("ServiceMonitor", "shop", "endpoints", "htp"), "spec.endpoints[0].port", "http"),
        (
            MONITOR % ("PodMonitor", "shop", "podMetricsEndpoints", "metrics"),
            "spec.podMetricsEndpoints[0].port",
            "http",
        ),
    ],
)
def test_a_monitor_finds_its_target_and_the_port(monitor, path, near) -> None:
    (violation,) = found("W11", system(), monitor)
    assert (violation.path, violation.nearest) == (path, near)
    assert found("W11", system(), MONITOR % ("ServiceMonitor", "shop", "endpoints", "http")) == []


def test_a_monitor_of_the_control_plane_looks_outside_every_set() -> None:
    monitor = MONITOR % ("ServiceMonitor", "kubelet", "endpoints", "https")
    wide = monitor.replace("spec: {", "spec: {namespaceSelector: {matchNames: [kube-system]}, ")
    assert found("W11", system(), wide) == []


def test_the_service_of_a_stateful_set_selects_its_pods() -> None:
    objects = system()
    objects["Deployment shop"] |= {"kind": "StatefulSet"}
    objects["Deployment shop"]["spec"]["serviceName"] = "shopp"
    (violation,) = found("W12", objects)
    assert (violation.path, violation.nearest) == ("spec.serviceName", "Service shop")
    objects["Deployment shop"]["spec"]["serviceName"] = "shop"
    assert found("W12", objects) == []
    objects["Service shop"]["spec"]["selector"] = {"app": "other"}
    (violation,) = found("W12", objects)
    assert "does not select" in violation.found


@pytest.mark.parametrize(
    ("field", "name", "near"),
    [
        ("serviceAccountName", "shopp", "ServiceAccount shop"),
        ("priorityClassName", "high", ""),
        ("serviceAccountName", "default", None),
        ("priorityClassName", "system-cluster-critical", None),
    ],
)
def test_accounts_and_classes_are_there(field, name, near) -> None:
    objects = system()
    pod(objects["Deployment shop"])[field] = name
    violations = found("W13", objects)
    assert [violation.nearest for violation in violations] == ([] if near is None else [near])
    assert all(violation.path == f"spec.template.spec.{field}" for violation in violations)


@pytest.mark.parametrize(
    ("kind", "space", "role", "account", "path"),
    [
        ("RoleBinding", ", namespace: shop", "view", "shop", None),
        ("RoleBinding", ", namespace: shop", "system:auth-delegator", "default", None),
        ("RoleBinding", ", namespace: shop", "shop-reader", "shop", "roleRef.name"),
        ("RoleBinding", ", namespace: shop", "view", "shopp", "subjects[0].name"),
        ("ClusterRoleBinding", "", "view", "shop", "subjects[0].namespace"),
    ],
)
def test_a_binding_binds_what_is_there(kind, space, role, account, path) -> None:
    violations = found("W14", system(), BINDING % (kind, space, role, account))
    assert [violation.path for violation in violations] == ([] if path is None else [path])


@pytest.mark.parametrize(
    ("kind", "metadata", "spec", "count"),
    [
        ("Job", {}, {}, 1),
        ("Job", {}, {"ttlSecondsAfterFinished": 0}, 0),
        ("Job", {"annotations": {"helm.sh/hook": "pre-install"}}, {}, 0),
        ("Job", {"ownerReferences": [{"kind": "CronJob"}]}, {}, 0),
        ("CronJob", {}, {"jobTemplate": {"spec": {"template": {}}}}, 0),
    ],
)
def test_a_job_goes_when_it_is_done(kind, metadata, spec, count) -> None:
    body = {"apiVersion": "batch/v1", "kind": kind, "metadata": {"name": "j", **metadata}, "spec": spec}
    assert len(found("W15", body)) == count


def test_an_object_stands_in_the_set_once() -> None:
    service = "{apiVersion: v1, kind: Service, metadata: {name: a%s}}"
    (violation,) = found("W16", service % "", service % ", namespace: default")
    assert violation.path == "metadata.name"
    assert found("W16", service % "", service % ", namespace: other") == []
    knative = (service % "").replace("v1", "serving.knative.dev/v1")
    assert found("W16", service % "", knative) == [], "another group is another kind"
    generated = "{apiVersion: batch/v1, kind: Job, metadata: {generateName: a-}}"
    assert found("W16", generated, generated) == [], "each gets a name of its own"


@pytest.mark.parametrize(
    ("name", "value", "count"),
    [("SERVICE_PORT", "8001", 1), ("SERVICE_PORT", "8000", 0), ("DB_PORT", "5432", 0), ("PORT", "http", 0)],
)
def test_a_program_listens_where_its_container_says(name, value, count) -> None:
    objects = system()
    objects["ConfigMap shop-config"]["data"][name] = value
    violations = found("W17", objects)
    assert len(violations) == count
    assert all(violation.path == "spec.template.spec.containers[web].ports" for violation in violations)


def test_a_namespace_is_spelled_one_way() -> None:
    namespace = "{apiVersion: v1, kind: Namespace, metadata: {name: %s}}"
    (violation,) = found("W18", system(), namespace % "shops")
    assert violation.nearest == "shop"
    assert found("W18", system(), namespace % "shop") == []
    assert found("W18", system(), namespace % "monitoring") == [], "an empty namespace for something else"
