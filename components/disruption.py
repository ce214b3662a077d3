"""PodDisruptionBudgets: how nodes may be drained."""

from collections.abc import Mapping

from components.manifest import Manifest
from components.names import Scope


def one_at_a_time(scope: Scope, name: str, pods: Mapping[str, str], labels: Mapping[str, str]) -> Manifest:
    """Of the pods of `pods` one may be evicted while all others are ready: a drain goes on, one pod after the other."""
    spec = {"maxUnavailable": 1, "selector": {"matchLabels": dict(pods)}}
    return scope.manifest("policy/v1", "PodDisruptionBudget", name, {"spec": spec}, labels=labels)
