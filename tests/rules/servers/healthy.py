"""The metrics of servers that postgres_exporter reads, while all is well, as Prometheus has them.

Each series has one value all the time, or grows by the same each minute. promtool's clock begins at 0.
"""

from tests.rules.series import NAMESPACE, Series

STANDALONE, REPLICATED = "postgres", "pg"
MEMBERS = [f"{REPLICATED}-{number}" for number in range(3)]
PRIMARY, *STANDBYS = MEMBERS
ETCD = [f"{REPLICATED}-etcd-{number}" for number in range(3)]

_LONG_AGO = -10_000
_APP = {"datname": "shop", "usename": "shop_app", "state": "active", "application_name": ""}

OF_SERVER: list[tuple[str, dict[str, str], float | str]] = [
    ("up", {"endpoint": "metrics"}, 1),
    ("pg_up", {}, 1),
    ("pg_scrape_collector_success", {"collector": "locks"}, 1),
    ("pg_scrape_collector_success", {"collector": "stat_statements"}, 1),
    ("pg_postmaster_start_time_seconds", {}, _LONG_AGO),
    ("pg_settings_max_connections", {}, 100),
    ("pg_settings_max_locks_per_transaction", {}, 64),
    ("pg_stat_activity_count", _APP, 50),
    ("pg_stat_activity_count", {**_APP, "state": "idle"}, 10),
    ("pg_stat_activity_max_tx_duration", _APP, 2),
    ("pg_locks_count", {"datname": "shop", "mode": "accesssharelock"}, 100),
    # 10 ms of the app, two minutes of the dump, which is nobody's to complain of.
    ("pg_stat_statements_seconds_total", {"user": "shop_app", "datname": "shop", "queryid": "1"}, "0+6"),
    ("pg_stat_statements_calls_total", {"user": "shop_app", "datname": "shop", "queryid": "1"}, "0+600"),
    ("pg_stat_statements_seconds_total", {"user": "dumper", "datname": "shop", "queryid": "2"}, "0+120"),
    ("pg_stat_statements_calls_total", {"user": "dumper", "datname": "shop", "queryid": "2"}, "0+1"),
    ("pg_stat_database_deadlocks", {"datname": "shop"}, 4000),
    ("pg_stat_database_xact_commit", {"datname": "shop"}, "0+6000"),
    ("pg_stat_database_xact_rollback", {"datname": "shop"}, "0+60"),
    *((f"pg_stat_database_tup_{what}", {"datname": "shop"}, "0+60") for what in ("inserted", "updated", "deleted")),
    ("pg_stat_archiver_failed_count", {}, 3),
    ("pg_stat_archiver_archived_count", {}, "0+1"),
    ("pg_stat_archiver_last_archive_age", {}, 60),
    ("pg_database_wraparound_age_datfrozenxid_seconds", {"datname": "shop"}, 199_000_000),
]
"""(metric, labels, value) of each server; the labels of its pod come to them."""


def _of_member(pod: str) -> list[tuple[str, dict[str, str], float | str]]:
    primary = pod == PRIMARY
    return [
        ("up", {"endpoint": "patroni"}, 1),
        ("patroni_primary", {}, int(primary)),
        ("patroni_postgres_streaming", {}, int(not primary)),
        ("patroni_sync_standby", {}, int(pod == STANDBYS[0])),
        # Seen at each moment: the value is the clock's.
        ("patroni_dcs_last_seen", {}, "0+60"),
        ("patroni_pending_restart", {}, 0),
        ("patroni_is_paused", {}, 0),
        ("pg_replication_lag_seconds", {}, 0),
        ("pg_replication_is_replica", {}, int(not primary)),
        *(
            ("pg_replication_slot_slot_is_active", {"slot_name": other.replace("-", "_")}, int(primary))
            for other in MEMBERS
            if other != pod
        ),
    ]


_OF_ETCD: list[tuple[str, dict[str, str], float | str]] = [
    ("up", {"endpoint": "health"}, 1),
    ("etcd_server_has_leader", {"endpoint": "health"}, 1),
    ("etcd_mvcc_db_total_size_in_bytes", {}, 50),
    ("etcd_server_quota_backend_bytes", {}, 100),
    ("etcd_disk_wal_fsync_duration_seconds_bucket", {"le": "0.008"}, "0+60"),
    ("etcd_disk_wal_fsync_duration_seconds_bucket", {"le": "2.048"}, "0+60"),
    ("etcd_disk_wal_fsync_duration_seconds_bucket", {"le": "+Inf"}, "0+60"),
]


def _series(minutes: int, metric: str, value: float | str, **labels: str) -> Series:
    return Series(metric, {"namespace": NAMESPACE} | labels, f"{value}x{minutes}")


def _used(minutes: int, pod: str, container: str) -> list[Series]:
    """Half of one CPU and of 1000Mi; a container without a name is the whole pod, and counts for nothing here."""
    found = []
    for name, cpu, memory in ((container, "0+30", 500), ("", "0+600", 5000)):
        found.append(_series(minutes, "container_cpu_usage_seconds_total", cpu, pod=pod, container=name))
        memory_bytes = memory * 2**20
        found.append(_series(minutes, "container_memory_working_set_bytes", memory_bytes, pod=pod, container=name))
    return found


def _volume(minutes: int, claim: str) -> list[Series]:
    return [
        _series(minutes, f"kubelet_volume_stats_{what}_bytes", value, persistentvolumeclaim=claim)
        for what, value in (("available", 50), ("capacity", 100))
    ]


def _jobs(minutes: int, service: str) -> list[Series]:
    """CronJobs that were made at 0, and succeeded a minute later for the last time."""
    return [
        _series(minutes, f"kube_cronjob_{what}", value, cronjob=f"{service}-{job}")
        for job in ("dump", "restore-proof", "snapshot", "base-backup")
        for what, value in (("created", 0), ("status_last_successful_time", 60))
    ]


def standalone(minutes: int) -> list[Series]:
    """All series of a standalone server, each for so many minutes."""
    pod = f"{STANDALONE}-0"
    own = [_series(minutes, metric, value, pod=pod, **labels) for metric, labels, value in OF_SERVER]
    more = [*_used(minutes, pod, "database"), *_volume(minutes, "shop-data"), *_jobs(minutes, STANDALONE)]
    return [*own, *more]


def replicated(minutes: int) -> list[Series]:
    """All series of three members and of etcd, each for so many minutes."""
    found = [
        _series(minutes, metric, value, pod=pod, **labels)
        for pod in MEMBERS
        for metric, labels, value in [*OF_SERVER, *_of_member(pod)]
    ]
    found += [_series(minutes, metric, value, pod=pod, **labels) for pod in ETCD for metric, labels, value in _OF_ETCD]
    for pod in MEMBERS:
        found += [*_used(minutes, pod, "patroni"), *_volume(minutes, f"shop-data-{pod}")]
    for pod in ETCD:
        found += _volume(minutes, f"data-{pod}")
    for name in (f"{REPLICATED}-tls", f"{REPLICATED}-etcd-tls"):
        found.append(_series(minutes, "certmanager_certificate_expiration_timestamp_seconds", 80 * 86400, name=name))
    return [*found, *_jobs(minutes, REPLICATED)]
