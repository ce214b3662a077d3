"""Whether a Cluster is about to run out of something."""

from components.observability import Rule
from components.postgres.shared.alerts.watched import Watched
from components.settings.thresholds import Levels, Thresholds


def _levels(alert: str, expression: str, levels: Levels, summary: str) -> list[Rule]:
    """A warning and a critical alert."""
    pairs = (("Warning", levels.warning), ("Critical", levels.critical))
    return [Rule(f"{alert}{word}", f"{expression} > {level:g}", "5m", word.lower(), summary) for word, level in pairs]


def _filling(watched: Watched, thresholds: Thresholds) -> list[Rule]:
    limit = watched.of("cnpg_pg_settings_setting", 'name="max_connections"')
    used = f"100 * sum by (pod) ({watched.of('cnpg_backends_total')}) / max by (pod) ({limit})"
    free, size = (f"kubelet_volume_stats_{what}_bytes{{{watched.claims}}}" for what in ("available", "capacity"))
    disk = f"100 * max by (persistentvolumeclaim) (1 - {free} / {size})"
    connected = "{{ $labels.pod }} has {{ $value | printf `%.0f` }} % of max_connections in use."
    full = "The volume {{ $labels.persistentvolumeclaim }} is {{ $value | printf `%.0f` }} % full."
    return [
        *_levels("PostgresConnections", used, thresholds.connections, connected),
        *_levels("PostgresDisk", disk, thresholds.disk, full),
    ]


def _lag(watched: Watched, thresholds: Thresholds) -> list[Rule]:
    behind = "{{ $labels.pod }} is {{ $value | printf `%.1f` }} s behind its primary."
    lag = f"max by (pod) ({watched.of('cnpg_pg_replication_lag')})"
    return _levels("PostgresLag", lag, thresholds.lag, behind) if watched.instances > 1 else []


def _sessions(watched: Watched, thresholds: Thresholds) -> list[Rule]:
    transactions = watched.of("cnpg_backends_max_tx_duration_seconds")
    # The sample of the operator compares the counter itself: after ten of a lifetime it would never end.
    deadlocks = f"sum by (datname) (increase({watched.of('cnpg_pg_stat_database_deadlocks')}[5m]))"
    who = "{{ $labels.usename }} in {{ $labels.datname }}"
    return [
        Rule(
            "PostgresLongTransaction",
            f"max by (pod, datname, usename) ({transactions}) > {thresholds.transaction}",
            "1m",
            "warning",
            f"A transaction of {who} is open for {{{{ $value | printf `%.0f` }}}} s.",
        ),
        Rule(
            "PostgresTransactionIds",
            f"max by (datname) ({watched.of('cnpg_pg_database_xid_age')}) > {thresholds.transaction_ids}",
            "1m",
            "warning",
            "The oldest transaction id of {{ $labels.datname }} is {{ $value | printf `%.0f` }} transactions old.",
        ),
        Rule(
            "PostgresDeadlocks",
            f"{deadlocks} > {thresholds.deadlocks}",
            "1m",
            "warning",
            "{{ $value | printf `%.0f` }} deadlocks in {{ $labels.datname }} within 5 minutes.",
        ),
    ]


def load(watched: Watched, thresholds: Thresholds) -> list[Rule]:
    """Whether it is about to run out of something."""
    return [*_filling(watched, thresholds), *_lag(watched, thresholds), *_sessions(watched, thresholds)]
