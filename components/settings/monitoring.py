"""How a database is watched: who may read its metrics, what is shown of them, and from when on somebody is called."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field
from pydantic.alias_generators import to_camel

from components.settings.mistakes import Misplaced
from components.settings.network import AllowFrom, Duration
from components.settings.replicated import Exporter
from components.settings.schema import LIBRARIES
from components.settings.section import Section, rule
from components.settings.thresholds import UNREAD, Thresholds
from components.settings.words import Label, LabelKey, Labels

STATEMENTS = "pg_stat_statements"
"""The extension that counts what each statement takes, and its library (postgresql.org/docs, its page)."""


class Dashboard(Section):
    """A dashboard as a ConfigMap, which the sidecar of Grafana's chart finds by `labels`.

    `namespace`: where that sidecar looks, if it does not look everywhere; it must be there. `annotations`: such as
    grafana_folder.
    """

    labels: Labels = {"grafana_dashboard": "1"}
    annotations: dict[LabelKey, str] = {}
    namespace: Label | None = None

    @rule
    def _found(self) -> None:
        if not self.labels:
            raise ValueError("allowed: the label by which Grafana's sidecar finds it; found none")


class Monitoring(Section):
    """PodMonitors and, with `rules`, a PrometheusRule; their CRDs must be in the cluster (rule 12).

    `allow_from`: Prometheus. `labels`: by which it chooses both objects. `runbooks`: the address at which your people
    read docs/alerts.md. `statements`: PostgreSQL counts what each statement takes (pg_stat_statements). `exporter`: the
    image beside a standalone server; `replicated.exporter` is that of the members.
    """

    allow_from: list[AllowFrom] = Field(min_length=1)
    interval: Duration = "30s"
    labels: Labels = {}
    rules: bool = False
    runbooks: Annotated[str, Field(pattern=r"^https?://[^\s#]+$")] | None = None
    thresholds: Thresholds = Thresholds()
    statements: bool = True
    exporter: Exporter = Exporter()
    dashboard: Dashboard | None = None

    @rule
    def _read(self) -> None:
        unread = {"thresholds", "runbooks"} & self.model_fields_set
        if unread and not self.rules:
            raise ValueError(f"allowed: `rules: true` with {' and '.join(sorted(unread))}, which nothing else reads")
        if "query_milliseconds" in self.thresholds.model_fields_set and not self.statements:
            raise ValueError("allowed: `statements: true` with `thresholds.queryMilliseconds`; nothing else tells")


_OPERATORS_OWN = {
    "statements": "the operator's exporter does not read them",
    "exporter": "instances show their metrics themselves",
}
"""Of a shared Cluster: setting → why it has none."""


def counts_statements(topology: str, monitoring: Monitoring | None) -> bool:
    """Whether the server is to load pg_stat_statements."""
    return topology in ("standalone", "replicated") and monitoring is not None and monitoring.statements


def check_monitoring(
    topology: str, monitoring: Monitoring | None, instances: int, parameters: Mapping[str, str], *, exporter: bool
) -> None:
    """Raise ValueError for what nobody of this topology reads, and for a threshold that its `instances` could never
    keep, so that it always alerts. `exporter`: replicated members have one."""
    if monitoring is None:
        return
    if topology == "external":
        raise Misplaced("allowed: no `monitoring` of an external database: whoever runs it watches it", "monitoring")
    if topology == "replicated" and not exporter:
        raise Misplaced("allowed: `replicated.exporter` with `monitoring`, which reads it; found false", "monitoring")
    if topology == "replicated" and "exporter" in monitoring.model_fields_set:
        raise Misplaced(
            "allowed: `replicated.exporter`, which is beside each member; found another one", "monitoring", "exporter"
        )
    unused = [word for word in _OPERATORS_OWN if topology == "shared" and word in monitoring.model_fields_set]
    if unused:
        raise Misplaced(
            f"allowed: no `{unused[0]}` of a shared database: {_OPERATORS_OWN[unused[0]]}",
            *("monitoring", unused[0]),
        )
    if counts_statements(topology, monitoring) and STATEMENTS not in parameters.get(LIBRARIES, STATEMENTS):
        raise Misplaced(
            f"allowed: a {LIBRARIES} with {STATEMENTS}, or `monitoring.statements: false`; "
            f"found {parameters[LIBRARIES]}",
            *("parameters", LIBRARIES),
        )
    _check_thresholds(topology, monitoring.thresholds, instances)


def _check_thresholds(topology: str, thresholds: Thresholds, instances: int) -> None:
    given = thresholds.model_fields_set
    if unread := sorted(given & UNREAD[topology]):
        raise Misplaced(
            f"allowed: thresholds that an alert of a {topology} database reads; found "
            f"{', '.join(map(to_camel, unread))}",
            *("monitoring", "thresholds"),
        )
    if "standbys" in given and thresholds.standbys >= instances:
        raise Misplaced(
            f"allowed: up to {instances - 1}, for {instances} instances have no more; found {thresholds.standbys}, "
            "which would alert for ever",
            *("monitoring", "thresholds", "standbys"),
        )
