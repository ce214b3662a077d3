"""Alerts on what is kept beside the database: dumps, and the proof that they restore, by kube-state-metrics."""

from components.observability import Rule
from components.settings.backups import Backups
from components.settings.schedule import cron_gaps


def backups(namespace: str, service: str, settings: Backups | None) -> list[Rule]:
    """Whether each CronJob succeeds when its schedule says so; a run may take its deadline."""
    found = []
    if settings is not None and settings.dumps is not None:
        dumps, proof = settings.dumps, settings.dumps.proof
        late = dumps.longest_gap + dumps.deadline_seconds
        found.append(_late("PostgresDumpTooOld", namespace, f"{service}-dump", late, f"dump of {service}"))
        late = cron_gaps(proof.schedule)[1] + proof.deadline_seconds
        what = f"restore of a dump of {service}"
        found.append(_late("PostgresProofTooOld", namespace, f"{service}-restore-proof", late, what))
    return found


def _late(alert: str, namespace: str, job: str, seconds: int, what: str) -> Rule:
    """Since the last success; since the CronJob is there, until one of its runs succeeded."""
    own = f'{{namespace="{namespace}",cronjob="{job}"}}'
    last = f"max(kube_cronjob_status_last_successful_time{own}) or max(kube_cronjob_created{own})"
    summary = f"No {what} succeeded for {{{{ $value | humanizeDuration }}}}."
    return Rule(alert, f"time() - ({last}) > {seconds}", "5m", "critical", summary)
