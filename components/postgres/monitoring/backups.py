"""Alerts on what is kept beside the database: dumps, the proof that they restore, snapshots, base backups and WAL."""

from dataclasses import dataclass

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
    jobs = _jobs(settings)
    found = [_late(watched, job) for job in jobs] + ([_unseen(watched, jobs)] if jobs else [])
    return found + (_archiving(watched, thresholds, settings.wal) if settings.wal else [])


@dataclass(frozen=True)
class _Job:
    """A CronJob, by what is behind the database's name in its own: its alert, the seconds after which a success is too
    old, and in words what it does."""

    name: str
    alert: str
    late: int
    what: str

    def series(self, metric: str, watched: Watched) -> str:
        own = f'namespace="{watched.namespace}",cronjob="{watched.service}-{self.name}"'
        return f"kube_cronjob_{metric}{{{own}}}"


def _jobs(settings: Backups) -> list[_Job]:
    """Each is to succeed when its schedule says so; a run may take its deadline."""
    found = []
    if (dumps := settings.dumps) is not None:
        proved = cron_gaps(dumps.proof.schedule)[1] + dumps.proof.deadline_seconds
        found.append(_Job("dump", "PostgresDumpTooOld", dumps.longest_gap + dumps.deadline_seconds, "dump"))
        found.append(_Job("restore-proof", "PostgresProofTooOld", proved, "restore of a dump"))
    if (snapshots := settings.snapshots) is not None:
        late = cron_gaps(snapshots.schedule)[1] + _SNAPSHOT_TAKES
        found.append(_Job("snapshot", "PostgresSnapshotTooOld", late, "snapshot"))
    if (wal := settings.wal) is not None:
        late = wal.longest_gap + wal.deadline_seconds
        found.append(_Job("base-backup", "PostgresBackupTooOld", late, "base backup"))
    return found


def _late(watched: Watched, job: _Job) -> Rule:
    """By kube-state-metrics: since the last success, or since the CronJob is there until one of its runs succeeded."""
    succeeded, made = (job.series(metric, watched) for metric in ("status_last_successful_time", "created"))
    summary = f"No {job.what} of {watched.service} succeeded for {{{{ $value | humanizeDuration }}}}."
    return Rule(job.alert, f"time() - (max({succeeded}) or max({made})) > {job.late}", "5m", "critical", summary)


def _unseen(watched: Watched, jobs: list[_Job]) -> Rule:
    """The alerts above are silent where nobody tells of the CronJob, and silence says that all is well."""
    expression = " or ".join(f"absent({job.series('created', watched)})" for job in jobs)
    summary = "Nobody tells of the CronJob {{ $labels.cronjob }}: it is gone, or kube-state-metrics is."
    return Rule("PostgresBackupUnseen", expression, "1h", "warning", summary)


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
