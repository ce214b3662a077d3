"""The rules of the design, each on every object of every stack. Each was seen to fail with its rule broken."""

import string

import plans
import pytest
from conftest import SECRETS

from components import names
from components.manifest import Configured, Fingerprint, Generated, Issued, Text, secrets_in, shown
from components.values import FINGERPRINT_KEY

EVERY = pytest.mark.parametrize("stack", plans.EVERY)
WITH_SERVER = pytest.mark.parametrize("stack", plans.WITH_SERVER)
CRDS = {
    "ServiceMonitor",
    "PodMonitor",
    "PrometheusRule",
    "Cluster",
    "Database",
    "InfisicalSecret",
    "ExternalSecret",
    "SealedSecret",
} | {"Certificate", "DatabaseRole", "Pooler", "ObjectStore", "ScheduledBackup"}
OF_THE_OPERATOR = {"Cluster", "Database", "DatabaseRole"}
"""What `topology: shared` with a tenant is, whatever else is turned on."""


def plan(stack):
    return plans.every_plan()[stack]


def markers(value, path=()):
    """(path, marker) of every marker in a value."""
    if isinstance(value, Generated | Configured | Issued | Text | Fingerprint):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from markers(item, (*path, key))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from markers(item, path)


@WITH_SERVER
def test_rule_1_hosts_are_short_names_of_services_in_the_namespace(stack):
    database, services = plans.system(stack).database, {m.name for m in plan(stack).manifests if m.kind == "Service"}
    if database.is_shared:
        services |= set(database.services)  # which the operator makes
    for role, connection in plan(stack).connections.items():
        assert connection.host in services, f"{role}: the host is a Service of this plan, by its short name"
    for manifest in plan(stack).manifests:
        for key, value in manifest.body.get("data", {}).items():
            if key.endswith("HOST") and not manifest.outside:
                assert value in services, f"{manifest.reference} {key}"


@pytest.mark.parametrize("stack", plans.WITH_OPERATOR)
def test_rule_1_from_another_namespace_hosts_are_full_names_of_services(stack):
    system = plans.system(stack)
    poolers = {m.name for m in plan(stack).manifests if m.kind == "Pooler"}
    there = {f"{name}.{system.namespace.name}.svc.cluster.local" for name in {*system.database.services, *poolers}}
    for name, by_role in plan(stack).tenants.items():
        for role, connection in by_role.items():
            twin = connection.read_only
            assert {connection.host, *([twin.host] if twin else [])} <= there, f"{name} {role}: found from anywhere"
    outside = [m for m in plan(stack).manifests if m.outside]
    hosts = {v for m in outside for k, v in m.body.get("data", {}).items() if k.endswith("HOST")}
    hosts |= {m.body["stringData"]["host"] for m in outside if "host" in m.body.get("stringData", {})}
    assert hosts and hosts <= there, "a short name there would be a Service of the tenant's own namespace"


@WITH_SERVER
def test_rule_2_only_server_and_bootstrap_read_the_superusers_secret(stack):
    service = plans.system(stack).database.service
    readers = [m for m in plans.workloads(plan(stack)) if "-superuser" in str(plans.template(m)["spec"])]
    if stack in plans.WITH_OPERATOR:
        jobs = [f"{service}-{job}" for job in ("bootstrap", "tenants", *plans.system(stack).tenants)]
        assert [names.role(m) for m in readers] == jobs, "the Jobs that give and take rights, and no app (rule 2)"
        assert all(m.kind == "Job" for m in readers), "the server is the operator's"
        return
    server, *others = [names.role(m) for m in readers]
    assert server == service and readers[0].kind == "StatefulSet"
    allowed = {f"{service}-{job}" for job in ("bootstrap", "reload", "restore")}
    assert f"{service}-bootstrap" in others, "the one that makes the roles"
    assert set(others) <= allowed, f"{others}: the Jobs that make roles, reload, restore; never an app (rule 2)"


@pytest.mark.parametrize("stack", plans.WITH_OBSERVER)
def test_rule_2_the_app_signs_in_as_app_and_never_as_owner(stack):
    roles = plans.system().database.roles
    secret = plans.one(plan(stack), "Secret", "observer-secrets").body["stringData"]
    assert secret["DB_USER"] == secret["PGUSER"] == roles.app, "DML only"
    assert secret["DB_PASSWORD"] == Generated("postgres-app"), "with the password of that role"
    deployment = plans.one(plan(stack), "Deployment", "observer")
    for other in ("postgres-owner", "postgres-reader", "observer-migration"):
        assert other not in str(deployment.body["spec"]), "the app's pod reads no other role's credentials"


@EVERY
def test_rule_3_generated_passwords_are_long_and_each_has_one_length(stack):
    generated = [s for m in plan(stack).manifests for s in secrets_in(m.body) if isinstance(s, Generated)]
    lengths: dict[str, set[int]] = {}
    for secret in [*generated, FINGERPRINT_KEY]:
        assert secret.length >= 32, f"{secret.name} is short"
        lengths.setdefault(secret.name, set()).add(secret.length)
    assert all(len(found) == 1 for found in lengths.values()), "one name, one password; two would clash in the engine"


@pytest.mark.parametrize("stack", plans.STACKS)
def test_rule_3_passwords_are_letters_and_digits_and_never_made_anew(recorded, stack):
    for resource in recorded(stack).of_type("RandomPassword"):
        assert resource.inputs["special"] is False, "letters and digits are the same in a URL, a shell and JSON"
        assert resource.inputs["length"] >= 32, resource.name
        assert not resource.inputs.get("keepers"), "a keeper would make the password anew when it changes"
        for kind in ("upper", "lower", "numeric", "number"):
            assert resource.inputs.get(kind, True), "all letters and digits take part"


@EVERY
def test_rule_4_secrets_are_in_secret_objects_only(stack):
    for manifest in plan(stack).manifests:
        for path, marker in markers(manifest.body):
            if isinstance(marker, Fingerprint):
                assert "annotations" in path, f"{manifest.reference} {path}: a fingerprint is an annotation"
            elif isinstance(marker, Issued) and marker.part == "ca.crt":
                assert path in {("stringData", "ca.crt"), ("data", "ca.crt")}, f"{manifest.reference}: for everybody"
            else:
                assert manifest.kind == "Secret", f"{manifest.reference} {path}: rule 4"
                assert path[:1] == ("stringData",), f"{manifest.reference} {path}: rule 4"


@WITH_SERVER
def test_rule_4_what_is_shown_of_a_plan_has_no_secret(stack):
    text = str([shown(manifest.body) for manifest in plan(stack).manifests])
    assert not [value for value in SECRETS.values() if value in text], "a plan has no values"
    service = plans.system(stack).database.service
    for generated in (f"<generated {service}-app>", f"<generated {service}-owner>"):
        assert generated in text, "a marker says where the value will come from"


@EVERY
def test_rule_6_claims_are_objects_of_their_own(stack):
    claims = {m.name for m in plan(stack).manifests if m.kind == "PersistentVolumeClaim"}
    mounted = {
        volume["persistentVolumeClaim"]["claimName"]
        for _, spec in plans.pod_specs(plan(stack))
        for volume in spec["volumes"]
        if "persistentVolumeClaim" in volume
    }
    assert mounted == claims, "every claim is there to be mounted, and every mounted one is in the plan"
    for server in (m for m in plan(stack).manifests if m.kind == "StatefulSet"):
        templates = server.body["spec"].get("volumeClaimTemplates", ())
        assert {name for names in plans.claimed(server) for name in names} <= claims, (
            f"{server.name} finds each claim there under its name, or it would make one that nobody resizes"
        )
        assert not templates or server.frozen == ("spec.volumeClaimTemplates",), (
            f"{server.name}: a grown claim would change what Kubernetes lets nobody change"
        )


@EVERY
def test_rule_6_what_is_kept_is_data_and_its_secrets_and_its_namespace(stack):
    keep = plans.system(stack).keep
    assert keep == (stack not in {"dev", "local", "databases-dev", "docspell-dev", "bill-inquiry-dev"}), "data says so"
    for manifest in plan(stack).manifests:
        kept = keep and manifest.kind in {"PersistentVolumeClaim", "Secret", "Namespace", "Cluster"}
        # What is a tenant's goes with its lines; its database stays. Its namespace is not ours.
        theirs = manifest.adopted or manifest.body["metadata"]["labels"].get("app.kubernetes.io/component") == "tenant"
        assert manifest.keep == (kept and not theirs), f"{stack} {manifest.reference}"


@EVERY
def test_rule_8_what_only_one_node_can_mount_binds_the_pods_to_one_node(stack):
    single = {
        m.name
        for m in plan(stack).manifests
        if m.kind == "PersistentVolumeClaim" and "ReadWriteMany" not in m.body["spec"]["accessModes"]
    }
    for manifest in plan(stack).manifests:
        if manifest.kind != "Deployment":
            continue
        template = manifest.body["spec"]["template"]
        if single & {v.get("persistentVolumeClaim", {}).get("claimName") for v in template["spec"]["volumes"]}:
            terms = template["spec"]["affinity"]["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
            (term,) = terms
            assert term["topologyKey"] == "kubernetes.io/hostname", "one node, not one zone"
            labels = term["labelSelector"]["matchLabels"]
            assert labels.items() <= template["metadata"]["labels"].items(), "the pods of the app itself"
            assert any(manifest.name in note and "one node" in note for note in plan(stack).notes), "and it is said"


@pytest.mark.parametrize("stack", plans.STACKS)
def test_rule_12_kinds_of_crds_appear_only_when_asked_for(stack):
    asked = OF_THE_OPERATOR if stack in plans.WITH_OPERATOR else set()
    asked |= {"PodMonitor", "PrometheusRule"} if plans.system(stack).database.monitoring else set()
    kinds = {manifest.kind for manifest in plan(stack).manifests}
    assert kinds & CRDS == asked, "a cluster may lack the CRD; of CloudNativePG's, `shared` is the word"
    assert "Ingress" not in {manifest.kind for manifest in plan(stack).manifests}, "nor is there always a controller"


def test_rule_12_and_are_there_when_asked_for():
    kinds = {manifest.kind for manifest in plan("everything-replicated").manifests}
    assert {"ServiceMonitor", "PrometheusRule", "Ingress", "Certificate"} <= kinds
    shared = {manifest.kind for manifest in plan("everything-shared").manifests}
    assert {*OF_THE_OPERATOR, "Pooler", "ObjectStore", "ScheduledBackup", "PodMonitor", "PrometheusRule"} <= shared


@EVERY
def test_names_fit_where_kubernetes_puts_them(stack):
    alphabet = set(string.ascii_lowercase + string.digits + "-.")
    for manifest in plan(stack).manifests:
        assert len(manifest.name) <= 253, manifest.reference
        assert set(manifest.name) <= alphabet, manifest.reference
        metadata = manifest.body["metadata"]
        template = plans.template(manifest)["metadata"] if manifest in plans.workloads(plan(stack)) else {}
        for labels in (metadata["labels"], template.get("labels", {})):
            assert all(len(value) <= 63 for value in labels.values()), manifest.reference
        for key in [*metadata.get("annotations", {}), *template.get("annotations", {})]:
            assert len(key.rpartition("/")[2]) <= 63, f"{manifest.reference}: {key}"
