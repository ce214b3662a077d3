"""The metrics of three instances that are well, as Prometheus has them: `postgresql-shared-1` is the primary."""

from tests.rules.series import NAMESPACE, Change, Series

SERVICE = "postgresql-shared"
PRIMARY, *STANDBYS = PODS = [f"{SERVICE}-{number}" for number in (1, 2, 3)]

_PLUGIN = "barman_cloud_cloudnative_pg_io_last"
AVAILABLE, FAILED = f"{_PLUGIN}_available_backup_timestamp", f"{_PLUGIN}_failed_backup_timestamp"
READY = {"value": "ready"}
WAITING = Change("cnpg_collector_pg_wal_archive_status", 7, {"pod": PRIMARY} | READY)
SINCE = "cnpg_pg_stat_archiver_seconds_since_last_archival"


def _instance(pod: str, *, primary: bool) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    session = (("datname", "app"), ("usename", "app"), ("state", "active"), ("application_name", ""))
    return {
        ("up", ()): 1,
        ("cnpg_collector_up", (("cluster", SERVICE),)): 1,
        ("cnpg_collector_nodes_used", ()): len(PODS),
        ("cnpg_collector_pg_wal_archive_status", (("value", "ready"),)): 0,
        ("cnpg_collector_pg_wal_archive_status", (("value", "done"),)): 5,
        ("cnpg_pg_replication_in_recovery", ()): 0 if primary else 1,
        ("cnpg_pg_replication_is_wal_receiver_up", ()): 0 if primary else 1,
        ("cnpg_pg_replication_streaming_replicas", ()): len(STANDBYS) if primary else 0,
        ("cnpg_pg_replication_lag", ()): 0,
        ("cnpg_backends_total", session): 60,
        ("cnpg_backends_max_tx_duration_seconds", session): 2,
        ("cnpg_pg_settings_setting", (("name", "max_connections"),)): 100,
        ("cnpg_pg_settings_setting", (("name", "work_mem"),)): 4096,
        ("cnpg_pg_database_xid_age", (("datname", "app"),)): 199_000_000,
        ("cnpg_pg_stat_database_deadlocks", (("datname", "app"),)): 4000,
        ("cnpg_pg_stat_archiver_last_archived_time", ()): 50,
        ("cnpg_pg_stat_archiver_last_failed_time", ()): -1,
        ("cnpg_pg_stat_archiver_seconds_since_last_archival", ()): 60,
        ("barman_cloud_cloudnative_pg_io_last_available_backup_timestamp", ()): 60,
        ("barman_cloud_cloudnative_pg_io_last_failed_backup_timestamp", ()): 0,
    }


def healthy(minutes: int) -> list[Series]:
    """All series for so many minutes, each of one value."""
    found = []

    def add(metric: str, value: float | str, /, **labels: str) -> None:
        found.append(Series(metric, {"namespace": NAMESPACE} | labels, f"{value}x{minutes}"))

    for number, pod in enumerate(PODS, 1):
        for (metric, labels), value in _instance(pod, primary=pod == PRIMARY).items():
            add(metric, value, pod=pod, **dict(labels))
        add("kubelet_volume_stats_available_bytes", 50, persistentvolumeclaim=pod)
        add("kubelet_volume_stats_capacity_bytes", 100, persistentvolumeclaim=pod)
        add("container_cpu_usage_seconds_total", "0+60", pod=pod, container="postgres")
        add("container_memory_working_set_bytes", 500 * 2**20, pod=pod, container="postgres")
        add("kube_pod_info", 1, pod=pod, node=f"node-{number}")
        zone = {"label_topology_kubernetes_io_zone": f"zone-{number}"}
        found.append(Series("kube_node_labels", {"node": f"node-{number}"} | zone, f"1x{minutes}"))
    return found
