"""Secrets that operators make, as External Secrets, Infisical and Sealed Secrets state their keys."""

from typing import Any

import pytest
from contract_examples import found
from documents import documents

from contracts.objects import ref
from contracts.sources import Sources
from contracts.violation import Ref


def sources(text: str) -> Sources:
    return Sources((ref(body), body) for body in documents(text))


def keys(text: str, name: str = "db", namespace: str = "shop", kind: str = "Secret") -> Any:
    """(keys, whether these are all) of what will be there; None where nothing will."""
    source = sources(text).of(Ref(kind, namespace, name))
    return None if source is None else (sorted(source.keys), source.complete)


EXTERNAL = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec: {secretStoreRef: {name: vault, kind: ClusterSecretStore}, TARGET data: [{secretKey: password}] MORE}
"""


@pytest.mark.parametrize(
    ("target", "more", "expected"),
    [
        ("", "", (["password"], True)),
        ("", ", dataFrom: [{extract: {key: a}}]", (["password"], False)),
        ("target: {template: {data: {uri: x, username: docs}}},", "", (["uri", "username"], True)),
        ("target: {template: {mergePolicy: Merge, data: {uri: x}}},", "", (["password", "uri"], True)),
        ("target: {template: {data: {uri: x}, templateFrom: [{literal: y}]}},", "", (["uri"], False)),
        ("target: {creationPolicy: None},", "", None),
        ("target: {creationPolicy: Merge},", "", None),
    ],
    ids=["plain", "all of it", "a template", "merging", "from elsewhere", "makes nothing", "waits for another"],
)
def test_the_keys_of_an_external_secret_are_those_that_its_spec_states(target: str, more: str, expected: Any) -> None:
    assert keys(EXTERNAL.replace("TARGET", target).replace("MORE", more)) == expected


def test_an_external_secret_that_merges_adds_to_what_another_makes() -> None:
    cluster = "\n---\n{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: db, namespace: shop}}"
    merge = EXTERNAL.replace("TARGET", "target: {name: db-app, creationPolicy: Merge},").replace("MORE", "")
    merge = merge.replace("secretKey: password", "secretKey: token")
    names, complete = keys(merge + cluster, "db-app")
    assert {"token", "uri", "password"} <= set(names), "docs/src/cncf-projects/external-secrets.md does so"
    assert complete


INFISICAL = """
apiVersion: secrets.infisical.com/v1alpha1
kind: InfisicalSecret
metadata: {name: db, namespace: databases}
spec:
  authentication: {universalAuth: {credentialsRef: {secretName: login, secretNamespace: argocd}}}
  managedKubeSecretReferences:
  - {secretName: db-role, secretNamespace: databases, template: {data: {username: docs, password: "{{ .p.Value }}"}}}
  - {secretName: db, secretNamespace: shop, template: {includeAllSecrets: true, data: {uri: "{{ .p.Value }}"}}}
  managedKubeConfigMapReferences:
  - {configMapName: db, configMapNamespace: shop, template: {data: {HOST: x}}}
"""


def test_infisical_makes_several_secrets_in_several_namespaces() -> None:
    assert keys(INFISICAL, "db-role", "databases") == (["password", "username"], True), "its template states all"
    assert keys(INFISICAL) == (["uri"], False), "more may come"
    assert keys(INFISICAL, kind="ConfigMap") == (["HOST"], True)
    stated = sources(INFISICAL)
    assert stated.secret_value(Ref("Secret", "databases", "db-role"), "username") == "docs", (
        "nothing is filled in there"
    )
    assert stated.secret_value(Ref("Secret", "databases", "db-role"), "password") is None, "only Infisical knows"


def test_the_current_kind_of_infisical_states_its_targets() -> None:
    text = """
apiVersion: secrets.infisical.com/v1beta1
kind: InfisicalStaticSecret
metadata: {name: db, namespace: databases}
spec:
  infisicalAuthRef: {name: login, namespace: argocd}
  targets:
  - {name: db, namespace: shop, kind: Secret, template: {engineVersion: v1, data: {username: docs}}}
  - {name: all, namespace: shop, kind: Secret, template: {engineVersion: v1, data: "{{ range . }}"}}
  - {name: db, namespace: shop, kind: ConfigMap}
"""
    assert keys(text) == (["username"], True)
    assert keys(text, "all") == ([], False), "one template of all keys at once"
    assert keys(text, kind="ConfigMap") == ([], False)


def test_credentials_in_a_namespace_of_another_set_are_made_by_hand() -> None:
    assert found("S07", INFISICAL) == [], "of argocd the set has nothing"
    here = INFISICAL.replace("secretNamespace: argocd", "secretNamespace: databases")
    assert [violation.undecided for violation in found("S07", here)] == [True], "of databases it has something"
    login = "{apiVersion: v1, kind: Secret, metadata: {name: login, namespace: databases}, stringData: {clientId: x}}"
    (violation,) = found("S07", here, login)
    assert "clientSecret" in violation.found, "both are read"


def test_a_sealed_secret_has_what_is_encrypted_and_what_its_template_adds() -> None:
    text = """
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: db, namespace: shop}
spec:
  encryptedData: {password: AgB}
  template: {type: kubernetes.io/basic-auth, data: {username: docs, uri: "postgresql://docs:{{ .password }}@db"}}
"""
    assert keys(text) == (["password", "uri", "username"], True)
    assert sources(text).secret_value(Ref("Secret", "shop", "db"), "username") == "docs"


def test_what_cloudnativepg_makes_of_its_objects() -> None:
    def made(spec: dict[str, Any], kind: str = "Cluster", name: str = "db") -> set[str]:
        body = {"apiVersion": "postgresql.cnpg.io/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}
        return set(Sources([(ref(body), body)]).names("Secret", "default"))

    assert made({}) == {"db-app", "db-ca", "db-server", "db-replication"}
    assert "db-app" not in made({"bootstrap": {"initdb": {"secret": {"name": "own"}}}}), "cloudnative-pg#6650"
    assert "db-app" not in made({"bootstrap": {"initdb": {"import": {"type": "monolith"}}}}), "it makes no database"
    assert "db-app" not in made({"bootstrap": {"recovery": {}}, "replica": {"enabled": True}}), "nor does a replica"
    assert "db-superuser" in made({"enableSuperuserAccess": True})
    assert "db-superuser" not in made({"enableSuperuserAccess": True, "superuserSecret": {"name": "own"}})
    given = {"serverCASecret": "a", "clientCASecret": "b", "serverTLSSecret": "c", "replicationTLSSecret": "d"}
    assert made({"certificates": given}) == {"db-app"}
    assert made({"clientCertificate": {}, "name": "docs"}, "DatabaseRole", "docs") == {"docs-client-cert"}
    assert made({"clientCertificate": {"enabled": False}}, "DatabaseRole") == set()
    assert made({"cluster": {"name": "db"}}, "Pooler", "pool") == {"db-pooler"}


def test_a_secret_that_an_operator_makes_in_another_namespace_is_told() -> None:
    pod = "{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: web}, spec: {containers: [{name: web, ENV}]}}"
    (violation,) = found("S01", INFISICAL, pod.replace("ENV", "envFrom: [{secretRef: {name: db-role}}]"))
    assert "namespace databases has one of that name" in violation.because, "that is where Infisical puts it"
