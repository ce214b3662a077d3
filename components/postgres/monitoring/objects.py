"""The objects by which Prometheus's operator learns of targets and of alerts (rule 12: only where the stack asks)."""

from collections.abc import Mapping, Sequence
from typing import Any

from components import network
from components.manifest import Manifest, Reference
from components.names import Scope
from components.observability import MONITORING, Rule, prometheus_rule
from components.settings.monitoring import Monitoring

COMPONENT = "monitoring"


def targets(
    scope: Scope,
    name: str,
    settings: Monitoring,
    pods: Mapping[str, str],
    endpoints: Sequence[Mapping[str, Any]],
    ports: Sequence[int],
    after: tuple[Reference, ...] = (),
) -> list[Manifest]:
    """A PodMonitor of the pods of `pods`, whose `endpoints` name ports, and the policy that lets Prometheus to `ports`.

    The policy `<name>-metrics` is beside those that the pods have: what one of them allows is allowed.
    """
    every = [{**endpoint, "interval": settings.interval} for endpoint in endpoints]
    spec = {"selector": {"matchLabels": dict(pods)}, "podMetricsEndpoints": every}
    accepts = [(peer, ports) for peer in settings.allow_from]
    labels = _labels(scope, name, settings)
    return [
        network.workload(scope, f"{name}-metrics", pods, accepts),
        scope.manifest(MONITORING, "PodMonitor", name, {"spec": spec}, labels=labels, after=after),
    ]


def alerts(scope: Scope, name: str, settings: Monitoring, rules: Sequence[Rule]) -> Manifest:
    """The PrometheusRule `name` with `rules`."""
    return prometheus_rule(scope, name, _labels(scope, name, settings), rules)


def _labels(scope: Scope, name: str, settings: Monitoring) -> dict[str, str]:
    return scope.labels(name, COMPONENT) | settings.labels
