"""From when on somebody is called: what is a warning, and what is worth a night's sleep.

Defaults are those of CloudNativePG's chart (github.com/cloudnative-pg/charts, charts/cluster/prometheus_rules) and of
its samples (docs/src/samples/monitoring/prometheusrule.yaml), where not said otherwise.
"""

from collections.abc import Mapping

from pydantic import Field

from components.settings.backup import Backup
from components.settings.section import Section, rule

_HOUR = 3600


class Levels(Section):
    """From where on it is worth a look, and from where on a night's sleep."""

    warning: float = Field(gt=0)
    critical: float = Field(gt=0)

    @rule
    def _rising(self) -> None:
        if self.warning >= self.critical:
            raise ValueError(
                f"allowed: a warning that comes before it is critical; found {self.warning:g} and {self.critical:g}"
            )


class Percent(Levels):
    """Parts of a hundred that are used."""

    warning: float = Field(gt=0, lt=100)
    critical: float = Field(gt=0, lt=100)


class Thresholds(Section):
    """Connections and disk in percent of what there is; lag, transaction and archiving in seconds.

    `cpu`, `memory`: percent of the container's limit. `query_milliseconds`: what the statements of the roles app and
    reader take on average. `rollbacks`: percent of all transactions of a database. `locks`: percent of the lock table.
    `standbys`: fewer are a warning. `zones`: fewer are one too, where there are as many instances. `transaction_ids`:
    how old the oldest may be. `archiving`: how long WAL may wait for it; the operator closes a segment after 300 s, so
    twice that is never peace. `base_backup_hours`: how long one takes; beyond schedule and this the last is too old.
    """

    connections: Percent = Percent(warning=80, critical=95)
    disk: Percent = Percent(warning=70, critical=90)
    # Bill-Inquiry's plan, section 8.1: 80 %, 85 %, 100 ms.
    cpu: float = Field(default=80, gt=0, lt=100)
    memory: float = Field(default=85, gt=0, lt=100)
    query_milliseconds: float = Field(default=100, gt=0, le=3_600_000)
    # The exporter's own mixin (postgres_mixin/alerts): 10 %; samber/awesome-prometheus-alerts: a fifth of the locks.
    rollbacks: float = Field(default=10, gt=0, lt=100)
    locks: float = Field(default=20, gt=0, lt=100)
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


_OF_EXPORTER = frozenset({"query_milliseconds", "rollbacks", "locks"})
_OF_OPERATOR = frozenset({"zones", "base_backup_hours"})

UNREAD: Mapping[str, frozenset[str]] = {
    "standalone": _OF_OPERATOR | {"lag", "standbys"},
    "replicated": _OF_OPERATOR,
    "shared": _OF_EXPORTER,
}
"""Topology → the thresholds that none of its alerts reads."""
