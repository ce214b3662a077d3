"""The namespace of a stack, and what holds for every pod in it."""

from collections.abc import Iterable

from components.manifest import Manifest
from components.names import Scope
from components.network import allow_dns, default_deny
from components.settings.system import System


def render(scope: Scope, system: System) -> list[Manifest]:
    """The Namespace, which enforces the restricted Pod Security Standard (rule 5), quota, defaults, default deny."""
    settings = system.namespace
    labels = {**scope.common, "pod-security.kubernetes.io/enforce": "restricted"}
    # Whoever runs an external database has put Secrets here, and made the namespace if need be.
    there = system.database.is_external
    objects = [
        scope.manifest("v1", "Namespace", settings.name, {}, labels=labels, keep=True, namespaced=False, adopted=there),
        default_deny(scope),
        allow_dns(scope, system.cluster),
    ]
    if settings.quota:
        content = {"spec": {"hard": dict(settings.quota)}}
        objects.append(scope.manifest("v1", "ResourceQuota", "quota", content, labels=scope.common))
    if settings.container_defaults:
        defaults = settings.container_defaults
        limit = {
            "type": "Container",
            "default": defaults.limits.model_dump(),
            "defaultRequest": defaults.requests.model_dump(),
        }
        content = {"spec": {"limits": [limit]}}
        objects.append(scope.manifest("v1", "LimitRange", "defaults", content, labels=scope.common))
    return objects


def adopted(scope: Scope, names: Iterable[str]) -> list[Manifest]:
    """Namespaces of others, each once: made where they are missing, left as they are where not, and never deleted."""
    return [
        scope.within(name).manifest("v1", "Namespace", name, {}, labels={}, namespaced=False, adopted=True)
        for name in sorted(set(names))
    ]


def service_account(scope: Scope, workload: str, component: str) -> Manifest:
    """The workload's own ServiceAccount, without a mounted token."""
    content = {"automountServiceAccountToken": False}
    return scope.manifest("v1", "ServiceAccount", workload, content, labels=scope.labels(workload, component))
