"""The alerts that only a replicated database has: what Patroni and etcd say of themselves.

Metrics: patroni 4.1 (patroni/api.py, do_GET_metrics) and etcd 3.6 (etcd.io/docs, «Metrics»). Each alert has a section
of its name in docs/alerts.md.
"""

from components.observability import Rule
from components.postgres.monitoring.rules import levels
from components.postgres.monitoring.watched import Watched
from components.settings.replicated import Replicated
from components.settings.thresholds import Thresholds


def _primary(members: Watched) -> list[Rule]:
    primaries = f"sum({members.of('patroni_primary')})"
    none = f"No member of {members.service} is primary: nobody can write."
    two = f"{{{{ $value }}}} members of {members.service} say that they are primary."
    return [
        Rule("PostgresNoPrimary", f"({primaries} or vector(0)) == 0", "1m", "critical", none),
        Rule("PostgresTwoPrimaries", f"{primaries} > 1", "1m", "critical", two),
    ]


def _standbys(members: Watched, thresholds: Thresholds, settings: Replicated) -> list[Rule]:
    streaming = f"(sum({members.of('patroni_postgres_streaming')}) or vector(0))"
    wanted, there = min(thresholds.standbys, members.instances - 1), members.instances - 1
    some = f"Only {{{{ $value }}}} of {there} standbys of {members.service} stream."
    behind = "{{ $labels.pod }} is {{ $value | printf `%.1f` }} s behind its primary."
    lag = f"max by (pod) ({members.of('pg_replication_lag_seconds')})"
    found = [
        *([Rule("PostgresStandbysMissing", f"{streaming} < {wanted}", "5m", "warning", some)] if wanted > 1 else []),
        Rule("PostgresNoStandby", f"{streaming} < 1", "5m", "critical", f"No standby of {members.service} streams."),
        *levels("PostgresLag", lag, thresholds.lag, behind),
    ]
    if settings.synchronous == "off":
        return found
    word = "quorum" if settings.synchronous == "quorum" else "sync"
    acknowledging = f"(sum({members.of(f'patroni_{word}_standby')}) or vector(0)) == 0"
    lost = f"No standby of {members.service} acknowledges what its primary writes."
    return [*found, Rule("PostgresNotSynchronous", acknowledging, "5m", "warning", lost)]


def _kept(members: Watched) -> Rule:
    # Patroni takes the slot of a member that stays away after 30 minutes (member_slots_ttl).
    idle = f"({members.of('pg_replication_slot_slot_is_active')} == 0) and on (namespace, pod)"
    expression = f"{idle} ({members.of('pg_replication_is_replica')} == 0)"
    kept = "{{ $labels.pod }} keeps WAL for the slot {{ $labels.slot_name }}, which nobody reads."
    return Rule("PostgresSlotUnused", expression, "1h", "warning", kept)


def members(watched: Watched, thresholds: Thresholds, settings: Replicated) -> list[Rule]:
    """What members say of themselves and of each other."""
    seen = f"time() - {watched.of('patroni_dcs_last_seen')} > {2 * settings.ttl}"
    lost = "{{ $labels.pod }} has not reached etcd for {{ $value | humanizeDuration }}."
    restart = "{{ $labels.pod }} has parameters that wait for a restart."
    paused = f"Patroni of {watched.service} is paused: if the primary is lost, nobody takes over."
    return [
        *_primary(watched),
        *_standbys(watched, thresholds, settings),
        _kept(watched),
        Rule("PostgresConsensusOutOfReach", seen, "1m", "critical", lost),
        Rule("PostgresPendingRestart", f"{watched.of('patroni_pending_restart')} == 1", "1h", "warning", restart),
        Rule("PostgresPaused", f"max({watched.of('patroni_is_paused')}) == 1", "1h", "warning", paused),
    ]


def consensus(etcd: Watched) -> list[Rule]:
    """What etcd says of itself. Half a second and four fifths are etcd's own mixin's (contrib/mixin)."""
    leader = etcd.of("etcd_server_has_leader")
    used = f"{etcd.of('etcd_mvcc_db_total_size_in_bytes')} / {etcd.of('etcd_server_quota_backend_bytes')}"
    fsync = f"sum by (pod, le) (rate({etcd.of('etcd_disk_wal_fsync_duration_seconds_bucket')}[5m]))"
    none = f"etcd of {etcd.service} has no leader: no other primary can be chosen."
    alone = "{{ $labels.pod }} is not one of those that agree on a primary."
    slow = "{{ $labels.pod }} takes {{ $value | printf `%.1f` }} s to write to its disk."
    full = "etcd of {{ $labels.pod }} has {{ $value | printf `%.0f` }} % of its quota in use."
    return [
        Rule("PostgresConsensusLost", f"(max({leader}) or vector(0)) == 0", "1m", "critical", none),
        Rule("PostgresConsensusMember", f"({leader} or {etcd.of('up')}) == 0", "5m", "warning", alone),
        Rule("PostgresConsensusSlow", f"histogram_quantile(0.99, {fsync}) > 0.5", "10m", "warning", slow),
        Rule("PostgresConsensusFull", f"100 * {used} > 80", "10m", "warning", full),
    ]
