"""A dashboard of Grafana: the figures that one looks at when an alert came, on one page.

Format: Grafana's dashboard JSON model (grafana.com/docs, «JSON model»); found by the sidecar of its chart, by label.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from components.manifest import Manifest
from components.names import Scope, digest
from components.postgres.monitoring import servers
from components.postgres.monitoring.objects import COMPONENT
from components.postgres.monitoring.rules import used_cpu, used_memory
from components.postgres.monitoring.watched import Watched
from components.settings.monitoring import Dashboard
from components.settings.quantity import amount
from components.settings.workload import Amounts

_SOURCE = {"type": "prometheus", "uid": "${source}"}
_COLUMNS, _WIDTH, _HEIGHT = 24, 8, 7


@dataclass(frozen=True)
class Panel:
    """One graph. `queries`: what each line is called (Grafana's `{{label}}`) → PromQL; `unit` is one of Grafana's."""

    title: str
    unit: str
    queries: dict[str, str]


def _rate(watched: Watched, *names: str) -> dict[str, str]:
    rates = (f"sum by (pod) (rate({watched.of(f'pg_stat_database_{name}')}[5m]))" for name in names)
    return {f"{{{{pod}}}} {name.partition('_')[2]}": rate for name, rate in zip(names, rates, strict=True)}


def panels(watched: Watched, limits: Amounts, *, counted: bool) -> list[Panel]:
    """What there is to see of servers that postgres_exporter reads."""
    hit, read = (f"sum by (pod) (rate({watched.of(f'pg_stat_database_blks_{what}')}[5m]))" for what in ("hit", "read"))
    calls = f"rate({watched.of('pg_stat_statements_seconds_total')}[5m])"
    longest = f"max by (pod, datname) ({watched.of('pg_stat_activity_max_tx_duration')})"
    free, size = (f"kubelet_volume_stats_{what}_bytes{{{watched.claims}}}" for what in ("available", "capacity"))
    database = f'datname="{watched.database}"'
    of_statements = [
        Panel("Average statement of the apps", "ms", {"{{pod}}": servers.statements(watched)}),
        Panel("Statements that take the most time", "s", {"{{datname}} {{user}} {{queryid}}": f"topk(5, {calls})"}),
    ]
    return [
        Panel("Servers that answer", "none", {"{{pod}}": watched.of("pg_up")}),
        Panel("Connections", "percent", {"{{pod}}": servers.connections(watched)}),
        Panel("Transactions a second", "ops", _rate(watched, "xact_commit", "xact_rollback")),
        *(of_statements if counted else []),
        Panel("Blocks found in shared_buffers", "percentunit", {"{{pod}}": f"{hit} / ({hit} + {read})"}),
        Panel("Rows written a second", "rowsps", _rate(watched, "tup_inserted", "tup_updated", "tup_deleted")),
        Panel("Longest transaction", "s", {"{{pod}} {{datname}}": longest}),
        Panel("CPU of the limit", "percentunit", {"{{pod}}": f"{used_cpu(watched)} / {amount(limits.cpu):f}"}),
        Panel("Memory of the limit", "percentunit", {"{{pod}}": f"{used_memory(watched)} / {amount(limits.memory):f}"}),
        Panel("Volumes in use", "percentunit", {"{{persistentvolumeclaim}}": f"1 - {free} / {size}"}),
        Panel("Database", "bytes", {"{{pod}}": f"max by (pod) ({watched.of('pg_database_size_bytes', database)})"}),
    ]


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
