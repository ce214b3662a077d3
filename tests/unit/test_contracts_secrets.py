"""What pods read is there: S01 to S08."""

import pytest
from contract_examples import found, pod, system, web

SEALED = """
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: shop-db, namespace: shop}
spec: {encryptedData: {DB_USER: AgBy, DB_PASSWORD: AgBy}}
"""


def test_the_system_holds() -> None:
    objects = system()
    told = [violation for number in range(1, 12) for violation in found(f"S{number:02}", objects)]
    assert told == [], "an example that holds must not be told of, or no finding below proves anything"


def test_a_renamed_secret_is_found_with_the_one_that_is_meant() -> None:
    objects = system()
    objects["Secret shop-secrets"]["metadata"]["name"] = "shop-secret"
    (violation,) = found("S01", objects)
    assert violation.path == "spec.template.spec.containers[web].envFrom[1].secretRef.name"
    assert (violation.nearest, violation.undecided) == ("Secret shop-secret", False), "nobody else reads it: a slip"
    assert violation.cause == "Secret shop/shop-secrets is missing", "its consequences are told with it"


def test_sealed_secrets_of_another_name_are_found_by_their_keys() -> None:
    objects = system()
    del objects["Secret shop-secrets"]
    (violation,) = found("S01", objects, SEALED)
    assert violation.nearest == "Secret shop-db", (
        "it has DB_USER and DB_PASSWORD, which the pod declares to need (CF-1)"
    )
    assert not violation.undecided
    assert "made by SealedSecret shop-db" in violation.because


def test_a_secret_from_elsewhere_is_undecided() -> None:
    objects = system()
    del objects["Secret shop-secrets"]
    (violation,) = found("S01", objects)
    assert violation.undecided, "nothing in the set is like it: it may be made by hand"


def test_a_secret_of_another_namespace_is_no_help_but_is_told() -> None:
    objects = system()
    objects["Secret shop-secrets"]["metadata"]["namespace"] = "other"
    (violation,) = found("S01", objects)
    assert "namespace other has one of that name" in violation.because


@pytest.mark.parametrize(
    "edit",
    [
        lambda o: web(o)["envFrom"].append({"secretRef": {"name": "extra", "optional": True}}),
        lambda o: pod(o["Deployment shop"])["volumes"].append(
            {"name": "ca", "configMap": {"name": "kube-root-ca.crt"}}
        ),
        lambda o: (
            web(o)["envFrom"].append({"secretRef": {"name": "hook"}}),
            web(o).update(args=["--secret-name=hook"]),
        ),
        lambda o: o["Secret registry"]["metadata"].update(labels={"a": "b"}),
    ],
    ids=["optional", "in every namespace", "made by a container that is told its name", "a label"],
)
def test_a_reference_that_may_find_nothing_is_no_finding(edit) -> None:
    objects = system()
    edit(objects)
    assert found("S01", objects) == []


def test_a_renamed_key_is_found_with_its_nearest() -> None:
    objects = system()
    data = objects["ConfigMap shop-config"]["data"]
    data["LOGLEVEL"] = data.pop("LOG_LEVEL")
    (violation,) = found("S02", objects)
    assert violation.path == "spec.template.spec.containers[web].env[LEVEL].valueFrom.configMapKeyRef.key"
    assert violation.nearest == "LOGLEVEL"


def test_a_sub_path_that_is_no_key_becomes_a_directory() -> None:
    objects = system()
    web(objects)["volumeMounts"][0]["subPath"] = "shop.yml"
    (violation,) = found("S02", objects)
    assert violation.path.endswith("volumeMounts[/etc/shop.yaml].subPath")
    assert violation.nearest == "shop.yaml"
    assert "empty directory" in violation.because


@pytest.mark.parametrize(
    "volume",
    [
        {"secret": {"secretName": "shop-secrets", "items": [{"key": "DB_PASS", "path": "p"}]}},
        {"projected": {"sources": [{"secret": {"name": "shop-secrets", "items": [{"key": "DB_PASS", "path": "p"}]}}]}},
    ],
    ids=["secret", "projected"],
)
def test_an_item_of_a_volume_is_a_key(volume) -> None:
    objects = system()
    pod(objects["Deployment shop"])["volumes"].append({"name": "more", **volume})
    (violation,) = found("S02", objects)
    assert violation.path.endswith("items[0].key")
    assert violation.nearest == "DB_PASSWORD"
    body = volume.get("secret") or volume["projected"]["sources"][0]["secret"]
    body["optional"] = True
    assert found("S02", objects) == [], "optional: the file is left out, and the pod starts"


def test_keys_that_an_operator_does_not_state_are_undecided() -> None:
    objects = system()
    web(objects)["env"].append({"name": "X", "valueFrom": {"secretKeyRef": {"name": "vault", "key": "x"}}})
    external = """{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: vault, namespace: shop},
      spec: {dataFrom: [{extract: {key: a}}]}}"""
    (violation,) = found("S02", objects, external)
    assert violation.undecided


def test_a_secret_without_entries_waits_for_a_program_to_fill_it() -> None:
    objects = system()
    web(objects)["env"].append({"name": "X", "valueFrom": {"secretKeyRef": {"name": "empty", "key": "x"}}})
    (violation,) = found("S02", objects, "{apiVersion: v1, kind: Secret, metadata: {name: empty, namespace: shop}}")
    assert violation.undecided, "Argo CD's argocd-secret is like that"


def test_a_variable_that_the_code_needs_is_missed_under_its_name() -> None:
    objects = system()
    values = objects["Secret shop-secrets"]["stringData"]
    values["DB_PASSWD"] = values.pop("DB_PASSWORD")
    (violation,) = found("S03", objects)
    assert "DB_PASSWORD" in violation.found
    assert violation.nearest == "DB_PASSWD"
    assert "metadata.annotations[contracts.postgres-apps/reads]" in violation.because
    assert violation.cause == "Secret shop/shop-secrets has DB_PASSWD, not DB_PASSWORD", (
        "all who read it have one cause"
    )


def test_a_variable_that_the_code_needs_too_is_not_the_one_that_was_meant() -> None:
    objects = system()
    template = objects["Deployment shop"]["spec"]["template"]["metadata"]
    template["annotations"]["contracts.postgres-apps/reads"] = "DB_HOST DB_PORT DB_USR DB_PASSWORD"
    port, user = found("S03", objects)
    assert (port.found, port.nearest) == ("no variable DB_PORT", ""), "DB_HOST renamed to DB_PORT would break DB_HOST"
    assert user.nearest == "DB_USER", "nobody else needs that one"
    assert port.group != user.group, "one is no consequence of the other"
    template["annotations"]["contracts.postgres-apps/reads"] = "DB_PORT"
    (likely,) = found("S03", objects)
    assert likely.fix == "add DB_PORT to what the container reads, or rename DB_HOST if that is meant", "no slip"


def test_a_secret_that_has_the_variable_is_nearer_than_a_likeness_of_its_name() -> None:
    objects = system()
    del objects["Secret shop-secrets"]["stringData"]["DB_PASSWORD"]
    objects["ConfigMap shop-config"]["data"]["DB_PASSFILE"] = "/run/secrets/db"
    other = "{apiVersion: v1, kind: Secret, metadata: {name: shop-db, namespace: shop}, stringData: {DB_PASSWORD: <x>}}"
    (violation,) = found("S03", objects, other)
    assert violation.nearest == "DB_PASSWORD in Secret shop-db, which this pod does not read"
    assert violation.fix == "add Secret shop-db to envFrom"


def test_the_image_of_postgres_wants_a_password() -> None:
    server = """{apiVersion: v1, kind: Pod, metadata: {name: db, namespace: shop}, spec: {containers:
      [{name: db, image: "postgres:15-alpine", env: [%s]}]}}"""
    (violation,) = found("S03", server % "")
    assert "POSTGRES_PASSWORD" in violation.expected
    for fine in ("POSTGRES_PASSWORD_FILE, value: /run/p", "POSTGRES_HOST_AUTH_METHOD, value: trust"):
        assert found("S03", server % f"{{name: {fine}}}") == []
    assert found("S03", (server % "").replace("postgres:15", "ghcr.io/cloudnative-pg/postgresql:15")) == []
    client = (server % "").replace('"postgres:15-alpine",', '"postgres:15-alpine", args: [pg_dump, -Fc],')
    assert found("S03", client) == [], "the entrypoint makes no data directory for another program"


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ([{"name": "A", "value": "$(DB_USR)"}], "DB_USER"),
        ([{"name": "A", "value": "$(B)"}, {"name": "B", "value": "1"}], ""),
        ([{"name": "A", "value": "$$(DB_USR) $(SHOP_SERVICE_HOST) $(DB_USER)"}], None),
    ],
    ids=["a slip", "set further down", "escaped, a service link, a variable of envFrom"],
)
def test_a_variable_in_a_value_is_set_before_it(entries, told) -> None:
    objects = system()
    web(objects)["env"] = entries
    violations = found("S05", objects)
    assert [violation.nearest for violation in violations] == ([] if told is None else [told])


def test_two_sources_of_one_variable_are_told_where_they_differ() -> None:
    objects = system()
    objects["ConfigMap shop-config"]["data"]["DB_USER"] = "other"
    (violation,) = found("S04", objects)
    assert violation.found.startswith("DB_USER: from ConfigMap shop-config, and from Secret shop-secrets")
    objects["ConfigMap shop-config"]["data"]["DB_USER"] = "app"
    assert found("S04", objects) == [], "the same value twice: nothing depends on the order"


def test_an_entry_of_env_over_env_from_is_on_purpose() -> None:
    objects = system()
    web(objects)["env"].append({"name": "DB_USER", "value": "somebody"})
    assert found("S04", objects) == []
    web(objects)["env"].append({"name": "DB_USER", "value": "somebody-else"})
    assert len(found("S04", objects)) == 1, "twice under env is decided by the order alone"


@pytest.mark.parametrize(
    ("change", "path", "word"),
    [
        ({"type": "Opaque"}, "imagePullSecrets[0].name", "of type Opaque"),
        ({"stringData": {"password": "x"}, "type": "Opaque"}, "imagePullSecrets[0].name", "with the keys password"),
        ({"metadata": {"name": "registry2", "namespace": "shop"}}, "imagePullSecrets[0].name", "does not have"),
    ],
    ids=["type", "keys", "name"],
)
def test_a_pull_secret_is_there_and_for_a_registry(change, path, word) -> None:
    objects = system()
    objects["Secret registry"] |= change
    (violation,) = found("S06", objects)
    assert violation.path.endswith(path)
    assert word in violation.found


def test_the_tls_secret_of_an_ingress_is_there_or_cert_manager_makes_it() -> None:
    ingress = """{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: shop, namespace: shop%s},
      spec: {tls: [{secretName: shop-tls}]}}"""
    (violation,) = found("S07", ingress % "")
    assert violation.path == "spec.tls[0].secretName"
    assert violation.undecided, "nothing in the set is like it: it may be made by hand"
    assert found("S07", ingress % ", annotations: {cert-manager.io/cluster-issuer: x}") == []
    slip = "{apiVersion: v1, kind: Secret, metadata: {name: shop-tsl, namespace: shop}, stringData: {%s}}"
    keys = "tls.crt: <x>, tls.key: <x>"
    (violation,) = found("S07", ingress % "", slip % keys)
    assert (violation.nearest, violation.undecided) == ("Secret shop-tsl", False), "and nobody else names that one"
    other = (ingress % "").replace("name: shop,", "name: api,").replace("shop-tls", "shop-tsl")
    (violation,) = found("S07", ingress % "", slip % keys, other)
    assert violation.undecided, "another Ingress names that one"


def test_a_key_that_is_read_too_is_not_the_one_that_was_meant() -> None:
    ingress = """{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: shop, namespace: shop},
      spec: {tls: [{secretName: shop-tls}]}}"""
    secret = "{apiVersion: v1, kind: Secret, metadata: {name: shop-tls, namespace: shop}, stringData: {%s}}"
    (violation,) = found("S07", ingress, secret % "tls.crt: <x>, tls.kye: <x>")
    assert violation.fix == "rename tls.kye to tls.key in Secret shop/shop-tls"
    objects = system()
    web(objects)["env"] += [
        {"name": f"X{key}", "valueFrom": {"secretKeyRef": {"name": "shop-secrets", "key": key}}}
        for key in ("DB_PASSWORD", "DB_PASSWORD_OLD", "DB_USR")
    ]
    old, user = found("S02", objects)
    assert old.nearest == "", "DB_PASSWORD is read under its own name"
    assert user.nearest == "DB_USER", "DB_USER is read by nobody"


@pytest.mark.parametrize(
    ("secret", "holds"),
    [
        ("type: kubernetes.io/tls, stringData: {tls.crt: a, key: b}", False),
        ("type: kubernetes.io/tls, stringData: {tls.crt: a, tls.key: b}", True),
        ("data: {password: not-base64!}", False),
        ("data: {password: aHVudGVyMg==}", True),
        ("data: {password: '<path:vault#x>'}", True),
    ],
)
def test_a_secret_can_be_stored(secret, holds) -> None:
    violations = found("S08", f"{{apiVersion: v1, kind: Secret, metadata: {{name: a}}, {secret}}}")
    assert (violations == []) is holds
    assert all("not-base64!" not in str(violation) for violation in violations), "never a value"
