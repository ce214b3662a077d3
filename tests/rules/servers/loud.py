"""What is wrong with servers that postgres_exporter reads, and the alerts that say so."""

from tests.rules.scenes import Alert, Scene, each, of
from tests.rules.series import Change
from tests.rules.servers.healthy import ETCD, MEMBERS, PRIMARY, REPLICATED, STANDBYS


def _two(name: str, summary: str, labels: dict[str, str]) -> tuple[Alert, ...]:
    return tuple(Alert(f"{name}{level}", summary, labels) for level in ("Warning", "Critical"))


def _filling(pod: str, claim: str) -> list[Scene]:
    where, volume = {"pod": pod}, {"persistentvolumeclaim": claim}
    free = "kubelet_volume_stats_available_bytes"
    return [
        Scene(
            "nine tenths of the connections are in use",
            (Change("pg_stat_activity_count", 80, where | {"state": "active"}),),
            (Alert("PostgresConnectionsWarning", f"{pod} has 90 % of max_connections in use.", where),),
        ),
        Scene(
            "nearly all connections are in use",
            (Change("pg_stat_activity_count", 86, where | {"state": "active"}),),
            _two("PostgresConnections", f"{pod} has 96 % of max_connections in use.", where),
        ),
        Scene(
            "the lock table fills",
            (Change("pg_locks_count", 1600, where),),
            (Alert("PostgresLocks", f"{pod} holds 25 % of its lock table.", where),),
        ),
        Scene(
            "a volume fills",
            (Change(free, 25, volume),),
            (Alert("PostgresDiskWarning", f"The volume {claim} is 75 % full.", volume),),
        ),
        Scene(
            "a volume is nearly full",
            (Change(free, 8, volume),),
            _two("PostgresDisk", f"The volume {claim} is 92 % full.", volume),
        ),
    ]


def _working(pod: str, container: str) -> list[Scene]:
    where = {"pod": pod}
    own = where | {"container": container}
    return [
        Scene(
            "the server works all the time",
            (Change("container_cpu_usage_seconds_total", "0+54x60", own),),
            (Alert("PostgresCpu", f"{pod} uses 90 % of its CPU.", where),),
            at=25,
        ),
        Scene(
            "the server's memory fills",
            (Change("container_memory_working_set_bytes", 900 * 2**20, own),),
            (Alert("PostgresMemory", f"{pod} uses 90 % of its memory.", where),),
            at=25,
        ),
        Scene(
            "the app's statements became slow",
            (Change("pg_stat_statements_seconds_total", "0+150x60", where | {"user": "shop_app"}),),
            (Alert("PostgresSlowStatements", f"Statements on {pod} take 250 ms on average.", where),),
        ),
    ]


def _sessions(pod: str) -> list[Scene]:
    where, database = {"pod": pod}, {"datname": "shop"}
    return [
        Scene(
            "somebody went to lunch in a transaction",
            (Change("pg_stat_activity_max_tx_duration", "0+60x60", where),),
            (
                Alert(
                    "PostgresLongTransaction",
                    "A transaction of shop_app in shop is open for 900 s.",
                    {**where, **database, "usename": "shop_app"},
                ),
            ),
        ),
        Scene(
            "nothing freezes old rows",
            (Change("pg_database_wraparound_age_datfrozenxid_seconds", 300_000_001),),
            (
                Alert(
                    "PostgresTransactionIds",
                    "The oldest transaction id of shop is 300000001 transactions old.",
                    database,
                ),
            ),
        ),
        Scene(
            "two transactions lock each other all the time",
            (Change("pg_stat_database_deadlocks", "4000+3x60", where),),
            (Alert("PostgresDeadlocks", "15 deadlocks in shop within 5 minutes.", database),),
        ),
        Scene(
            "an app fails at each second transaction",
            (Change("pg_stat_database_xact_rollback", "0+6000x60"),),
            (Alert("PostgresRollbacks", "50 % of the transactions in shop are rolled back.", database),),
        ),
    ]


def _there(pod: str) -> list[Scene]:
    return [
        Scene(
            "the exporter can't read the locks",
            (Change("pg_scrape_collector_success", 0, {"pod": pod, "collector": "locks"}),),
            (
                Alert(
                    "PostgresMetricsIncomplete",
                    f"The exporter of {pod} can't read locks: alerts on that are silent.",
                    of(pod, collector="locks"),
                ),
            ),
        ),
        Scene(
            "the server came back four minutes ago",
            (Change("pg_postmaster_start_time_seconds", 11 * 60, {"pod": pod}),),
            (Alert("PostgresRestarted", f"PostgreSQL of {pod} started 240 s ago.", {"pod": pod}),),
        ),
    ]


def _dumps(service: str) -> list[Scene]:
    last = "kube_cronjob_status_last_successful_time"

    def told(alert: str, what: str, since: str) -> Alert:
        return Alert(alert, f"No {what} of {service} succeeded for {since}.")

    dumps = (
        told("PostgresDumpTooOld", "dump", "1h 17m 0s"),
        told("PostgresProofTooOld", "restore of a dump", "1h 17m 0s"),
    )
    others = tuple(
        Change(last, "60+60x200", {"cronjob": f"{service}-{job}"})
        for job in ("restore-proof", "snapshot", "base-backup")
    )
    return [
        Scene(
            "somebody deleted the CronJob",
            (Change("kube_cronjob_created", "_x200", {"cronjob": f"{service}-dump"}),),
            (
                Alert(
                    "PostgresBackupUnseen",
                    f"Nobody tells of the CronJob {service}-dump: it is gone, or kube-state-metrics is.",
                    {"namespace": "databases", "cronjob": f"{service}-dump"},
                ),
            ),
            at=65,
        ),
        Scene("no dump of this hour, and no proof", (), dumps, at=78),
        Scene(
            "no dump ever succeeded, and the others do",
            (Change(last, "_x200", {"cronjob": f"{service}-dump"}), *others),
            (told("PostgresDumpTooOld", "dump", "1h 18m 0s"),),
            at=78,
        ),
        Scene(
            "no base backup",
            (Change(last, "60+60x200"), Change(last, 60, {"cronjob": f"{service}-base-backup"})),
            (told("PostgresBackupTooOld", "base backup", "1h 29m 0s"),),
            at=90,
        ),
        Scene(
            "no snapshot",
            (Change(last, "60+60x200"), Change(last, 60, {"cronjob": f"{service}-snapshot"})),
            (told("PostgresSnapshotTooOld", "snapshot", "2h 9m 0s"),),
            at=130,
        ),
    ]


def _archives(pod: str) -> list[Scene]:
    where = {"pod": pod}
    return [
        Scene(
            "the store refuses the WAL",
            (
                Change("pg_stat_archiver_failed_count", "3+3x60", where),
                Change("pg_stat_archiver_archived_count", 40, where),
            ),
            (
                Alert(
                    "PostgresArchivingFails",
                    f"{pod} can't archive its WAL: nothing since then can be restored, and the volume fills.",
                    of(pod),
                ),
            ),
        ),
        Scene(
            "rows are written, and nobody even tries to archive",
            (Change("pg_stat_archiver_last_archive_age", "60+60x60", where),),
            (
                Alert(
                    "PostgresArchivingStopped",
                    f"{pod} writes, and has archived no WAL for 31m 0s.",
                    of(pod),
                ),
            ),
            at=30,
        ),
    ]


def common(service: str, pod: str, claim: str, container: str) -> tuple[Scene, ...]:
    """What may happen to a server of either topology."""
    return (
        *_there(pod),
        *_filling(pod, claim),
        *_working(pod, container),
        *_sessions(pod),
        *_dumps(service),
        *_archives(pod),
    )


_LOST = "The metrics of {} can't be read; nothing else would be told of it."

STANDALONE = (
    Scene(
        "the server is down, and its exporter says so",
        (Change("pg_up", 0),),
        (Alert("PostgresOffline", "No server of postgres answers."),),
    ),
    Scene(
        "the exporter does not answer",
        (Change("up", 0),),
        (Alert("PostgresMetricsAbsent", _LOST.format("postgres-0"), of("postgres-0", endpoint="metrics")),),
    ),
    Scene(
        "nothing knows of the exporter",
        (Change("up", "_x60"),),
        (Alert("PostgresMetricsAbsent", _LOST.format("postgres"), {"namespace": "databases"}),),
    ),
    *common("postgres", "postgres-0", "shop-data", "database"),
)

_GONE = "0x60"
_MISSING = Alert("PostgresStandbysMissing", "Only 1 of 2 standbys of pg stream.")

_MEMBERS = (
    Scene("no server answers", (Change("pg_up", 0),), (Alert("PostgresOffline", "No server of pg answers."),)),
    Scene(
        "nobody is primary",
        (Change("patroni_primary", 0),),
        (Alert("PostgresNoPrimary", "No member of pg is primary: nobody can write."),),
    ),
    Scene(
        "two say that they are primary",
        each("patroni_primary", 1, STANDBYS[1]),
        (Alert("PostgresTwoPrimaries", "2 members of pg say that they are primary."),),
    ),
    Scene("one of two standbys is gone", each("patroni_postgres_streaming", 0, STANDBYS[1]), (_MISSING,)),
    Scene(
        "both standbys are gone, and with them who acknowledges",
        (*each("patroni_postgres_streaming", 0, *STANDBYS), Change("patroni_sync_standby", 0)),
        (
            Alert("PostgresStandbysMissing", "Only 0 of 2 standbys of pg stream."),
            Alert("PostgresNoStandby", "No standby of pg streams."),
            Alert("PostgresNotSynchronous", "No standby of pg acknowledges what its primary writes."),
        ),
    ),
    Scene(
        "a standby is seconds behind",
        each("pg_replication_lag_seconds", 4.5, STANDBYS[0]),
        (Alert("PostgresLagWarning", f"{STANDBYS[0]} is 4.5 s behind its primary.", {"pod": STANDBYS[0]}),),
    ),
    Scene(
        "a standby is a minute behind",
        each("pg_replication_lag_seconds", 60, STANDBYS[0]),
        _two("PostgresLag", f"{STANDBYS[0]} is 60.0 s behind its primary.", {"pod": STANDBYS[0]}),
    ),
    Scene(
        "a slot of the primary is left over",
        (Change("pg_replication_slot_slot_is_active", 0, {"pod": PRIMARY, "slot_name": "pg_1"}),),
        (
            Alert(
                "PostgresSlotUnused",
                f"{PRIMARY} keeps WAL for the slot pg_1, which nobody reads.",
                of(PRIMARY, slot_name="pg_1"),
            ),
        ),
        at=65,
    ),
    Scene(
        "a member does not reach etcd",
        each("patroni_dcs_last_seen", 300, STANDBYS[0]),
        (Alert("PostgresConsensusOutOfReach", f"{STANDBYS[0]} has not reached etcd for 10m 0s.", of(STANDBYS[0])),),
    ),
    Scene(
        "a parameter waits for a restart for hours",
        each("patroni_pending_restart", 1, PRIMARY),
        (Alert("PostgresPendingRestart", f"{PRIMARY} has parameters that wait for a restart.", of(PRIMARY)),),
        at=65,
    ),
    Scene(
        "somebody forgot to resume",
        (Change("patroni_is_paused", 1),),
        (Alert("PostgresPaused", "Patroni of pg is paused: if the primary is lost, nobody takes over."),),
        at=65,
    ),
    Scene(
        "the REST API of one member can't be read",
        (Change("up", 0, {"pod": MEMBERS[1], "endpoint": "patroni"}),),
        (Alert("PostgresMetricsAbsent", _LOST.format(MEMBERS[1]), of(MEMBERS[1], endpoint="patroni")),),
    ),
)

_CONSENSUS = (
    Scene(
        "etcd has lost its majority",
        (Change("etcd_server_has_leader", 0),),
        (
            Alert("PostgresConsensusLost", "etcd of pg has no leader: no other primary can be chosen."),
            *(
                Alert(
                    "PostgresConsensusMember",
                    f"{pod} is not one of those that agree on a primary.",
                    of(pod, endpoint="health"),
                )
                for pod in ETCD
            ),
        ),
    ),
    Scene(
        "a member of etcd is gone",
        (Change("up", 0, {"pod": ETCD[2]}), Change("etcd_server_has_leader", "_x60", {"pod": ETCD[2]})),
        (
            Alert(
                "PostgresConsensusMember",
                f"{ETCD[2]} is not one of those that agree on a primary.",
                of(ETCD[2], endpoint="health"),
            ),
        ),
    ),
    Scene(
        "a disk of etcd is slow",
        (Change("etcd_disk_wal_fsync_duration_seconds_bucket", _GONE, {"pod": ETCD[0], "le": "0.008"}),),
        (Alert("PostgresConsensusSlow", f"{ETCD[0]} takes 2.0 s to write to its disk.", {"pod": ETCD[0]}),),
    ),
    Scene(
        "etcd is nearly full",
        (Change("etcd_mvcc_db_total_size_in_bytes", 90, {"pod": ETCD[1]}),),
        (Alert("PostgresConsensusFull", f"etcd of {ETCD[1]} has 90 % of its quota in use.", of(ETCD[1])),),
    ),
    Scene(
        "cert-manager does not renew",
        (Change("certmanager_certificate_expiration_timestamp_seconds", 10 * 86400, {"name": f"{REPLICATED}-tls"}),),
        (
            Alert(
                "PostgresCertificateEnds",
                "The certificate pg-tls ends in 9d 23h 30m 0s.",
                {"namespace": "databases", "name": "pg-tls"},
            ),
        ),
        at=30,
    ),
)

MEMBERS_LOUD = (*_MEMBERS, *_CONSENSUS, *common(REPLICATED, PRIMARY, f"shop-data-{PRIMARY}", "patroni"))
