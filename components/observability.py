"""How an app is shown to the world and to Prometheus: nothing unless the stack asks for it (rule 12)."""

from typing import Any

from components.manifest import Manifest
from components.names import Scope, selector
from components.settings.app import App
from components.settings.network import Expose, Monitoring

_SERVICE_PORT = "http"
_MONITORING = "monitoring.coreos.com/v1"


def exposed(scope: Scope, name: str, app: App) -> list[Manifest]:
    """Ingress, ServiceMonitor and PrometheusRule of one app, those that its settings have."""
    found: list[Manifest] = []
    if app.expose is not None:
        found.append(_ingress(scope, name, app.expose))
    if app.monitoring is not None:
        found.append(_service_monitor(scope, name, app.monitoring))
        if app.monitoring.alerts:
            found.append(_prometheus_rule(scope, name, app.monitoring))
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
    return scope.manifest(_MONITORING, "ServiceMonitor", name, {"spec": spec}, labels=labels)


def _prometheus_rule(scope: Scope, name: str, settings: Monitoring) -> Manifest:
    rules = [
        {
            "alert": alert,
            "expr": rule.expression,
            "for": rule.holds_for,
            "labels": {"severity": rule.severity},
            "annotations": {"summary": rule.summary},
        }
        for alert, rule in settings.alerts.items()
    ]
    spec = {"groups": [{"name": name, "rules": rules}]}
    labels = scope.labels(name, "app") | settings.labels
    return scope.manifest(_MONITORING, "PrometheusRule", name, {"spec": spec}, labels=labels)
