"""What is made of secrets from each source: one Secret with the same keys, whoever fills it."""

import itertools

import plans
import pytest
import sourced

from components import secrets
from components.connection import SECRET_KEYS
from components.gate import judged
from components.manifest import (
    SECRET_MAKERS,
    Existing,
    External,
    Fingerprint,
    Generated,
    Infisical,
    Sealed,
    shown,
)
from components.names import Scope
from components.settings.mistakes import SettingsRefused
from contracts.known.operators import made_by
from contracts.objects import ref
from tests import crds

KINDS = {"infisical": "InfisicalSecret", "external": "ExternalSecret", "sealed": "SealedSecret"}
BY_OPERATORS = pytest.mark.parametrize("source", KINDS)
EACH = pytest.mark.parametrize("source", sourced.VALUES)
FORMS = pytest.mark.parametrize("form", ["v1alpha1", "legacy", "v1beta1"])


def keys(manifest):
    """The keys of the Secret that there will be: as stated here, or as the contracts know its maker."""
    if manifest.kind == "Secret":
        return set(manifest.body["stringData"])
    ((_, name, found, complete),) = made_by(ref(manifest.body), manifest.body)
    assert (name, complete) == (manifest.name, True), "the object has the Secret's name, and states all its keys"
    return set(found)


def deployment(plan, name="observer"):
    return plans.one(plan, "Deployment", name)


def container(plan):
    return plans.template(deployment(plan))["spec"]["containers"][0]


@EACH
def test_a_role_has_the_same_keys_from_every_source(source):
    plan = plans.plan("dev", sourced.passwords(source))
    for role in ("owner", "app", "reader"):
        kind, end = KINDS.get(source, "Secret"), f"-{source}" if source in KINDS else ""
        made = plans.one(plan, kind, f"postgres-{role}{end}")
        assert keys(made) == set(SECRET_KEYS), f"{source}: every topology and every source has these"
        assert plan.connections[role].secret == made.name, "who reads it asks for it by its whole name"


@EACH
def test_the_contracts_hold_for_every_source(source):
    for patch in (sourced.passwords(source), sourced.variable(source)):
        stack = plans.system("dev", patch)
        report = judged(stack, plans.plan("dev", patch))
        assert report.holds, f"{source}: {[str(violation) for violation in report.broken]}"


@EACH
def test_all_that_read_a_role_read_one_secret(source):
    plan = plans.plan("dev", sourced.passwords(source))
    bootstrap = plans.template(plans.one(plan, "Job", "postgres-bootstrap"))["spec"]["containers"][0]["env"]
    told = {e["name"]: e["valueFrom"]["secretKeyRef"] for e in bootstrap if "valueFrom" in e}
    assert told["APP_PASSWORD"] == {"name": plan.connections["app"].secret, "key": "password"}
    if source not in KINDS:
        return
    read = {e["name"]: e["valueFrom"]["secretKeyRef"] for e in container(plan)["env"] if "secretKeyRef" in str(e)}
    assert read["DB_PASSWORD"] == told["APP_PASSWORD"], "fetched twice, it could be another than PostgreSQL was told"
    assert "password" not in str(plans.one(plan, "Secret", "observer-secrets").body["stringData"]).lower()


@BY_OPERATORS
def test_an_app_reads_the_uri_of_its_role_where_an_operator_makes_it(source):
    patch = plans.layered(sourced.passwords(source), {"apps": {"observer": {"connection": {"presets": ["url"]}}}})
    read = [e for e in container(plans.plan("dev", patch))["env"] if e["name"] == "DATABASE_URL"]
    wanted = {"name": f"postgres-app-{source}", "key": "uri"}
    assert read == [{"name": "DATABASE_URL", "valueFrom": {"secretKeyRef": wanted}}]


def test_values_of_one_app_are_parted_by_source():
    plan = plans.plan("dev", sourced.EVERY_SOURCE)
    found = {m.name: keys(m) for m in plan.manifests if m.name.startswith("observer-secrets")}
    found["observer-secrets"] = {key for key in found["observer-secrets"] if key.startswith("FROM")}
    assert found == {
        "observer-secrets": set(),
        "observer-secrets-external": {"FROM_STORE", "ALSO_FROM_STORE"},
        "observer-secrets-infisical-kis": {"FROM_INFISICAL"},
        "observer-secrets-infisical": {"FROM_ROOT"},
        "observer-secrets-sealed": {"FROM_SEAL"},
    }, "one Secret each; Infisical's operator reads one folder for each object"
    read = [entry["secretRef"]["name"] for entry in container(plan)["envFrom"] if "secretRef" in entry]
    assert read == list(found), "the pod reads all of them whole"
    single = [entry for entry in container(plan)["env"] if entry["name"] == "FROM_OTHERS"]
    assert single == [{"name": "FROM_OTHERS", "valueFrom": {"secretKeyRef": {"name": "kis", "key": "app-key"}}}]


def test_what_reads_a_secret_comes_after_whoever_makes_it():
    plan = plans.plan("dev", sourced.EVERY_SOURCE)
    after = deployment(plan).after
    makers = [m for m in plan.manifests if m.name.startswith("observer-secrets")]
    assert {m.reference for m in makers} <= set(after), "and that one is waited for"
    waits = {m.kind: m.body["metadata"]["annotations"]["pulumi.com/waitFor"] for m in makers if m.kind != "Secret"}
    assert waits == {
        "ExternalSecret": "condition=Ready",
        "InfisicalSecret": "condition=secrets.infisical.com/ReadyToSyncSecrets",
        "SealedSecret": "condition=Synced",
    }, "the conditions that the operators set once the Secret is there"


def test_no_secret_has_two_owners_when_its_value_moves():
    made = {
        source: {(m.namespace, m.name) for m in plans.plan("dev", patch).manifests if m.kind in {"Secret", kind}}
        for source, kind in KINDS.items()
        for patch in [plans.layered(sourced.passwords(source), sourced.variable(source))]
    }
    ours = {(m.namespace, m.name) for m in plans.plan("dev").manifests if m.kind == "Secret"}
    for one, other in itertools.combinations(made, 2):
        assert made[one] & made[other] <= ours, f"{one} and {other}: each operator's Secrets have names of their own"
    for source in made:
        operated = {(m.namespace, m.name) for m in makers(plans.plan("dev", sourced.passwords(source)))}
        assert not operated & ours, f"{source}: the program deletes a Secret of its own; the operator's must be another"


def makers(plan):
    return [m for m in plan.manifests if m.kind in SECRET_MAKERS]


@EACH
def test_no_object_of_an_operator_without_its_source(source):
    patch = plans.layered(sourced.passwords(source), sourced.variable(source))
    assert {m.kind for m in makers(plans.plan("dev", patch))} == ({KINDS[source]} if source in KINDS else set())


@BY_OPERATORS
def test_the_templates_give_type_and_labels(source):
    made = plans.one(plans.plan("dev", sourced.passwords(source)), KINDS[source], f"postgres-app-{source}")
    labels, spec = made.body["metadata"]["labels"], made.body["spec"]
    match source:
        case "external":
            template = spec["target"]["template"]
            found = template["type"], template["metadata"]["labels"]
        case "sealed":
            found = spec["template"]["type"], spec["template"]["metadata"]["labels"]
        case _:  # the operator copies the object's own labels
            found = spec["managedKubeSecretReferences"][0]["secretType"], labels
    assert found == ("servicebinding.io/postgresql", labels)


def test_an_infisical_secret_of_each_form():
    found = {}
    for form in ("v1alpha1", "legacy"):
        patch = plans.layered(sourced.passwords("infisical"), {"sources": {"infisical": {"form": form}}})
        found[form] = plans.one(plans.plan("dev", patch), "InfisicalSecret", "postgres-app-infisical").body["spec"]
    managed = found["v1alpha1"].pop("managedKubeSecretReferences")
    assert [found["legacy"].pop("managedSecretReference")] == managed
    assert (
        found["legacy"]
        == found["v1alpha1"]
        == {
            "hostAPI": "http://infisical.example.org:8085",
            "resyncInterval": 60,
            "authentication": {
                "universalAuth": {
                    "credentialsRef": {"secretName": "infisical-universal-auth", "secretNamespace": "argocd"},
                    "secretsScope": {"projectSlug": "vixens", "envSlug": "dev", "secretsPath": "/kis"},
                }
            },
        }
    ), "what the shared cluster of the seed has, but for the names"
    assert managed[0]["creationPolicy"] == "Owner", "by default the Secret would stay when the object goes"


def test_a_static_secret_of_infisical_names_its_source_and_its_target():
    patch = {**sourced.passwords("infisical"), "sources": {"infisical": sourced.STATIC}}
    made = plans.one(plans.plan("dev", patch), "InfisicalStaticSecret", "postgres-app-infisical")
    spec = made.body["spec"]
    assert spec["infisicalAuthRef"] == sourced.STATIC["auth"]
    assert spec["sources"] == [
        {"projectId": sourced.STATIC["projectId"], "environmentSlug": "dev", "secretPath": "/kis"}
    ]
    assert spec["syncOptions"] == {"refreshInterval": "60s"}
    (target,) = spec["targets"]
    assert (target["name"], target["namespace"]) == (made.name, made.namespace)
    assert set(target["template"]["data"]) == set(SECRET_KEYS)
    assert crds.mistakes(dict(shown(made.body))) == []


@pytest.mark.parametrize(
    ("scope", "annotations"),
    [
        ("strict", {}),
        ("namespace-wide", {"sealedsecrets.bitnami.com/namespace-wide": "true"}),
        ("cluster-wide", {"sealedsecrets.bitnami.com/cluster-wide": "true"}),
    ],
)
def test_a_sealed_secret_says_for_where_its_values_were_sealed(scope, annotations):
    patch = plans.layered(sourced.variable("sealed"), {"sources": {"sealed": {"scope": scope}}})
    body = plans.one(plans.plan("dev", patch), "SealedSecret", "observer-secrets-sealed").body
    assert body["spec"]["encryptedData"] == {"SESSION_KEY": sourced.SEALED}, "as it was sealed, under its variable"
    assert body["metadata"]["annotations"] == {"pulumi.com/waitFor": "condition=Synced"} | annotations
    assert body["spec"]["template"]["metadata"].get("annotations", {}) == annotations


@BY_OPERATORS
def test_a_registrys_password_may_come_from_an_operator(source):
    pull = {"pullSecrets": {"ghcr-secret": {"password": {"config": None, **sourced.VALUES[source]}}}}
    plan = plans.plan("dev", pull | sourced.sources(source))
    name = f"ghcr-secret-{source}"
    assert ".dockerconfigjson" in keys(plans.one(plan, KINDS[source], name))
    assert plans.template(deployment(plan))["spec"]["imagePullSecrets"] == [{"name": name}]


MIXED = {
    "external and sealed": {"id": External("id"), "key": Sealed(sourced.SEALED)},
    "external and the engine": {"id": External("id"), "key": Generated("key")},
    "infisical / and infisical /kis": {"id": Infisical("/", "ID"), "key": Infisical("/kis", "KEY")},
}


@pytest.mark.parametrize("told", MIXED)
def test_values_that_no_operator_could_fill_alone_are_refused(told):
    with pytest.raises(SettingsRefused, match=f"values from {told}"):
        secrets.opaque(Scope.of(plans.system()), "store", MIXED[told], {})


def test_a_secret_of_the_stack_is_no_existing_one():
    patch = {"apps": {"observer": {"secrets": {"X": {"secret": {"name": "postgres-owner", "key": "password"}}}}}}
    with pytest.raises(SettingsRefused, match="a Secret that the stack makes itself"):
        plans.plan("dev", patch)


@BY_OPERATORS
def test_pods_are_rolled_by_what_an_operator_made(source):
    plan = plans.plan("dev", sourced.variable(source))
    end = "-kis" if source == "infisical" else ""
    maker = plans.one(plan, KINDS[source], f"observer-secrets-{source}{end}")
    found = plans.template(deployment(plan))["metadata"]["annotations"][f"checksum/{maker.name}"]
    assert isinstance(found, Fingerprint)
    assert Existing("observer-dev", maker.name, None, maker.reference) in found.of, "read once the operator was there"
    moved = plans.layered(sourced.variable(source), other_place(source))
    other = plans.template(deployment(plans.plan("dev", moved)))["metadata"]["annotations"]
    assert other.get(f"checksum/{maker.name}") != found, "another place rolls them whatever the operator does meanwhile"


def other_place(source):
    other = {"infisical": {"key": "OTHER"}, "external": {"key": "other"}, "sealed": sourced.SEALED[:-8] + "AAAAAAAA"}
    return {"apps": {"observer": {"secrets": {"SESSION_KEY": {source: other[source]}}}}}


def test_pods_are_rolled_by_a_changed_secret_of_others():
    annotations = plans.template(deployment(plans.plan("dev", sourced.variable("secret"))))["metadata"]["annotations"]
    assert annotations["checksum/kis"] == Fingerprint((Existing("observer-dev", "kis", "app-key"),))


@EACH
def test_another_password_has_the_bootstrap_tell_postgresql(source):
    plan = plans.plan("dev", sourced.passwords(source))
    job = plans.template(plans.one(plan, "Job", "postgres-bootstrap"))["metadata"]["annotations"]
    found = {key for key, value in job.items() if isinstance(value, Fingerprint)}
    assert found == {f"checksum/{plan.connections[role].secret}" for role in ("owner", "app", "reader")}


def annotations(patch):
    return deployment(plans.plan("dev", patch)).body["metadata"].get("annotations", {})


def test_what_changes_between_two_runs_rolls_the_pods_where_somebody_is_there_to_do_it():
    assert annotations(sourced.variable("external")) == {
        "secret.reloader.stakater.com/reload": "observer-secrets-external"
    }
    assert annotations(sourced.variable("infisical")) == {"secrets.infisical.com/auto-reload": "true"}
    assert annotations(sourced.variable("sealed")) == {"secret.reloader.stakater.com/reload": "observer-secrets-sealed"}
    for source in ("generate", "config", "secret"):
        assert annotations(sourced.variable(source)) == {}, "nothing of it changes but by an `up`, or by hand"


@BY_OPERATORS
def test_a_password_that_only_an_up_brings_to_postgresql_rolls_nothing_by_itself(source):
    assert annotations(sourced.passwords(source)) == {}, "a new pod could not log in"
    both = plans.layered(sourced.passwords("infisical"), sourced.variable("infisical"))
    assert annotations(both) == {}, "Infisical's annotation is for all that it makes"


def test_a_roles_password_is_fetched_from_the_store_only_when_asked():
    plan = plans.plan("dev", plans.layered(sourced.passwords("external"), sourced.variable("external")))
    role = plans.one(plan, "ExternalSecret", "postgres-app-external").body["spec"]
    assert role["refreshPolicy"] == "OnChange", "a pod that starts in the night would not know the old one"
    assert "refreshInterval" not in role
    own = plans.one(plan, "ExternalSecret", "observer-secrets-external").body["spec"]
    assert own["refreshInterval"] == "1h" and "refreshPolicy" not in own, "a key of the app's own is nobody else's"


@pytest.mark.parametrize("source", ["infisical", "external", "sealed"])
@pytest.mark.parametrize("patch", ["passwords", "variable", "every"])
def test_the_operators_schemas_take_what_is_made(source, patch):
    given = {"passwords": sourced.passwords, "variable": sourced.variable, "every": lambda _: sourced.EVERY_SOURCE}
    found = makers(plans.plan("dev", given[patch](source)))
    assert found
    for manifest in found:
        assert crds.mistakes(dict(shown(manifest.body)), crds.OPERATORS[-1]) == [], manifest.reference
