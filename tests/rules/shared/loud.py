"""What is wrong with a Cluster, and the alerts that say so."""

from tests.rules.scenes import Alert, Scene, of
from tests.rules.series import Change
from tests.rules.shared.healthy import AVAILABLE, FAILED, PRIMARY, READY, SERVICE, SINCE, STANDBYS, WAITING

STOPPED = Alert(
    "PostgresArchivingStopped",
    f"7 segments of WAL of {PRIMARY} wait for being archived, and none is.",
    {**of(PRIMARY), **READY},
)
FAILS = Alert(
    "PostgresArchivingFails",
    f"{PRIMARY} can't archive its WAL: nothing since then can be restored, and the volume fills.",
    of(PRIMARY),
)
MISSING = Alert("PostgresBackupMissing", f"There is no base backup of {SERVICE} yet: nothing could be restored.")

LOUD = (
    Scene(
        "no instance answers",
        (Change("cnpg_collector_up", 0),),
        (Alert("PostgresOffline", f"No instance of {SERVICE} answers."),),
    ),
    Scene(
        "the metrics of one instance can't be read",
        (Change("up", 0, {"pod": STANDBYS[0]}),),
        (
            Alert(
                "PostgresMetricsAbsent",
                f"The metrics of {STANDBYS[0]} can't be read; nothing else would be told of it.",
                of(STANDBYS[0]),
            ),
        ),
    ),
    Scene(
        "one of two standbys is gone",
        (Change("cnpg_pg_replication_streaming_replicas", 1, {"pod": PRIMARY}),),
        (Alert("PostgresStandbysMissing", f"Only 1 of 2 standbys of {SERVICE} stream."),),
    ),
    Scene(
        "both standbys are gone",
        (Change("cnpg_pg_replication_streaming_replicas", 0, {"pod": PRIMARY}),),
        (
            Alert("PostgresStandbysMissing", f"Only 0 of 2 standbys of {SERVICE} stream."),
            Alert("PostgresNoStandby", f"No standby of {SERVICE} streams."),
        ),
    ),
    Scene(
        "a standby receives nothing",
        (Change("cnpg_pg_replication_is_wal_receiver_up", 0, {"pod": STANDBYS[1]}),),
        (Alert("PostgresStandbyBroken", f"The standby {STANDBYS[1]} receives no WAL.", of(STANDBYS[1])),),
    ),
    Scene(
        "two instances are on one node",
        (Change("cnpg_collector_nodes_used", 2),),
        (Alert("PostgresNodeShared", f"The 3 instances of {SERVICE} are on 2 node(s)."),),
    ),
    Scene(
        "two nodes are in one zone",
        (Change("kube_node_labels", 1, {"node": "node-3"}, {"label_topology_kubernetes_io_zone": "zone-1"}),),
        (Alert("PostgresZoneShared", f"The 3 instances of {SERVICE} are on 2 zone(s)."),),
    ),
    Scene(
        "nine tenths of the connections are in use",
        (Change("cnpg_backends_total", 90, {"pod": PRIMARY}),),
        (Alert("PostgresConnectionsWarning", f"{PRIMARY} has 90 % of max_connections in use.", {"pod": PRIMARY}),),
    ),
    Scene(
        "nearly all connections are in use",
        (Change("cnpg_backends_total", 96, {"pod": PRIMARY}),),
        tuple(
            Alert(f"PostgresConnections{level}", f"{PRIMARY} has 96 % of max_connections in use.", {"pod": PRIMARY})
            for level in ("Warning", "Critical")
        ),
    ),
    Scene(
        "a volume fills",
        (Change("kubelet_volume_stats_available_bytes", 25, {"persistentvolumeclaim": STANDBYS[0]}),),
        (
            Alert(
                "PostgresDiskWarning",
                f"The volume {STANDBYS[0]} is 75 % full.",
                {"persistentvolumeclaim": STANDBYS[0]},
            ),
        ),
    ),
    Scene(
        "a volume is nearly full",
        (Change("kubelet_volume_stats_available_bytes", 8, {"persistentvolumeclaim": PRIMARY}),),
        tuple(
            Alert(f"PostgresDisk{level}", f"The volume {PRIMARY} is 92 % full.", {"persistentvolumeclaim": PRIMARY})
            for level in ("Warning", "Critical")
        ),
    ),
    Scene(
        "one instance works all the time",
        (Change("container_cpu_usage_seconds_total", "0+99x60", {"pod": PRIMARY}),),
        (Alert("PostgresCpu", f"{PRIMARY} uses 82 % of its CPU.", {"pod": PRIMARY}),),
        at=25,
    ),
    Scene(
        "one instance's memory fills",
        (Change("container_memory_working_set_bytes", 900 * 2**20, {"pod": PRIMARY}),),
        (Alert("PostgresMemory", f"{PRIMARY} uses 90 % of its memory.", {"pod": PRIMARY}),),
        at=25,
    ),
    Scene(
        "a standby is seconds behind",
        (Change("cnpg_pg_replication_lag", 4.5, {"pod": STANDBYS[0]}),),
        (Alert("PostgresLagWarning", f"{STANDBYS[0]} is 4.5 s behind its primary.", {"pod": STANDBYS[0]}),),
    ),
    Scene(
        "a standby is a minute behind",
        (Change("cnpg_pg_replication_lag", 60, {"pod": STANDBYS[0]}),),
        tuple(
            Alert(f"PostgresLag{level}", f"{STANDBYS[0]} is 60.0 s behind its primary.", {"pod": STANDBYS[0]})
            for level in ("Warning", "Critical")
        ),
    ),
    Scene(
        "somebody went to lunch in a transaction",
        (Change("cnpg_backends_max_tx_duration_seconds", "0+60x60", {"pod": PRIMARY}),),
        (
            Alert(
                "PostgresLongTransaction",
                "A transaction of app in app is open for 900 s.",
                {"pod": PRIMARY, "datname": "app", "usename": "app"},
            ),
        ),
    ),
    Scene(
        "nothing freezes old rows",
        (Change("cnpg_pg_database_xid_age", 300_000_001),),
        (
            Alert(
                "PostgresTransactionIds",
                "The oldest transaction id of app is 300000001 transactions old.",
                {"datname": "app"},
            ),
        ),
    ),
    Scene(
        "two transactions lock each other all the time",
        (Change("cnpg_pg_stat_database_deadlocks", "4000+3x60", {"pod": PRIMARY}),),
        (Alert("PostgresDeadlocks", "15 deadlocks in app within 5 minutes.", {"datname": "app"}),),
    ),
    Scene(
        "the store refuses the WAL",
        (Change("cnpg_pg_stat_archiver_last_failed_time", "120+60x60", {"pod": PRIMARY}),),
        (FAILS,),
    ),
    Scene(
        "WAL waits and nothing fails, because nothing is even tried",
        (WAITING, Change(SINCE, "840+60x60", {"pod": PRIMARY})),
        (STOPPED,),
    ),
    Scene("WAL was never archived", (WAITING, Change(SINCE, -1, {"pod": PRIMARY})), (STOPPED,)),
    # By then time() is above every age: promtool's clock begins at 0.
    Scene("the first base backup isn't taken", (Change(AVAILABLE, 0),), (MISSING,), at=27 * 60),
    Scene("the plugin is gone, and its metrics with it", (Change(AVAILABLE, "_x1500"),), (MISSING,), at=125),
    Scene(
        "last night's base backup wasn't taken",
        (),
        (Alert("PostgresBackupTooOld", f"The last base backup of {SERVICE} is 1d 2h 9m 0s old."),),
        at=26 * 60 + 10,
    ),
    Scene(
        "a base backup failed",
        (Change(FAILED, 600),),
        (Alert("PostgresBackupFailed", f"The last base backup of {SERVICE} failed."),),
        at=25,
    ),
)
