"""What looks like a fault of servers that postgres_exporter reads and is none: no alert says anything."""

from tests.rules.scenes import Scene, each
from tests.rules.series import Change
from tests.rules.servers.healthy import ETCD, PRIMARY, REPLICATED, STANDBYS


def common(service: str, pod: str) -> tuple[Scene, ...]:
    """Of either topology."""
    where = {"pod": pod}
    return (
        Scene("all is well", at=65),
        Scene(
            "the best of figures below each threshold",
            (
                Change("pg_stat_activity_count", 70, {"state": "active"}),
                Change("kubelet_volume_stats_available_bytes", 30),
                Change("pg_locks_count", 1280),
                Change("pg_stat_activity_max_tx_duration", 300),
                Change("pg_database_wraparound_age_datfrozenxid_seconds", 300_000_000),
                Change("pg_stat_database_deadlocks", "4000+1x60", where),
                Change("pg_stat_statements_seconds_total", "0+60x60", {"user": "shop_app"}),
            ),
            at=25,
        ),
        Scene("the server is updated, and away for a minute", (Change("pg_up", "1x5 0x1 1x60"),), at=7),
        Scene(
            "while the server is down no collector can read anything, which says nothing new",
            (Change("pg_up", "1x5 0x1 1x60"), Change("pg_scrape_collector_success", "1x5 0x1 1x60")),
            at=12,
        ),
        Scene(
            "somebody tries something out, and takes it back",
            (
                Change("pg_stat_database_xact_commit", "0+0.25x60"),
                Change("pg_stat_database_xact_rollback", "0+1x60"),
            ),
            at=25,
        ),
        Scene(
            "no statement of the apps at all",
            (
                Change("pg_stat_statements_seconds_total", 6, {"user": "shop_app"}),
                Change("pg_stat_statements_calls_total", 600, {"user": "shop_app"}),
            ),
            at=25,
        ),
        Scene(
            "nothing is written for a night, so no WAL is archived",
            (
                Change("pg_stat_archiver_last_archive_age", "60+60x100"),
                *(Change(f"pg_stat_database_tup_{what}", 60) for what in ("inserted", "updated", "deleted")),
            ),
            at=60,
        ),
        Scene(
            "one try to archive fails, and the next one doesn't",
            (Change("pg_stat_archiver_failed_count", "3x5 6x60", where),),
        ),
        Scene("the dump takes its time", at=74),
        Scene(
            "the first dump is still to come",
            (Change("kube_cronjob_status_last_successful_time", "_x100", {"cronjob": f"{service}-dump"}),),
            at=65,
        ),
    )


MEMBERS_QUIET = (
    *common(REPLICATED, PRIMARY),
    Scene("a failover: nobody is primary for half a minute", (Change("patroni_primary", "1x5 0x0 1x60"),), at=6),
    Scene(
        "after a switchover the other is primary, and slots of standbys are nobody's",
        (
            *each("patroni_primary", 0, PRIMARY),
            *each("patroni_primary", 1, STANDBYS[0]),
            *each("patroni_postgres_streaming", 1, PRIMARY),
            *each("patroni_postgres_streaming", 0, STANDBYS[0]),
            *each("pg_replication_is_replica", 1, PRIMARY),
            *each("pg_replication_is_replica", 0, STANDBYS[0]),
            *each("pg_replication_slot_slot_is_active", 0, PRIMARY),
            *each("pg_replication_slot_slot_is_active", 1, STANDBYS[0]),
        ),
        at=65,
    ),
    Scene("a standby starts anew", each("patroni_postgres_streaming", "1x5 0x3 1x60", STANDBYS[1]), at=9),
    Scene("etcd chooses another leader", (Change("etcd_server_has_leader", "1x5 0x0 1x60"),), at=6),
    Scene("a restart waits for the night's Job", each("patroni_pending_restart", "0x5 1x30 0x60", PRIMARY), at=36),
    Scene("one of etcd is updated", (Change("up", "1x5 0x3 1x60", {"pod": ETCD[0]}),), at=9),
)
