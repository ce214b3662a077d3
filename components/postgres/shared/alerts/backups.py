"""Whether everything could be restored, up to a few minutes ago."""

from components.observability import Rule
from components.postgres.monitoring.watched import Watched
from components.postgres.shared.alerts.watched import on_primary
from components.settings.backup import Backup
from components.settings.thresholds import Thresholds

_PLUGIN = "barman_cloud_cloudnative_pg_io"


def backups(watched: Watched, thresholds: Thresholds, backup: Backup) -> list[Rule]:
    """Whether everything could be restored, up to a few minutes ago."""
    failed, archived = (watched.of(f"cnpg_pg_stat_archiver_last_{what}_time") for what in ("failed", "archived"))
    waiting = watched.of("cnpg_collector_pg_wal_archive_status", 'value="ready"')
    since = watched.of("cnpg_pg_stat_archiver_seconds_since_last_archival")
    last, broken = (f"max({watched.of(f'{_PLUGIN}_last_{what}_backup_timestamp')})" for what in ("available", "failed"))
    stood = f"({since} > {thresholds.archiving} or {since} < 0)"
    return [
        Rule(
            "PostgresArchivingFails",
            f"({failed} > {archived}) {on_primary(watched)}",
            "5m",
            "critical",
            "{{ $labels.pod }} can't archive its WAL: nothing since then can be restored, and the volume fills.",
        ),
        Rule(
            "PostgresArchivingStopped",
            f"({waiting} > 0) and on (namespace, pod) {stood} {on_primary(watched)}",
            "5m",
            "critical",
            "{{ $value }} segments of WAL of {{ $labels.pod }} wait for being archived, and none is.",
        ),
        Rule(
            "PostgresBackupMissing",
            f"({last} or vector(0)) == 0",
            f"{thresholds.base_backup_hours}h",
            "critical",
            f"There is no base backup of {watched.service} yet: nothing could be restored.",
        ),
        Rule(
            "PostgresBackupTooOld",
            f"time() - ({last} > 0) > {thresholds.oldest_backup(backup)}",
            "5m",
            "critical",
            f"The last base backup of {watched.service} is {{{{ $value | humanizeDuration }}}} old.",
        ),
        Rule(
            "PostgresBackupFailed",
            f"{broken} > {last}",
            "5m",
            "warning",
            f"The last base backup of {watched.service} failed.",
        ),
    ]
