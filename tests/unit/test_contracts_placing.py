"""Objects that name no namespace, as helm and kustomize print them: where they go, and that it is told."""

from pathlib import Path
from typing import Any

import pytest
from contract_examples import found, system

from contracts.__main__ import main
from contracts.placing import placed


def body(kind: str, name: str = "a", namespace: str = "", **fields: Any) -> dict[str, Any]:
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **fields}


BOUND = body("ClusterRoleBinding", subjects=[{"kind": "ServiceAccount", "name": "a", "namespace": "argocd"}])
WEBHOOK = body("MutatingWebhookConfiguration", webhooks=[{"clientConfig": {"service": {"namespace": "argocd"}}}])


@pytest.mark.parametrize(
    ("objects", "namespace", "told"),
    [
        ([body("ConfigMap")], "default", ""),
        ([body("ConfigMap", namespace="shop")], "default", ""),
        ([body("ConfigMap"), BOUND, WEBHOOK], "argocd", "1 object names no namespace: judged in `argocd`"),
        ([body("ConfigMap"), body("Service"), body("Namespace", "shop")], "shop", "2 objects name"),
        ([body("ConfigMap"), BOUND, body("Namespace", "shop")], "default", ""),
        ([body("ConfigMap"), body("Service", namespace="shop")], "default", "beside others in shop; --namespace"),
        ([{"kind": "List", "items": [body("ConfigMap"), BOUND]}], "argocd", "judged in `argocd`"),
        ([body("Namespace", "shop"), BOUND], "default", ""),
    ],
    ids=["nothing said", "all say it", "as bound", "as made", "two", "some say it", "a list", "of the cluster"],
)
def test_objects_without_a_namespace_go_where_the_set_says_and_that_is_told(
    objects: list[dict[str, Any]], namespace: str, told: str
) -> None:
    found_in, sentence = placed(objects)
    assert found_in == namespace
    assert told in sentence
    assert bool(told) == bool(sentence), "no word where there is nothing to say"


def test_a_set_for_one_namespace_holds_without_naming_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "set.yaml"
    file.write_text(
        "{apiVersion: v1, kind: ServiceAccount, metadata: {name: a}}\n---\n"
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: a},\n"
        " roleRef: {kind: ClusterRole, name: view, apiGroup: rbac.authorization.k8s.io},\n"
        " subjects: [{kind: ServiceAccount, name: a, namespace: argocd}]}\n"
    )
    assert main([str(file)]) == 0, "it is bound where it will be"
    assert "judged in `argocd`" in capsys.readouterr().err, "an assumption is told"
    assert main([str(file), "--namespace", "other"]) == 1, "whoever says another namespace means it"
    assert capsys.readouterr().err == "", "and is told of no assumption"


def test_what_another_namespace_has_is_told_with_a_way_to_bring_both_together() -> None:
    objects = system()
    del objects["Deployment shop"]["metadata"]["namespace"]
    for contract in ("S01", "W13"):
        for violation in found(contract, objects):
            assert "namespace shop has one of that name" in violation.because
            assert violation.fix.startswith("put both into one namespace (--namespace")
    assert len(found("W13", objects)) == 1, "the account"
