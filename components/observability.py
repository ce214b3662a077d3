"""How an app is shown to the world and to Prometheus: nothing unless the stack asks for it (rule 12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.manifest import Manifest
from components.names import Scope, selector
from components.settings.app import App
from components.settings.network import Expose, Monitoring

_SERVICE_PORT = "http"
MONITORING = "monitoring.coreos.com/v1"


@dataclass(frozen=True)
class Rule:
    """One alert. `expression` is PromQL; while it gives anything for `holds_for`, the alert fires."""

    alert: str
    expression: str
    holds_for: str
    severity: str
    summary: str
    description: str = ""
    runbook: str = ""

    @property
    def definition(self) -> dict[str, Any]:
        """The rule as Prometheus reads it."""
        told = {"summary": self.summary, "description": self.description, "runbook_url": self.runbook}
        return {
            "alert": self.alert,
            "expr": self.expression,
            "for": self.holds_for,
            "labels": {"severity": self.severity},
            "annotations": {key: text for key, text in told.items() if text},
        }


def exposed(scope: Scope, name: str, app: App) -> list[Manifest]:
    """Ingress, ServiceMonitor and PrometheusRule of one app, those that its settings have."""
    found: list[Manifest] = []
    if app.expose is not None:
        found.append(_ingress(scope, name, app.expose))
    if app.monitoring is not None:
        found.append(_service_monitor(scope, name, app.monitoring))
        if app.monitoring.alerts:
            rules = [
                Rule(alert, rule.expression, rule.holds_for, rule.severity, rule.summary)
                for alert, rule in app.monitoring.alerts.items()
            ]
            labels = scope.labels(name, "app") | app.monitoring.labels
            found.append(prometheus_rule(scope, name, labels, rules))
    return found


def _ingress(scope: Scope, name: str, settings: Expose) -> Manifest:
    backend = {"service": {"name": name, "port": {"name": _SERVICE_PORT}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    spec: dict[str, Any] = {"rules": [{"host": settings.host, "http": {"paths": [path]}}]}
    if settings.class_name:
        spec["ingressClassName"] = settings.class_name
    if settings.tls_secret:
        spec["tls"] = [{"hosts": [settings.host], "secretName": settings.tls_secret}]
    return scope.manifest(
        "networking.k8s.io/v1",
        "Ingress",
        name,
        {"spec": spec},
        labels=scope.labels(name, "app"),
        annotations=settings.annotations,
        after=(("Service", name),),
    )


def _service_monitor(scope: Scope, name: str, settings: Monitoring) -> Manifest:
    endpoint = {"port": _SERVICE_PORT, "path": settings.path, "interval": settings.interval}
    spec = {"selector": {"matchLabels": selector(name)}, "endpoints": [endpoint]}
    labels = scope.labels(name, "app") | settings.labels
    return scope.manifest(MONITORING, "ServiceMonitor", name, {"spec": spec}, labels=labels)


def prometheus_rule(scope: Scope, name: str, labels: Mapping[str, str], rules: Sequence[Rule]) -> Manifest:
    """A PrometheusRule with `rules` in one group; by `labels` Prometheus chooses it."""
    spec = {"groups": [{"name": name, "rules": [rule.definition for rule in rules]}]}
    return scope.manifest(MONITORING, "PrometheusRule", name, {"spec": spec}, labels=labels)
