"""Jobs that run once per definition."""

from collections.abc import Mapping
from typing import Any

from components.manifest import Manifest, Reference
from components.names import Scope, digest

KEEP_FINISHED = 3600
"""Seconds that a finished Job stays to be looked at; the Observer's own job template says the same."""


def once(
    scope: Scope,
    name: str,
    template: Mapping[str, Any],
    *,
    labels: Mapping[str, str],
    deadline: int,
    retries: int,
    after: tuple[Reference, ...],
    annotations: Mapping[str, str] | None = None,
) -> Manifest:
    """A Job named after the digest of its template: a changed definition is a new Job, the same one never a second.

    `deadline` in seconds for all tries together; `retries` is how often a failed pod is tried again.
    """
    spec = {
        "ttlSecondsAfterFinished": KEEP_FINISHED,
        "backoffLimit": retries,
        "activeDeadlineSeconds": deadline,
        "template": {**template, "spec": {**template["spec"], "restartPolicy": "Never"}},
    }
    # 63 for the pod's labels, less the digest and what the Job controller appends.
    named = f"{name[:40]}-{digest(spec)}"
    return scope.manifest("batch/v1", "Job", named, {"spec": spec}, labels=labels, annotations=annotations, after=after)


def daily(
    scope: Scope,
    name: str,
    template: Mapping[str, Any],
    *,
    labels: Mapping[str, str],
    schedule: str,
    deadline: int,
    after: tuple[Reference, ...],
    retries: int = 1,
    suspended: bool = False,
) -> Manifest:
    """A CronJob, never two runs at once; `schedule` as cron writes it, in UTC, and `deadline` in seconds for a run.

    `suspended`: it runs when somebody makes a Job of it (`kubectl create job --from`), and not by itself.
    """
    pods = {**template, "spec": {**template["spec"], "restartPolicy": "Never"}}
    run = {
        "ttlSecondsAfterFinished": KEEP_FINISHED,
        "backoffLimit": retries,
        "activeDeadlineSeconds": deadline,
        "template": pods,
    }
    spec = {
        "schedule": schedule,
        "timeZone": "Etc/UTC",
        "concurrencyPolicy": "Forbid",
        "successfulJobsHistoryLimit": 1,
        "failedJobsHistoryLimit": 1,
        "jobTemplate": {"spec": run},
        **({"suspend": True} if suspended else {}),
    }
    return scope.manifest("batch/v1", "CronJob", name, {"spec": spec}, labels=labels, after=after)
