"""The operator, installed by the stack that is asked to: what is made, in which order, and what is refused."""

from pathlib import Path

import pytest
import shared
import yaml

from components.gate import judged
from components.manifest import Manifest
from components.postgres.shared import operator
from components.settings import load
from components.settings.configuration import from_file
from components.settings.mistakes import SettingsRefused

IMAGE = "ghcr.io/cloudnative-pg/cloudnative-pg"


def deployment(version: str, namespace: str = "cnpg-system") -> dict:
    container = {"name": "manager", "image": f"{IMAGE}:{version}"}
    spec = {"template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [container]}}}
    about = {"name": "cnpg-controller-manager", "namespace": namespace}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": about, "spec": spec}


def release(version: str = "1.30.0", namespace: str = "cnpg-system") -> list[dict]:
    """As published, in the order of the file: the webhooks behind the operator."""
    crd = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
    hook = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration"}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "creationTimestamp": None}},
        {**crd, "metadata": {"name": "clusters.postgresql.cnpg.io"}, "spec": {}, "status": {"conditions": []}},
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "webhooks", "namespace": namespace}, "spec": {}},
        deployment(version, namespace),
        {**hook, "metadata": {"name": "cnpg"}, "webhooks": []},
    ]


def written(place: Path, objects: list[dict]) -> str:
    file = place / "operator.yaml"
    file.write_text(yaml.safe_dump_all(objects))
    return str(file)


def found(place: Path, objects: list[dict], operator: str) -> SettingsRefused:
    with pytest.raises(SettingsRefused) as refused:
        shared.plan(install=written(place, objects), operator=operator)
    return refused.value


def made(place: Path) -> list[Manifest]:
    plan = shared.plan(install=written(place, release()))
    return next(part.manifests for part in plan.parts if part.kind == "Operator")


def test_the_cluster_waits_for_who_looks_after_it(tmp_path):
    plan = shared.plan(install=written(tmp_path, release()))
    needs = shared.waits_for(plan, ("Cluster", shared.SERVICE))
    wanted = {
        ("CustomResourceDefinition", "clusters.postgresql.cnpg.io"),
        ("Deployment", "cnpg-system/cnpg-controller-manager"),
        ("Service", "cnpg-system/webhooks"),
    }
    assert wanted <= needs, "its kind, its operator, and the webhooks, without which it is refused"


def test_the_operator_starts_when_all_that_it_changes_is_there(tmp_path):
    kinds = [manifest.kind for manifest in made(tmp_path)]
    assert kinds.index("MutatingWebhookConfiguration") < kinds.index("Deployment"), "or it ends, and is tried again"
    assert kinds[-1] == "Service", "its address is ready when somebody answers, and that is what others wait for"


def test_what_is_installed_stays_when_the_stack_goes(tmp_path):
    assert all(one.adopted and one.outside for one in made(tmp_path)), (
        "with its kinds the Clusters of every other stack would go; and where it is there, it is taken over"
    )


def test_what_a_cluster_writes_is_not_applied(tmp_path):
    crd = next(one for one in made(tmp_path) if one.kind == "CustomResourceDefinition")
    namespace = next(one for one in made(tmp_path) if one.kind == "Namespace")
    assert "status" not in crd.body and "creationTimestamp" not in namespace.body["metadata"]


def test_without_the_word_no_operator_is_in_the_plan():
    assert not [part for part in shared.plan().parts if part.kind == "Operator"], "there is one, says the stack"


@pytest.mark.parametrize(
    ("objects", "minor", "what"),
    [
        (release("1.28.2"), "1.30", "the operator of version 1.28.2"),
        (release("1.30.0"), "1.28", "the operator of version 1.30.0"),
        (release(namespace="operators"), "1.30", "an operator in the namespace operators"),
        (release()[:3], "1.30", "which is no release"),
        ([], "1.30", "a file with nothing, which is no release"),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path, objects, minor, what):
    (mistake,) = found(tmp_path, objects, minor).mistakes
    assert mistake.path == "database.shared.install" and what in mistake.found
    assert "make operator VERSION=" in mistake.do, "it says where the right one comes from"


def test_a_file_that_is_not_there_is_told_with_the_nearest(tmp_path):
    written(tmp_path, release())
    with pytest.raises(SettingsRefused) as refused:
        shared.plan(install=str(tmp_path / "operater.yaml"))
    assert "did you mean `operator.yaml`?" in str(refused.value)


def test_a_file_that_is_no_yaml_is_told_with_the_place(tmp_path):
    file = tmp_path / "broken.yaml"
    file.write_text("a: [1\nb: {")
    with pytest.raises(SettingsRefused, match=r"no YAML: .*line 2"):
        shared.plan(install=str(file))


@pytest.mark.parametrize(
    ("ours", "there", "refused"),
    [("1.28.2", "1.30.0", True), ("1.30.0", "1.28.2", False), ("1.30.0", "1.30.0", False), ("1.30.0", "1.30.1", True)],
)
def test_an_operator_is_never_put_back_to_an_older_version(ours, there, refused):
    why = operator.is_older(deployment(ours), deployment(there))
    assert bool(why) is refused, "an older one does not know what a newer one has written"
    assert not refused or (ours in why and there in why)


def test_contracts_judge_the_release_with_the_rest(tmp_path):
    system = load.decode(from_file(shared.STACK)).system
    report = judged(system, shared.plan(install=written(tmp_path, release())))
    found = {(one.contract, one.object.name) for one in report.broken}
    assert ("X01", "cnpg-controller-manager") in found, "whoever wrote it: this one may run as root"
