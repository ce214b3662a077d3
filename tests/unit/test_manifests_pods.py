"""Rules 5 and 11 of the design on every pod of every stack: what it may do, and which image it is."""

import plans
import pytest

from components import images

EVERY = pytest.mark.parametrize("stack", plans.EVERY)
CRDS = {"ServiceMonitor", "PodMonitor", "PrometheusRule", "Cluster", "Database", "InfisicalSecret", "ExternalSecret"}


def plan(stack):
    return plans.every_plan()[stack]


@EVERY
def test_rule_5_pods_meet_the_restricted_standard(stack):
    specs = plans.pod_specs(plan(stack))
    least = 2 if stack in plans.CONSUMERS else 4 if plans.system(stack).apps and stack not in plans.WITH_OPERATOR else 3
    assert len(specs) >= least, "server, bootstrap, migration, app; of a Cluster its Jobs only; two apps of another's"
    for name, spec in specs:
        security = spec["securityContext"]
        assert security["runAsNonRoot"] is True, name
        assert security["runAsUser"] > 0, name
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys(), name
        for volume in spec["volumes"]:
            kinds = {"emptyDir", "persistentVolumeClaim", "configMap", "secret", "ephemeral"}
            assert set(volume) - {"name"} <= kinds, f"{name}: {volume}"
        for container in plans.containers(spec):
            own = container["securityContext"]
            assert own["allowPrivilegeEscalation"] is False, f"{name} {container['name']}"
            assert own["capabilities"] == {"drop": ["ALL"]}, f"{name} {container['name']}"
            assert not {"privileged", "runAsUser", "runAsNonRoot", "seccompProfile"} & own.keys(), "the pod's holds"
            assert all("hostPort" not in port for port in container.get("ports", [])), name


@EVERY
def test_rule_5_the_root_filesystem_is_read_only_and_what_is_written_is_a_mount(stack):
    for name, spec in plans.pod_specs(plan(stack)):
        volumes = [volume["name"] for volume in spec["volumes"]]
        assert len(volumes) == len(set(volumes)), f"{name}: two volumes of one name"
        for container in plans.containers(spec):
            assert container["securityContext"]["readOnlyRootFilesystem"] is True, f"{name} {container['name']}"
            paths = [mount["mountPath"] for mount in container["volumeMounts"]]
            assert "/tmp" in paths, f"{name}: what every program writes to"  # noqa: S108
            assert len(paths) == len(set(paths)), f"{name}: two mounts at one path"
            assert {mount["name"] for mount in container["volumeMounts"]} <= set(volumes), name


@EVERY
def test_rule_5_no_pod_has_a_token_and_the_namespace_enforces_it_all(stack):
    namespace = next(m for m in plan(stack).manifests if m.kind == "Namespace")
    assert namespace.body["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    for name, spec in plans.pod_specs(plan(stack)):
        # Who makes VolumeSnapshots asks the API server, and may ask it for nothing else (test_snapshots).
        makes_snapshots = name.endswith("-snapshot")
        assert spec["automountServiceAccountToken"] is makes_snapshots, f"{name}: a token is a way into the API"
        account = plans.one(plan(stack), "ServiceAccount", spec["serviceAccountName"])
        assert account.body["automountServiceAccountToken"] is False, name


@EVERY
def test_rule_11_every_image_has_a_version(stack):
    for name, spec in plans.pod_specs(plan(stack)):
        for container in plans.containers(spec):
            _, tag, digest = images.image_parts(container["image"])
            assert (tag or digest) and tag != "latest", f"{name}: {container['image']}"


def test_rule_11_in_prod_it_is_a_digest_or_the_reason_why_not():
    settings = plans.system("prod").images
    assert settings.require_digest, "prod asks for digests"
    for name, spec in plans.pod_specs(plan("prod")):
        for container in plans.containers(spec):
            repository, _, digest = images.image_parts(container["image"])
            assert digest or settings.without_digest.get(repository), f"{name}: {container['image']}"
