"""How a database is watched: who may read its metrics, and from when on somebody is called.

Defaults are those of CloudNativePG's chart (github.com/cloudnative-pg/charts, charts/cluster/prometheus_rules) and of
its samples (docs/src/samples/monitoring/prometheusrule.yaml), where not said otherwise.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from components.settings.backup import Backup
from components.settings.network import AllowFrom, Duration
from components.settings.words import Labels, Section

_HOUR = 3600


class Levels(Section):
    """From where on it is worth a look, and from where on a night's sleep."""

    warning: float = Field(gt=0)
    critical: float = Field(gt=0)

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.warning >= self.critical:
            raise ValueError(
                f"allowed: a warning that comes before it is critical; found {self.warning:g} and {self.critical:g}"
            )
        return self


class Percent(Levels):
    """Parts of a hundred that are used."""

    warning: float = Field(gt=0, lt=100)
    critical: float = Field(gt=0, lt=100)


class Thresholds(Section):
    """Connections and disk in percent of what there is; lag, transaction and archiving in seconds.

    `standbys`: fewer are a warning. `zones`: fewer are one too, where there are as many instances. `transaction_ids`:
    how old the oldest may be. `archiving`: how long WAL may wait for it; the operator closes a segment after 300 s, so
    twice that is never peace. `base_backup_hours`: how long one takes; beyond schedule and this the last is too old.
    """

    connections: Percent = Percent(warning=80, critical=95)
    disk: Percent = Percent(warning=70, critical=90)
    lag: Levels = Levels(warning=1, critical=15)
    transaction: int = Field(default=300, ge=1, le=86400)
    # Below 200 million autovacuum has not begun (autovacuum_freeze_max_age); at 1600 million it drops all else.
    transaction_ids: int = Field(default=300_000_000, ge=200_000_000, le=1_600_000_000)
    deadlocks: int = Field(default=10, ge=1, le=100_000)
    standbys: int = Field(default=2, ge=1, le=8)
    zones: int = Field(default=3, ge=1, le=9)
    archiving: int = Field(default=900, ge=600, le=86400)
    base_backup_hours: int = Field(default=2, ge=1, le=168)

    def oldest_backup(self, backup: Backup) -> int:
        """Seconds since the last base backup that are still in order."""
        return backup.longest_gap + self.base_backup_hours * _HOUR


class Monitoring(Section):
    """A PodMonitor and, with `rules`, a PrometheusRule; their CRDs must be in the cluster (rule 12).

    `allow_from`: Prometheus. `labels`: by which it chooses both objects. `runbooks`: the address at which your people
    read docs/shared-alerts.md.
    """

    allow_from: list[AllowFrom] = Field(min_length=1)
    interval: Duration = "30s"
    labels: Labels = {}
    rules: bool = False
    runbooks: Annotated[str, Field(pattern=r"^https?://[^\s#]+$")] | None = None
    thresholds: Thresholds = Thresholds()

    @model_validator(mode="after")
    def _read(self) -> Self:
        unread = {"thresholds", "runbooks"} & self.model_fields_set
        if unread and not self.rules:
            raise ValueError(f"allowed: `rules: true` with {' and '.join(sorted(unread))}, which nothing else reads")
        return self


def check_thresholds(instances: int, monitoring: Monitoring | None) -> None:
    """Raise ValueError for a threshold of `monitoring` that `instances` could never keep, so that it always alerts."""
    if monitoring is None or not monitoring.rules or "standbys" not in monitoring.thresholds.model_fields_set:
        return
    if (wanted := monitoring.thresholds.standbys) >= instances:
        raise ValueError(
            f"allowed: `monitoring.thresholds.standbys` up to {instances - 1}, for {instances} instances have no more; "
            f"found {wanted}, which would alert for ever"
        )
