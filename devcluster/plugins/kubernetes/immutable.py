"""Which changed fields replace an object instead of updating it.

Source: provider/pkg/provider/diff.go of pulumi/pulumi-kubernetes (v4): the same fields, kind by kind. A path
names the field and all below it; `*` stands for each element of a list.
"""

from typing import Any

IDENTITY = ("metadata.name", "metadata.namespace")

_VOLUME_SOURCES = (
    "awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker gcePersistentDisk glusterfs "
    "hostPath iscsi local nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume"
)
_POD = (
    "affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases hostIPC hostNetwork "
    "hostPID hostname imagePullSecrets nodeName nodeSelector overhead preemptionPolicy priority priorityClassName "
    "readinessGates restartPolicy runtimeClassName schedulerName securityContext serviceAccount serviceAccountName "
    "shareProcessNamespace subdomain terminationGracePeriodSeconds volumes"
)
_CONTAINER = (
    "args command env image imagePullPolicy lifecycle livenessProbe ports readinessProbe resources securityContext "
    "stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts workingDir"
)
_SELECTOR = ("spec.selector",)
_STATEFUL_SET = tuple(
    f"spec.{field}"
    for field in ("podManagementPolicy", "revisionHistoryLimit", "selector", "serviceName", "volumeClaimTemplates")
)
_JOB = ("spec.completions", "spec.parallelism", "spec.selector", "spec.template")

_FIELDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("apps/v1", "DaemonSet"): _SELECTOR,
    ("apps/v1", "Deployment"): _SELECTOR,
    ("apps/v1", "StatefulSet"): _STATEFUL_SET,
    ("batch/v1", "Job"): _JOB,
    ("policy/v1beta1", "PodDisruptionBudget"): ("spec",),
    ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"): ("roleRef",),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"): ("roleRef",),
    ("storage.k8s.io/v1", "StorageClass"): ("parameters", "provisioner"),
    ("v1", "PersistentVolume"): tuple(f"spec.{source}" for source in _VOLUME_SOURCES.split()),
    ("v1", "PersistentVolumeClaim"): tuple(
        f"spec.{field}" for field in ("accessModes", "selector", "storageClassName", "volumeName")
    ),
    ("v1", "Pod"): (
        *(f"spec.{field}" for field in _POD.split()),
        *(f"spec.{kind}.*.{field}" for kind in ("containers", "initContainers") for field in _CONTAINER.split()),
    ),
    ("v1", "ResourceQuota"): ("spec.scopes",),
    ("v1", "Secret"): ("type",),
    ("v1", "Service"): ("spec.clusterIP",),
}


def fields(inputs: dict[str, Any], *, mutable_config_maps: bool, mutable_secrets: bool) -> tuple[str, ...]:
    """The paths whose change replaces the object that `inputs` describe.

    The two flags are the provider's enableConfigMapMutable and enableSecretMutable; an object that says
    `immutable: true` is replaced whatever they say.
    """
    version, kind = inputs.get("apiVersion", "").removeprefix("core/"), inputs.get("kind", "")
    found = IDENTITY + _FIELDS.get((version, kind), ())
    fixed = inputs.get("immutable") is True
    if (version, kind) == ("v1", "Secret") and (fixed or not mutable_secrets):
        found += ("stringData", "data")
    if (version, kind) == ("v1", "ConfigMap") and (fixed or not mutable_config_maps):
        found += ("binaryData", "data")
    return found


def replaces(path: tuple[str | int, ...], value: Any, immutable: tuple[str, ...]) -> bool:
    """Whether a change at `path` to `value` touches an `immutable` path: lies at it, below it, or holds it."""
    return any(_touches(path, value, pattern.split(".")) for pattern in immutable)


def _touches(path: tuple[str | int, ...], value: Any, pattern: list[str]) -> bool:
    for step, wanted in zip(path, pattern, strict=False):
        if wanted not in ("*", step):
            return False
    return len(path) >= len(pattern) or _holds(value, pattern[len(path) :])


def _holds(value: Any, rest: list[str]) -> bool:
    if not rest:
        return True
    if rest[0] == "*":
        return isinstance(value, list) and any(_holds(item, rest[1:]) for item in value)
    return isinstance(value, dict) and rest[0] in value and _holds(value[rest[0]], rest[1:])
