"""Alerts on what is kept beside the database: dumps, the proof that they restore, snapshots, base backups and WAL."""

from collections.abc import Iterator

from components.observability import Rule
from components.postgres.monitoring.watched import Watched
from components.settings.backups import Backups
from components.settings.schedule import cron_gaps
from components.settings.thresholds import Thresholds
from components.settings.wal import Wal

_SNAPSHOT_TAKES = 3600
"""Seconds after which a snapshot is late; cutting one takes seconds, and waiting until it can be used minutes."""


def backups(watched: Watched, thresholds: Thresholds, settings: Backups | None) -> list[Rule]:
    """Whether everything could be restored; nothing of what is not kept."""
    if settings is None:
        return []
    found = list(_jobs(watched, settings))
    return found + (_archiving(watched, thresholds, settings.wal) if settings.wal else [])


def _jobs(watched: Watched, settings: Backups) -> Iterator[Rule]:
    """Whether each CronJob succeeds when its schedule says so; a run may take its deadline."""
    if (dumps := settings.dumps) is not None:
        yield _late(watched, "PostgresDumpTooOld", "dump", dumps.longest_gap + dumps.deadline_seconds, "dump")
        late = cron_gaps(dumps.proof.schedule)[1] + dumps.proof.deadline_seconds
        yield _late(watched, "PostgresProofTooOld", "restore-proof", late, "restore of a dump")
    if (snapshots := settings.snapshots) is not None:
        late = cron_gaps(snapshots.schedule)[1] + _SNAPSHOT_TAKES
        yield _late(watched, "PostgresSnapshotTooOld", "snapshot", late, "snapshot")
    if (wal := settings.wal) is not None:
        yield _late(
            watched, "PostgresBackupTooOld", "base-backup", wal.longest_gap + wal.deadline_seconds, "base backup"
        )


def _late(watched: Watched, alert: str, job: str, seconds: int, what: str) -> Rule:
    """By kube-state-metrics: since the last success, or since the CronJob is there until one of its runs succeeded."""
    own = f'{{namespace="{watched.namespace}",cronjob="{watched.service}-{job}"}}'
    last = f"max(kube_cronjob_status_last_successful_time{own}) or max(kube_cronjob_created{own})"
    summary = f"No {what} of {watched.service} succeeded for {{{{ $value | humanizeDuration }}}}."
    return Rule(alert, f"time() - ({last}) > {seconds}", "5m", "critical", summary)


def _archiving(watched: Watched, thresholds: Thresholds, wal: Wal) -> list[Rule]:
    failed, archived = (
        f"increase({watched.of(f'pg_stat_archiver_{what}_count')}[10m]) > 0" for what in ("failed", "archived")
    )
    # PostgreSQL closes a segment after so long, if anything was written into it.
    longest = max(thresholds.archiving, 2 * wal.timeout)
    written = " + ".join(
        f"sum by (namespace, pod) (increase({watched.of(f'pg_stat_database_tup_{what}')}[{longest}s]))"
        for what in ("inserted", "updated", "deleted")
    )
    waits = f"({watched.of('pg_stat_archiver_last_archive_age')} > {longest}) and on (namespace, pod) ({written} > 0)"
    return [
        Rule(
            "PostgresArchivingFails",
            f"({failed}) unless on (namespace, pod) ({archived})",
            "5m",
            "critical",
            "{{ $labels.pod }} can't archive its WAL: nothing since then can be restored, and the volume fills.",
        ),
        Rule(
            "PostgresArchivingStopped",
            waits,
            "5m",
            "critical",
            "{{ $labels.pod }} writes, and has archived no WAL for {{ $value | humanizeDuration }}.",
        ),
    ]
