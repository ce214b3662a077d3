"""What refers to what: selectors, ports, keys, mounts, and what rolls the pods."""

from dataclasses import replace

import plans
import pytest

from components.compose import Part, Plan
from components.connection import PRESETS, SECRET_KEYS
from components.manifest import shown

EVERY = pytest.mark.parametrize("stack", plans.EVERY)
KEYS = """LOG_LEVEL LOG_FORMAT SERVICE_PORT PYTHONUNBUFFERED OBSERVER_STANDALONE OBSERVER_DATA_DIR OBSERVER_LOG_DIR
OBSERVER_CONFIG_DIR OBSERVER_SNAPSHOT_DIR OBSERVER_SYSTEM_LOG_DIR OBSERVER_MAINTENANCE_LOG_DIR KIS_TOKEN_CACHE_DIR
DB_HOST DB_PORT DB_NAME PGHOST PGPORT PGDATABASE PGSSLMODE""".split()
SECRET = "DB_USER DB_PASSWORD PGUSER PGPASSWORD KIS_APP_KEY KIS_APP_SECRET KIS_HTS_ID".split()


def with_others(plan: Plan) -> Plan:
    """What a pod of this namespace reads may be made by another stack."""
    return replace(plan, parts=[*plan.parts, Part("Stack", "other", plan.context)])


@EVERY
def test_services_find_pods_and_their_ports(stack):
    plan = plans.every_plan()[stack]
    for service in (m for m in plan.manifests if m.kind == "Service"):
        spec = service.body["spec"]
        # A pod's name is a label that its StatefulSet gives it.
        asked = {key: value for key, value in spec["selector"].items() if key != "statefulset.kubernetes.io/pod-name"}
        workloads = [
            m
            for m in plan.manifests
            if m in plans.workloads(plan) and asked.items() <= plans.template(m)["metadata"]["labels"].items()
        ]
        assert len(workloads) == 1, f"{service.name} must find the pods of one workload, not of {workloads}"
        containers = workloads[0].body["spec"]["template"]["spec"]["containers"]
        named = {port["name"] for container in containers for port in container["ports"]}
        assert {port["targetPort"] for port in spec["ports"]} <= named, f"{service.name} names a port that is there"


@EVERY
def test_every_reference_to_a_key_has_that_key(stack):
    plan = plans.every_plan()[stack]
    there = with_others(plan)
    for name, spec in plans.pod_specs(plan):
        for container in [*spec.get("initContainers", []), *spec["containers"]]:
            for item in container.get("envFrom", []):
                kind = "Secret" if "secretRef" in item else "ConfigMap"
                plans.one(plan, kind, next(iter(item.values()))["name"])
            for item in container.get("env", []):
                if reference := item.get("valueFrom", {}).get("secretKeyRef"):
                    found = plans.one(there, "Secret", reference["name"]).body["stringData"]
                    assert reference["key"] in found, f"{name}: {reference}"


@EVERY
def test_every_workload_waits_for_all_that_it_reads(stack):
    plan = plans.every_plan()[stack]
    for manifest in plans.workloads(plan):
        spec = plans.template(manifest)["spec"]
        text = str(spec)
        needed = {
            m.reference
            for m in plan.manifests
            if m.kind in {"ConfigMap", "Secret", "PersistentVolumeClaim", "ServiceAccount"} and f"'{m.name}'" in text
        }
        pulled = {("Secret", item["name"]) for item in spec.get("imagePullSecrets", [])}
        read = {reference for reference in needed - pulled if reads(spec, reference)}
        missing = read - set(manifest.after)
        if manifest.kind == "StatefulSet":
            missing |= {("PersistentVolumeClaim", c) for names in plans.claimed(manifest) for c in names}
        waits = {need for need in missing if not through(plan, manifest, need)}
        assert not waits, f"{manifest.reference} reads {waits} but does not wait for it"


def reads(spec, reference) -> bool:
    kind, name = reference
    keys = {
        "ConfigMap": ("configMapRef", "configMap"),
        "Secret": ("secretRef", "secretKeyRef", "secret"),
        "PersistentVolumeClaim": ("persistentVolumeClaim",),
        "ServiceAccount": (),
    }[kind]
    if kind == "ServiceAccount":
        return spec["serviceAccountName"] == name
    return any(
        f"'{key}': {{'{word}': '{name}'" in str(spec) for key in keys for word in ("name", "claimName", "secretName")
    )


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


@pytest.mark.parametrize("stack", plans.OBSERVERS)
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


@pytest.mark.parametrize("stack", plans.OBSERVERS)
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
    watched = {"monitor"} if plans.system(stack).database.is_replicated or plans.one_watches(stack) else set()
    archiving = {"archive"} if plans.system(stack).database.wal else set()
    dumping = {"dump"} if plans.dumps(stack) else set()
    assert set(plan.connections) == {"owner", "app", "reader", *watched, *archiving, *dumping}
    for role, connection in plan.connections.items():
        secret = plans.one(with_others(plan), "Secret", connection.secret)
        assert tuple(secret.body["stringData"]) == SECRET_KEYS, role
        assert secret.body["stringData"]["username"] == connection.user, role


@EVERY
def test_selectors_hold_nothing_that_may_change(stack):
    for manifest in plans.every_plan()[stack].manifests:
        if manifest.kind in {"Deployment", "StatefulSet"}:
            labels = manifest.body["spec"]["selector"]["matchLabels"]
            assert labels == {"app.kubernetes.io/name": manifest.name}, "a selector is immutable"
