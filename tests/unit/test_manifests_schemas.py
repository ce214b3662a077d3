"""Every rendered object of every stack, against the schemas of every version of Kubernetes that is promised."""

import copy
import inspect
import json

import plans
import pytest
import schemas

from components.manifest import shown
from components.registration import class_of
from tests import crds

NO_SCHEMA = {"ServiceMonitor", "PodMonitor", "PrometheusRule", "Certificate"} | {
    *("Cluster", "Database", "DatabaseRole", "Pooler", "ObjectStore", "ScheduledBackup"),
}
"""Kinds of CRDs, which Kubernetes' own schemas don't know; those of the operators do."""

BODIES = [
    (f"{stack}: {manifest.kind}/{manifest.name}", shown(manifest.body))
    for stack, plan in plans.every_plan().items()
    for manifest in plan.manifests
]


@pytest.mark.parametrize("version", schemas.VERSIONS)
def test_every_object_of_every_stack_is_taken_by_kubernetes(version):
    wrong = {
        name: found
        for name, body in BODIES
        if body["kind"] not in NO_SCHEMA and (found := schemas.errors(body, version))
    }
    assert not wrong, f"Kubernetes {version} would refuse these"


@pytest.mark.parametrize("stack", plans.EVERY)
def test_every_custom_resource_is_taken_by_the_operator_that_defines_it(stack):
    operator = plans.system(stack).database.shared.operator
    own = [m for m in plans.every_plan()[stack].manifests if m.kind in NO_SCHEMA]
    wrong = {m.reference: found for m in own if (found := crds.mistakes(shown(m.body), operator))}
    assert not wrong, f"CloudNativePG {operator}, its plugin, cert-manager or Prometheus' operator would refuse these"


def test_what_both_operators_know_is_taken_by_both():
    for operator, stack in (("1.30", "everything-shared-1.28"), ("1.28", "everything-shared")):
        own = [m for m in plans.every_plan()[stack].manifests if m.kind in NO_SCHEMA - {"DatabaseRole"}]
        wrong = {m.reference: found for m in own if (found := crds.mistakes(shown(m.body), operator))}
        assert not wrong, f"{operator}: the next operator finds the objects of the last one when it is put there"


@pytest.mark.parametrize("version", schemas.VERSIONS)
def test_the_schemas_are_strict(version):
    deployment = copy.deepcopy(next(body for _, body in BODIES if body["kind"] == "Deployment"))
    deployment["spec"]["template"]["spec"]["containers"][0]["imagePullpolicy"] = "Always"
    found = schemas.errors(deployment, version)
    assert any("imagePullpolicy" in error for error in found), "an unknown field deep inside must be an error"
    deployment["spec"]["template"]["spec"]["containers"][0] = {"image": 1}
    assert any("is not of type" in error for error in schemas.errors(deployment, version)), "so must a wrong type"


def test_every_kind_is_seen():
    kinds = {body["kind"] for _, body in BODIES}
    assert kinds == {
        *("Namespace", "NetworkPolicy", "ResourceQuota", "LimitRange", "ServiceAccount", "ConfigMap", "Secret"),
        *("PersistentVolumeClaim", "Service", "StatefulSet", "Job", "CronJob", "Deployment", "Ingress"),
        *("Role", "RoleBinding"),
        "PodDisruptionBudget",
        *NO_SCHEMA,
    }, "a kind that no stack under test renders is validated by nobody"


def test_no_two_objects_of_a_stack_share_a_name():
    for stack, plan in plans.every_plan().items():
        references = [manifest.reference for manifest in plan.manifests]
        assert len(references) == len(set(references)), f"{stack}: the second would overwrite the first"


def test_rendering_twice_gives_the_same():
    for stack in plans.STACKS:
        first, second = plans.plan(stack), plans.plan(stack)
        assert first == second, f"{stack}: a plan that differs by itself never comes to rest"


def test_every_object_says_whose_it_is():
    for stack, plan in plans.every_plan().items():
        for manifest in plan.manifests:
            labels, name = manifest.body["metadata"]["labels"], f"{stack}: {manifest.reference}"
            if manifest.adopted and manifest.outside:
                assert labels == {}, f"{name} is somebody else's"
                continue
            assert labels["app.kubernetes.io/managed-by"] == "pulumi", name
            systems = {path.stem for path in plans.ROOT.glob("systems/*.yaml")}
            assert labels["app.kubernetes.io/part-of"] in systems, name


def test_every_kind_of_kubernetes_has_a_typed_class_and_a_crd_none():
    for api_version, kind in {(body["apiVersion"], body["kind"]) for _, body in BODIES}:
        made = class_of(api_version, kind)
        if kind in NO_SCHEMA:
            assert made is None, f"{kind} is a CRD's"
        else:
            assert made is not None, f"{kind} has a typed class"
            assert inspect.isclass(made), kind


def test_bodies_are_plain_data():
    for name, body in BODIES:
        assert json.loads(json.dumps(body)) == body, f"{name} holds something that is no plain data"
