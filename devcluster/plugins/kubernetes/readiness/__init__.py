"""Whether an object is what it is to become: pure judgements on objects as the API server gives them out."""

from collections.abc import Callable
from typing import Any

from devcluster.plugins.kubernetes.readiness.others import (
    custom_resource_definition,
    ingress,
    persistent_volume,
    persistent_volume_claim,
    resource_quota,
    secret,
    service,
)
from devcluster.plugins.kubernetes.readiness.verdict import Look, Verdict
from devcluster.plugins.kubernetes.readiness.workloads import daemon_set, deployment, job, pod, stateful_set

Judge = Callable[[dict[str, Any], Look], Verdict]

JUDGES: dict[tuple[str, str], tuple[Judge, float]] = {
    ("apps/v1", "DaemonSet"): (daemon_set, 600),
    ("apps/v1", "Deployment"): (deployment, 600),
    ("apps/v1", "StatefulSet"): (stateful_set, 600),
    ("batch/v1", "Job"): (job, 600),
    ("networking.k8s.io/v1", "Ingress"): (ingress, 600),
    ("v1", "PersistentVolume"): (persistent_volume, 300),
    ("v1", "PersistentVolumeClaim"): (persistent_volume_claim, 300),
    ("v1", "Pod"): (pod, 600),
    ("v1", "ResourceQuota"): (resource_quota, 60),
    ("v1", "Secret"): (secret, 5),
    ("v1", "Service"): (service, 600),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"): (custom_resource_definition, 60),
}
"""What is waited for: judge and timeout in seconds of each kind (provider/pkg/await; the last is ours)."""

READ = frozenset(("Deployment", "StatefulSet", "DaemonSet", "Job", "Pod", "Service", "Ingress"))
"""The kinds that a refresh judges too (awaitRead in awaiters.go)."""

__all__ = ["JUDGES", "READ", "Judge", "Look", "Verdict"]
