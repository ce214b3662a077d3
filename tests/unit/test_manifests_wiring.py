"""What refers to what: selectors, ports, keys, mounts, and what rolls the pods."""

import plans
import pytest

from components.connection import PRESETS, SECRET_KEYS
from components.manifest import Fingerprint, shown

EVERY = pytest.mark.parametrize("stack", [*plans.STACKS, "everything"])
KEYS = """LOG_LEVEL LOG_FORMAT SERVICE_PORT PYTHONUNBUFFERED OBSERVER_STANDALONE OBSERVER_DATA_DIR OBSERVER_LOG_DIR
OBSERVER_CONFIG_DIR OBSERVER_SNAPSHOT_DIR OBSERVER_SYSTEM_LOG_DIR OBSERVER_MAINTENANCE_LOG_DIR KIS_TOKEN_CACHE_DIR
DB_HOST DB_PORT DB_NAME PGHOST PGPORT PGDATABASE PGSSLMODE""".split()
SECRET = "DB_USER DB_PASSWORD PGUSER PGPASSWORD KIS_APP_KEY KIS_APP_SECRET KIS_HTS_ID".split()


def checksums(plan, kind="Deployment", name="observer"):
    return plans.one(plan, kind, name).body["spec"]["template"]["metadata"]["annotations"]


def changed(before, after):
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


@EVERY
def test_services_find_pods_and_their_ports(stack):
    plan = plans.every_plan()[stack]
    for service in (m for m in plan.manifests if m.kind == "Service"):
        spec = service.body["spec"]
        workloads = [
            m
            for m in plan.manifests
            if m.kind in {"Deployment", "StatefulSet", "Job"}
            and spec["selector"].items() <= m.body["spec"]["template"]["metadata"]["labels"].items()
        ]
        assert len(workloads) == 1, f"{service.name} must find the pods of one workload, not of {workloads}"
        (container,) = workloads[0].body["spec"]["template"]["spec"]["containers"]
        named = {port["name"] for port in container["ports"]}
        assert {port["targetPort"] for port in spec["ports"]} <= named, f"{service.name} names a port that is there"


@EVERY
def test_every_reference_to_a_key_has_that_key(stack):
    plan = plans.every_plan()[stack]
    for name, spec in plans.pod_specs(plan):
        for container in [*spec.get("initContainers", []), *spec["containers"]]:
            for item in container.get("envFrom", []):
                kind = "Secret" if "secretRef" in item else "ConfigMap"
                plans.one(plan, kind, next(iter(item.values()))["name"])
            for item in container.get("env", []):
                if reference := item.get("valueFrom", {}).get("secretKeyRef"):
                    found = plans.one(plan, "Secret", reference["name"]).body["stringData"]
                    assert reference["key"] in found, f"{name}: {reference}"


@EVERY
def test_every_workload_waits_for_all_that_it_reads(stack):
    plan = plans.every_plan()[stack]
    for manifest in plan.manifests:
        if manifest.kind not in {"Deployment", "StatefulSet", "Job"}:
            continue
        spec = manifest.body["spec"]["template"]["spec"]
        text = str(spec)
        needed = {
            m.reference
            for m in plan.manifests
            if m.kind in {"ConfigMap", "Secret", "PersistentVolumeClaim", "ServiceAccount"} and f"'{m.name}'" in text
        }
        pulled = {("Secret", item["name"]) for item in spec.get("imagePullSecrets", [])}
        read = {reference for reference in needed - pulled if reads(spec, reference)}
        missing = read - set(manifest.after)
        waits = {need for need in missing if not through(plan, manifest, need)}
        assert not waits, f"{manifest.reference} reads {waits} but does not wait for it"


def reads(spec, reference) -> bool:
    kind, name = reference
    keys = {
        "ConfigMap": ("configMapRef", "configMap"),
        "Secret": ("secretRef", "secretKeyRef"),
        "PersistentVolumeClaim": ("persistentVolumeClaim",),
        "ServiceAccount": (),
    }[kind]
    if kind == "ServiceAccount":
        return spec["serviceAccountName"] == name
    return any(f"'{key}': {{'{word}': '{name}'" in str(spec) for key in keys for word in ("name", "claimName"))


def through(plan, manifest, need) -> bool:
    by_reference = {m.reference: m for m in plan.manifests}
    rest, seen = list(manifest.after), set()
    while rest:
        reference = rest.pop()
        if reference == need:
            return True
        if reference not in seen:
            seen.add(reference)
            rest += by_reference[reference].after
    return False


@pytest.mark.parametrize("stack", plans.STACKS)
def test_the_observer_gets_every_variable_of_its_seeds(stack):
    plan = plans.every_plan()[stack]
    config = plans.one(plan, "ConfigMap", "observer-config").body["data"]
    secret = plans.one(plan, "Secret", "observer-secrets").body["stringData"]
    assert set(KEYS) == set(config), "what is not secret"
    assert set(SECRET) == set(secret), "what is secret"
    assert config["DB_HOST"] == "postgres"
    (container,) = plans.one(plan, "Deployment", "observer").body["spec"]["template"]["spec"]["containers"]
    named = {item["name"]: item for item in container["env"]}
    assert named["TZ"]["value"] == "Asia/Seoul"
    assert named["POD_NAME"]["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.name"
    assert named["POD_NAMESPACE"]["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.namespace"


@pytest.mark.parametrize("stack", plans.STACKS)
def test_the_observers_paths_are_mounts(stack):
    plan = plans.every_plan()[stack]
    config = plans.one(plan, "ConfigMap", "observer-config").body["data"]
    (container,) = plans.one(plan, "Deployment", "observer").body["spec"]["template"]["spec"]["containers"]
    paths = {mount["mountPath"]: mount.get("readOnly", False) for mount in container["volumeMounts"]}
    for variable, value in config.items():
        if variable.endswith("_DIR"):
            assert any(value == path or value.startswith(f"{path}/") for path in paths), f"{variable} is not on a mount"
    assert paths[config["OBSERVER_CONFIG_DIR"]], "its configuration is read-only"
    sizes = {
        m.name: m.body["spec"]["resources"]["requests"]["storage"]
        for m in plan.manifests
        if m.kind == "PersistentVolumeClaim"
    }
    assert sorted(sizes.values()) == ["10Gi", "1Gi", "20Gi", "5Gi"], "as the seeds have them"


def test_the_presets_name_what_their_ecosystems_read():
    assert set(PRESETS["libpq"]) == {"PGHOST", "PGPORT", "PGDATABASE", "PGUSER", "PGPASSWORD", "PGSSLMODE"}
    secret = plans.one(plans.every_plan()["everything"], "Secret", "observer-secrets").body["stringData"]
    made = "<generated postgres-app>"
    assert shown(secret["DATABASE_URL"]) == f"postgresql://observer_app:{made}@postgres:5432/observer?sslmode=prefer"
    assert shown(secret["JDBC_DATABASE_URL"]) == "jdbc:postgresql://postgres:5432/observer?sslmode=prefer", (
        "the JDBC driver takes user and password beside the URL"
    )


@EVERY
def test_every_role_has_one_secret_with_the_same_keys(stack):
    plan = plans.every_plan()[stack]
    assert set(plan.connections) == {"owner", "app", "reader"}
    for role, connection in plan.connections.items():
        secret = plans.one(plan, "Secret", connection.secret)
        assert tuple(secret.body["stringData"]) == SECRET_KEYS, role
        assert secret.body["stringData"]["username"] == connection.user, role


def test_rule_7_a_changed_variable_rolls_the_app_and_nothing_else():
    before = plans.plan("dev")
    after = plans.plan("dev", {"apps": {"observer": {"variables": {"LOG_LEVEL": "DEBUG"}}}})
    assert changed(checksums(before), checksums(after)) == {"checksum/observer-config"}
    assert checksums(before, "StatefulSet", "postgres") == checksums(after, "StatefulSet", "postgres")


def test_rule_7_a_changed_file_rolls_the_app():
    files = {"observer.yaml": "markets: []"}
    after = plans.plan("dev", {"apps": {"observer": {"volumes": {"config": {"files": files}}}}})
    assert changed(checksums(plans.plan("dev")), checksums(after)) == {"checksum/observer-config-files"}


def test_rule_7_a_changed_parameter_rolls_the_database_and_nothing_else():
    after = plans.plan("dev", {"database": {"parameters": {"log_min_duration_statement": "250ms"}}})
    before = plans.plan("dev")
    assert changed(checksums(before, "StatefulSet", "postgres"), checksums(after, "StatefulSet", "postgres")) == {
        "checksum/postgres-config"
    }
    assert checksums(before) == checksums(after), "the app reads none of it"


def test_rule_7_another_secret_rolls_the_app():
    after = plans.plan("dev", {"apps": {"observer": {"secrets": {"SESSION_KEY": {"generate": 40}}}}})
    assert changed(checksums(plans.plan("dev")), checksums(after)) == {"checksum/observer-secrets"}


def test_rule_7_what_no_pod_reads_rolls_nothing():
    patch = {
        "labels": {"team": "data"},
        "namespace": {"quota": {"pods": 20}},
        "apps": {"observer": {"volumes": {"data": {"size": "30Gi"}}}},
    }
    before, after = plans.plan("dev"), plans.plan("dev", patch)
    assert checksums(before) == checksums(after), "a grown claim grows in place"
    assert checksums(before, "StatefulSet", "postgres") == checksums(after, "StatefulSet", "postgres")


@EVERY
def test_rule_7_secrets_are_only_fingerprinted(stack):
    plan = plans.every_plan()[stack]
    for kind, name in (("Deployment", "observer"), ("StatefulSet", "postgres")):
        for key, value in checksums(plan, kind, name).items():
            secret = key.removeprefix("checksum/") in {m.name for m in plan.manifests if m.kind == "Secret"}
            assert isinstance(value, Fingerprint) == secret, f"{key}: a plain hash of a short secret can be guessed"


def fingerprints(recording) -> dict[str, str]:
    found: dict[str, str] = {}
    for resource in recording.resources:
        template = resource.inputs.get("spec", {}).get("template", {})
        found |= template.get("metadata", {}).get("annotations", {})
    return found


def test_rule_7_a_changed_value_of_a_secret_changes_the_fingerprint_and_only_that(recorded):
    from conftest import configured  # noqa: PLC0415
    from engine import main_program, record  # noqa: PLC0415

    secrets = configured("prod") | {plans.PREFIX + "kisHtsId": "another"}
    after = record(main_program, stack_name="prod", config=plans.engine_config("prod"), secrets=secrets)
    before = fingerprints(recorded("prod"))
    assert changed(before, fingerprints(after)) == {"checksum/observer-secrets"}
    assert all(len(value) == 64 for value in before.values()), "a hash, which tells nothing"


@EVERY
def test_selectors_hold_nothing_that_may_change(stack):
    for manifest in plans.every_plan()[stack].manifests:
        if manifest.kind in {"Deployment", "StatefulSet"}:
            labels = manifest.body["spec"]["selector"]["matchLabels"]
            assert labels == {"app.kubernetes.io/name": manifest.name}, "a selector is immutable"


@EVERY
def test_everything_is_denied_but_what_is_named(stack):
    plan = plans.every_plan()[stack]
    deny = plans.one(plan, "NetworkPolicy", "default-deny").body["spec"]
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    server = plans.one(plan, "NetworkPolicy", "postgres").body["spec"]
    clients = plans.one(plan, "NetworkPolicy", "postgres-clients").body["spec"]
    (let_in,), (let_out,) = server["ingress"], clients["egress"]
    assert let_in["ports"] == let_out["ports"] == [{"protocol": "TCP", "port": 5432}], "one rule from both ends"
    assert let_in["from"] == [{"podSelector": clients["podSelector"]}], "who may come is who may go"
    assert let_out["to"] == [{"podSelector": server["podSelector"]}]


@EVERY
def test_only_pods_that_use_the_database_may_reach_it(stack):
    plan = plans.every_plan()[stack]
    marked = {
        m.name.rpartition("-")[0] if m.kind == "Job" else m.name
        for m in plan.manifests
        if m.kind in {"Deployment", "StatefulSet", "Job"}
        and m.body["spec"]["template"]["metadata"]["labels"].get("postgres-apps/database") == "postgres"
    }
    assert marked == {"observer", "observer-migration", "postgres-bootstrap"}, "`second` has no connection"
