"""A bucket in a test's object store, and a database's WAL on its way to it."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from devcluster.images import rclone
from tests.e2e.live import Live, wait_for
from tests.e2e.store import PORT, Store

MADE_WITHIN = 60.0
ARCHIVED_WITHIN = 150.0
"""Seconds: PostgreSQL tries three times, then waits a minute (postgresql.org, «archive_command»; pgarch.c)."""

NOW = """SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
SWITCH = "SELECT pg_walfile_name(pg_switch_wal())"
ARCHIVED = "SELECT coalesce(last_archived_wal, '') FROM pg_stat_archiver"
FAILED = "SELECT failed_count FROM pg_stat_archiver"

_RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


def make_bucket(store: Store, name: str) -> None:
    """Have an empty bucket; pgBackRest makes none."""
    kinds = {"TYPE": "s3", "PROVIDER": "Minio", "ENDPOINT": f"https://minio.{store.live.namespace}.svc:{PORT}"}
    keys = {"ACCESS_KEY_ID": "MINIO_ROOT_USER", "SECRET_ACCESS_KEY": "MINIO_ROOT_PASSWORD"}
    env: list[dict[str, Any]] = [
        {"name": f"RCLONE_CONFIG_STORE_{option}", "value": value} for option, value in kinds.items()
    ]
    for option, key in keys.items():
        source = {"secretKeyRef": {"name": "minio-root", "key": key}}
        env.append({"name": f"RCLONE_CONFIG_STORE_{option}", "valueFrom": source})
    container = {
        "name": "rclone",
        "image": rclone.IMAGE.reference,
        "command": ["rclone", "--config=", "--no-check-certificate", "mkdir", f"store:{name}"],
        "env": env,
        "securityContext": _RESTRICTED,
    }
    spec = {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 65534, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
    }
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"make-{name}"}, "spec": spec}
    store.live.kubectl("apply", "-f", "-", stdin=json.dumps(pod))
    phase = lambda: store.live.ask("get", "pod", f"make-{name}", "-o", "jsonpath={.status.phase}").text  # noqa: E731
    wait_for(f"the bucket {name}", lambda: phase() == "Succeeded", MADE_WITHIN)


@dataclass(frozen=True)
class Archived:
    """A database whose WAL goes to an archive; `rows` answers to a query of its superuser's."""

    live: Live
    rows: Callable[[str], str]

    def moment(self) -> str:
        """A moment between what was written before and what will be: a commit must lie after it, or recovery would
        not know that it is past it."""
        found = self.rows(NOW)
        time.sleep(1)
        return found

    def archive(self) -> str:
        """Have all archived that was written; the name of its last segment."""
        segment = self.rows(SWITCH)
        wait_for(f"{segment} to be archived", lambda: self.rows(ARCHIVED) >= segment, ARCHIVED_WITHIN)
        return segment

    def first_base_backup(self) -> str:
        """What was said of the one that `up` has taken, once it is there."""
        of = ("-l", "app.kubernetes.io/name=postgres-base-backup")
        jobs = lambda: self.live.objects("jobs", *of)  # noqa: E731
        wait_for("a base backup", lambda: any(job["status"].get("succeeded") for job in jobs()), ARCHIVED_WITHIN)
        return self.live.kubectl("logs", *of, "--tail=-1")

    def base_backup(self, service: str = "postgres") -> None:
        """Have one taken now, as the schedule does."""
        name = f"{service}-base-backup"
        run = f"{name}-now"
        self.live.kubectl("create", "job", run, f"--from=cronjob/{name}")
        wait_for("a base backup", lambda: self._succeeded(run), ARCHIVED_WITHIN)

    def _succeeded(self, job: str) -> bool:
        return self.live.one("job", job).get("status", {}).get("succeeded") == 1
