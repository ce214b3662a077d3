"""A dashboard of Grafana: the figures that one looks at when an alert came, on one page.

Format: Grafana's dashboard JSON model (grafana.com/docs, «JSON model»); found by the sidecar of its chart, by label.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from components.manifest import Manifest
from components.names import Scope, digest
from components.postgres.monitoring.objects import COMPONENT
from components.postgres.monitoring.watched import Watched
from components.settings.monitoring import Dashboard

_SOURCE = {"type": "prometheus", "uid": "${source}"}
_COLUMNS, _WIDTH, _HEIGHT = 24, 8, 7


@dataclass(frozen=True)
class Panel:
    """One graph. `queries`: what each line is called (Grafana's `{{label}}`) → PromQL; `unit` is one of Grafana's."""

    title: str
    unit: str
    queries: dict[str, str]


def _drawn(number: int, panel: Panel) -> dict[str, Any]:
    row, column = divmod(number, _COLUMNS // _WIDTH)
    queries = enumerate(panel.queries.items())
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "datasource": _SOURCE,
        "gridPos": {"x": column * _WIDTH, "y": row * _HEIGHT, "w": _WIDTH, "h": _HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + which), "datasource": _SOURCE, "expr": expression, "legendFormat": legend}
            for which, (legend, expression) in queries
        ],
    }


def model(watched: Watched, drawn: Sequence[Panel]) -> dict[str, Any]:
    """The dashboard as Grafana imports it; the data source is chosen there."""
    variable = {"name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus"}
    return {
        # At most 40 characters; the same one is the same dashboard after each `up`.
        "uid": digest([watched.namespace, watched.service], 40),
        "title": f"PostgreSQL {watched.namespace}/{watched.service}",
        "tags": ["postgresql"],
        "schemaVersion": 39,
        "timezone": "browser",
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "templating": {"list": [variable]},
        "panels": [_drawn(number, panel) for number, panel in enumerate(drawn)],
    }


def config_map(scope: Scope, settings: Dashboard, watched: Watched, drawn: Sequence[Panel]) -> Manifest:
    """The ConfigMap; in another namespace its name says from which one it comes."""
    own, name = scope, f"{watched.service}-dashboard"
    if settings.namespace not in (None, scope.namespace):
        own, name = scope.within(str(settings.namespace)), f"{scope.namespace}-{name}"
    data = {f"{watched.namespace}-{watched.service}.json": json.dumps(model(watched, drawn), indent=1) + "\n"}
    labels = scope.labels(f"{watched.service}-exporter", COMPONENT) | settings.labels
    return own.manifest("v1", "ConfigMap", name, {"data": data}, labels=labels, annotations=settings.annotations)
