"""Labels that pods get while they run, from a controller or from their own programs.

Sources: kubernetes.io «Well-Known Labels»; Patroni, «Kubernetes» (role_label, default `role`); the Postgres operators
of Zalando and Crunchy Data, CloudNativePG («Labels and annotations»); Vault, «Service Registration»; Longhorn, whose
managers label their own pods (longhorn-manager, webhook server).
"""

from typing import Any

from contracts.known.cloudnativepg.made import Pods
from contracts.objects import Plain, text
from contracts.workload import Workload

RUNTIME_LABELS = frozenset(
    "statefulset.kubernetes.io/pod-name apps.kubernetes.io/pod-index pod-template-hash controller-revision-hash "
    "role spilo-role cnpg.io/instanceRole cnpg.io/instanceName postgres-operator.crunchydata.com/role vault-active "
    "vault-sealed vault-initialized vault-perf-standby redis-role redisfailovers-role".split()
)


_ALONE = frozenset({"longhorn.io/admission-webhook", "longhorn.io/conversion-webhook", "longhorn.io/recovery-backend"})


def labelled_later(labels: Plain) -> bool:
    """Whether a program gives pods all of `labels` while they run, so that no template tells whose they are."""
    return bool(labels) and all(text(key) in _ALONE for key in labels)


def may_get(workload: Workload, key: str, value: Any) -> bool:
    """Whether the pods of `workload` have the label, or may get it while they run."""
    if key in workload.labels:
        return text(workload.labels[key]) == text(value)
    if isinstance(workload, Pods):
        name, _, ordinal = text(value).rpartition("-")
        return (
            key == "cnpg.io/instanceName"
            and (workload.ref.kind, workload.ref.name) == ("Cluster", name)
            and (ordinal.isdigit())
        )
    if key == "statefulset.kubernetes.io/pod-name":
        name, _, ordinal = text(value).rpartition("-")
        return workload.ref.kind == "StatefulSet" and workload.ref.name == name and ordinal.isdigit()
    return key in RUNTIME_LABELS
