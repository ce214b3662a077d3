"""The graphs of a dashboard: those that every topology has, and those of servers that postgres_exporter reads."""

from components.postgres.monitoring import servers
from components.postgres.monitoring.dashboard import Panel
from components.postgres.monitoring.rules import used_cpu, used_memory
from components.postgres.monitoring.watched import Watched
from components.settings.quantity import amount
from components.settings.workload import Amounts


def of_pods(watched: Watched, limits: Amounts) -> list[Panel]:
    """What the kubelet tells of pods and volumes."""
    free, size = (f"kubelet_volume_stats_{what}_bytes{{{watched.claims}}}" for what in ("available", "capacity"))
    return [
        Panel("CPU of the limit", "percentunit", {"{{pod}}": f"{used_cpu(watched)} / {amount(limits.cpu):f}"}),
        Panel("Memory of the limit", "percentunit", {"{{pod}}": f"{used_memory(watched)} / {amount(limits.memory):f}"}),
        Panel("Volumes in use", "percentunit", {"{{persistentvolumeclaim}}": f"1 - {free} / {size}"}),
    ]


def of_databases(watched: Watched, prefix: str = "") -> list[Panel]:
    """PostgreSQL's own counters, which exporters tell by one name, with a `prefix` of their own before it."""

    def rate(name: str) -> str:
        return f"sum by (pod) (rate({watched.of(f'{prefix}pg_stat_database_{name}')}[5m]))"

    def each(*names: str) -> dict[str, str]:
        return {f"{{{{pod}}}} {name.partition('_')[2]}": rate(name) for name in names}

    hit, read = rate("blks_hit"), rate("blks_read")
    size = f"max by (datname) ({watched.of(f'{prefix}pg_database_size_bytes')})"
    return [
        Panel("Transactions a second", "ops", each("xact_commit", "xact_rollback")),
        Panel("Rows written a second", "rowsps", each("tup_inserted", "tup_updated", "tup_deleted")),
        Panel("Blocks found in shared_buffers", "percentunit", {"{{pod}}": f"{hit} / ({hit} + {read})"}),
        Panel("Size of databases", "bytes", {"{{datname}}": size}),
    ]


def _of_statements(watched: Watched) -> list[Panel]:
    most = f"topk(5, rate({watched.of('pg_stat_statements_seconds_total')}[5m]))"
    return [
        Panel("Average statement of the apps", "ms", {"{{pod}}": servers.statements(watched)}),
        Panel("Statements that take the most time", "s", {"{{datname}} {{user}} {{queryid}}": most}),
    ]


def of_servers(watched: Watched, limits: Amounts, *, counted: bool) -> list[Panel]:
    """All that there is to see of servers that postgres_exporter reads; `counted`: of statements too."""
    longest = f"max by (pod, datname) ({watched.of('pg_stat_activity_max_tx_duration')})"
    return [
        Panel("Servers that answer", "none", {"{{pod}}": watched.of("pg_up")}),
        Panel("Connections", "percent", {"{{pod}}": servers.connections(watched)}),
        Panel("Longest transaction", "s", {"{{pod}} {{datname}}": longest}),
        *(_of_statements(watched) if counted else []),
        *of_databases(watched),
        *of_pods(watched, limits),
    ]
