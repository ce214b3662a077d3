"""Whether a Cluster is about to run out of something."""

from components.observability import Rule
from components.postgres.monitoring.rules import disk, levels, resources, sessions
from components.postgres.monitoring.watched import Watched
from components.settings.thresholds import Thresholds
from components.settings.workload import Amounts


def connections(watched: Watched) -> str:
    """Percent of max_connections that are taken, by pod."""
    limit = watched.of("cnpg_pg_settings_setting", 'name="max_connections"')
    return f"100 * sum by (pod) ({watched.of('cnpg_backends_total')}) / max by (pod) ({limit})"


def _connections(watched: Watched, thresholds: Thresholds) -> list[Rule]:
    connected = "{{ $labels.pod }} has {{ $value | printf `%.0f` }} % of max_connections in use."
    return levels("PostgresConnections", connections(watched), thresholds.connections, connected)


def _lag(watched: Watched, thresholds: Thresholds) -> list[Rule]:
    behind = "{{ $labels.pod }} is {{ $value | printf `%.1f` }} s behind its primary."
    lag = f"max by (pod) ({watched.of('cnpg_pg_replication_lag')})"
    return levels("PostgresLag", lag, thresholds.lag, behind) if watched.instances > 1 else []


def load(watched: Watched, thresholds: Thresholds, limits: Amounts) -> list[Rule]:
    """Whether it is about to run out of something."""
    return [
        *_connections(watched, thresholds),
        *disk(watched, thresholds),
        *resources(watched, thresholds, limits),
        *_lag(watched, thresholds),
        *sessions(
            watched,
            thresholds,
            "cnpg_backends_max_tx_duration_seconds",
            "cnpg_pg_database_xid_age",
            "cnpg_pg_stat_database_deadlocks",
        ),
    ]
