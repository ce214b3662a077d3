"""What looks like a fault and is none: no alert says anything."""

from tests.rules.scenes import Scene, each
from tests.rules.series import Change
from tests.rules.shared.healthy import AVAILABLE, FAILED, PRIMARY, READY, SINCE, STANDBYS, WAITING

_DAY = 24 * 60

QUIET = (
    Scene("all is well", at=_DAY),
    Scene(
        "the best of figures below each threshold",
        (
            Change("cnpg_backends_total", 80),
            Change("kubelet_volume_stats_available_bytes", 30),
            Change("cnpg_pg_replication_lag", 1),
            Change("cnpg_backends_max_tx_duration_seconds", 300),
            Change("cnpg_pg_database_xid_age", 300_000_000),
            Change("cnpg_pg_stat_database_deadlocks", "4000+1x60", {"pod": PRIMARY}),
        ),
    ),
    Scene("a failover: nobody answers for four minutes", (Change("cnpg_collector_up", "1x5 0x3 1x60"),), at=10),
    Scene("a standby starts anew", each("cnpg_pg_replication_streaming_replicas", "2x5 1x3 2x60", PRIMARY), at=10),
    Scene(
        "after a switchover the former primary keeps the failures of its time",
        (
            *each("cnpg_pg_replication_in_recovery", 0, STANDBYS[0]),
            *each("cnpg_pg_replication_in_recovery", 1, PRIMARY),
            *each("cnpg_pg_replication_is_wal_receiver_up", 0, STANDBYS[0]),
            *each("cnpg_pg_replication_is_wal_receiver_up", 1, PRIMARY),
            *each("cnpg_pg_replication_streaming_replicas", 2, STANDBYS[0]),
            *each("cnpg_pg_replication_streaming_replicas", 0, PRIMARY),
            *each("cnpg_pg_stat_archiver_last_failed_time", 70, PRIMARY),
            *each(SINCE, 100_000, PRIMARY),
            WAITING,
        ),
        at=60,
    ),
    Scene("nothing is written for a night, so no WAL is archived", each(SINCE, "60+60x1500", PRIMARY), at=12 * 60),
    Scene(
        "the first write after a quiet night waits a minute for being archived",
        (
            Change("cnpg_collector_pg_wal_archive_status", "0x600 1x1 0x60", {"pod": PRIMARY} | READY),
            *each(SINCE, "60+60x600 36000x1 30x60", PRIMARY),
        ),
        at=602,
    ),
    Scene(
        "one try to archive fails and the next one doesn't",
        (
            *each("cnpg_pg_stat_archiver_last_failed_time", "-1x5 330x60", PRIMARY),
            *each("cnpg_pg_stat_archiver_last_archived_time", "50x7 450x60", PRIMARY),
        ),
    ),
    Scene("the first base backup of a new generation takes its time", (Change(AVAILABLE, "0x110 6600x60"),), at=115),
    Scene("a base backup is being taken, two hours after the last one of yesterday", at=25 * 60 + 55),
    Scene("a base backup failed and the next one didn't", (Change(FAILED, 30),), at=25),
    Scene("the operator does not know the nodes", (Change("cnpg_collector_nodes_used", -1),)),
    Scene("nobody exports the nodes' labels", (Change("kube_node_labels", "_x60"),)),
)
