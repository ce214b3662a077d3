"""Whether a Cluster is there, and would be if one instance, node or zone were not."""

from components.observability import Rule
from components.postgres.monitoring.watched import Watched
from components.settings.thresholds import Thresholds


def _there(watched: Watched) -> list[Rule]:
    # The chart counts the series, and an instance that is down has one, of 0.
    offline = f"(sum({watched.of('cnpg_collector_up')}) or vector(0)) == 0"
    unread = "The metrics of {{ $labels.pod }} can't be read; nothing else would be told of it."
    return [
        Rule("PostgresOffline", offline, "5m", "critical", f"No instance of {watched.service} answers."),
        Rule("PostgresMetricsAbsent", f"{watched.of('up')} == 0", "10m", "critical", unread),
    ]


def _standbys(watched: Watched, thresholds: Thresholds) -> list[Rule]:
    streaming = f"max({watched.of('cnpg_pg_replication_streaming_replicas')})"
    wanted = min(thresholds.standbys, watched.instances - 1)
    some = f"Only {{{{ $value }}}} of {watched.instances - 1} standbys of {watched.service} stream."
    none = f"No standby of {watched.service} streams."
    broken = f"{watched.of('cnpg_pg_replication_in_recovery')} > {watched.of('cnpg_pg_replication_is_wal_receiver_up')}"
    return [
        *([Rule("PostgresStandbysMissing", f"{streaming} < {wanted}", "5m", "warning", some)] if wanted > 1 else []),
        Rule("PostgresNoStandby", f"{streaming} < 1", "5m", "critical", none),
        Rule("PostgresStandbyBroken", broken, "1m", "warning", "The standby {{ $labels.pod }} receives no WAL."),
    ]


def _spread(watched: Watched, thresholds: Thresholds) -> list[Rule]:
    # The operator tells the nodes itself; -1 where it does not know.
    nodes = f"max({watched.of('cnpg_collector_nodes_used')}) > 0 < count({watched.of('cnpg_collector_up')})"
    zone, pods = "label_topology_kubernetes_io_zone", f"kube_pod_info{{{watched.pods}}}"
    labelled = f"max by (node, {zone}) (kube_node_labels)"
    zones = f"count(count by ({zone}) ({pods} * on (node) group_left ({zone}) {labelled}))"
    few = f"The {watched.instances} instances of {watched.service} are on {{{{ $value }}}}"
    least = min(thresholds.zones, watched.instances)
    return [
        Rule("PostgresNodeShared", nodes, "5m", "warning", f"{few} node(s)."),
        Rule("PostgresZoneShared", f"{zones} < {least}", "5m", "warning", f"{few} zone(s)."),
    ]


def availability(watched: Watched, thresholds: Thresholds) -> list[Rule]:
    """Whether it is there; of a single instance, that is all that can be asked."""
    if watched.instances == 1:
        return _there(watched)
    return [*_there(watched), *_standbys(watched, thresholds), *_spread(watched, thresholds)]
