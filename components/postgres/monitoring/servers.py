"""The alerts of servers that postgres_exporter reads: whether they answer, and whether something runs out.

Metrics: prometheus-community/postgres_exporter v0.17 and v0.18 (collector/, cmd/postgres_exporter/queries.go),
cadvisor's of containers and the kubelet's of volumes. Each alert has a section of its name in docs/alerts.md.
"""

from components.observability import Rule
from components.postgres.monitoring.rules import disk, levels, resources, sessions
from components.postgres.monitoring.watched import Watched
from components.settings.thresholds import Thresholds
from components.settings.workload import Amounts

_VALUE = "{{ $value | printf `%.0f` }}"


def statements(watched: Watched) -> str:
    """Milliseconds that a statement of the apps' roles takes on average, by pod; a dump and a migration are others'."""
    own = f'user=~"{"|".join(watched.users)}"'
    time, calls = (
        f"sum by (pod) (rate({watched.of(f'pg_stat_statements_{what}_total', own)}[5m]))"
        for what in ("seconds", "calls")
    )
    return f"1000 * {time} / {calls}"


def connections(watched: Watched) -> str:
    """Percent of max_connections that are taken, by pod."""
    taken = f"sum by (pod) ({watched.of('pg_stat_activity_count')})"
    return f"100 * {taken} / max by (pod) ({watched.of('pg_settings_max_connections')})"


def there(watched: Watched) -> list[Rule]:
    """Whether servers answer, and whether what is said of them is all."""
    up = watched.of("up")
    who = f"{{{{ with $labels.pod }}}}{{{{ . }}}}{{{{ else }}}}{watched.service}{{{{ end }}}}"
    lost = f"The metrics of {who} can't be read; nothing else would be told of it."
    partly = f"({watched.of('pg_scrape_collector_success')} == 0) and on (namespace, pod) ({watched.of('pg_up')} == 1)"
    some = "The exporter of {{ $labels.pod }} can't read {{ $labels.collector }}: alerts on that are silent."
    since = f"max by (pod) (time() - {watched.of('pg_postmaster_start_time_seconds')})"
    anew = f"PostgreSQL of {{{{ $labels.pod }}}} started {_VALUE} s ago."
    nobody = f"No server of {watched.service} answers."
    return [
        Rule("PostgresOffline", f"max({watched.of('pg_up')}) == 0", "2m", "critical", nobody),
        # None of them is what Prometheus has where it does not choose the PodMonitor, or the node is gone.
        Rule("PostgresMetricsAbsent", f"{up} == 0 or absent({up})", "10m", "critical", lost),
        Rule("PostgresMetricsIncomplete", partly, "10m", "warning", some),
        Rule("PostgresRestarted", f"{since} < 300", "0m", "warning", anew),
    ]


def _full(watched: Watched, thresholds: Thresholds) -> list[Rule]:
    locks = f"sum by (pod) ({watched.of('pg_locks_count')})"
    table = " * ".join(
        f"max by (pod) ({watched.of(f'pg_settings_{name}')})"
        for name in ("max_locks_per_transaction", "max_connections")
    )
    held = f"{{{{ $labels.pod }}}} holds {_VALUE} % of its lock table."
    taken = f"{{{{ $labels.pod }}}} has {_VALUE} % of max_connections in use."
    return [
        *levels("PostgresConnections", connections(watched), thresholds.connections, taken),
        Rule("PostgresLocks", f"100 * {locks} / ({table}) > {thresholds.locks:g}", "5m", "warning", held),
    ]


def _sessions(watched: Watched, thresholds: Thresholds) -> list[Rule]:
    back, done = (
        f"sum by (datname) (rate({watched.of(f'pg_stat_database_xact_{what}')}[5m]))" for what in ("rollback", "commit")
    )
    return [
        *sessions(
            watched,
            thresholds,
            "pg_stat_activity_max_tx_duration",
            "pg_database_wraparound_age_datfrozenxid_seconds",
            "pg_stat_database_deadlocks",
        ),
        Rule(
            "PostgresRollbacks",
            # Less than one in ten seconds is somebody who tries something out.
            f"100 * {back} / ({back} + {done}) > {thresholds.rollbacks:g} and {back} > 0.1",
            "10m",
            "warning",
            f"{_VALUE} % of the transactions in {{{{ $labels.datname }}}} are rolled back.",
        ),
    ]


def _statements(watched: Watched, thresholds: Thresholds) -> Rule:
    slow = f"Statements on {{{{ $labels.pod }}}} take {_VALUE} ms on average."
    expression = f"{statements(watched)} > {thresholds.query_milliseconds:g}"
    return Rule("PostgresSlowStatements", expression, "10m", "warning", slow)


def load(watched: Watched, thresholds: Thresholds, limits: Amounts, *, counted: bool) -> list[Rule]:
    """Whether it is about to run out of something; `counted`: PostgreSQL counts what statements take."""
    return [
        *_full(watched, thresholds),
        *disk(watched, thresholds),
        *resources(watched, thresholds, limits),
        *([_statements(watched, thresholds)] if counted else []),
        *_sessions(watched, thresholds),
    ]
