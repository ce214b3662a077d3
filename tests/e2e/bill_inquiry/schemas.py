"""Bill-Inquiry on the embedded node, as the tests see it: its database, its SQL files, the Job that applies them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.live import Answer, Live, wait_for
from tests.e2e.trial import Ended, Trial

SERVICE = "postgresql-bill-inquiry"
DATABASE = "bill_inquiry_db"
SELECTED = f"app.kubernetes.io/name={SERVICE}-schema"
ENDED_WITHIN = 90.0
"""Seconds for a Job of a few small files; one whose pod was taken away waits ten of them before it tries again."""

_LOG_IN = 'IFS= read -r PGPASSWORD; export PGPASSWORD; exec psql -X -q -A -t -h 127.0.0.1 -U "$1" -d "$2" -c "$3"'
_AS_SUPERUSER = 'PGPASSWORD="$POSTGRES_PASSWORD" psql -X -q -h 127.0.0.1 -U "$POSTGRES_USER"'
_OF_THE_JOB = ("controller-uid", "batch.kubernetes.io/controller-uid", "job-name", "batch.kubernetes.io/job-name")


@dataclass
class BillInquiry:
    """The stack, and how its first `up` ended."""

    trial: Trial
    first_up: Ended

    @property
    def live(self) -> Live:
        """What really is in its namespace."""
        return self.trial.live

    @property
    def folder(self) -> Path:
        """The SQL files of this copy of the program: they may be changed."""
        return self.trial.place / "program" / "sql" / "bill-inquiry"

    def psql(self, role: str, sql: str, database: str = DATABASE) -> Answer:
        """One statement as `owner`, `app`, `reader` or `superuser`."""
        entries = self.live.secret(f"{SERVICE}-{role}")
        user = entries["POSTGRES_USER" if role == "superuser" else "username"]
        password = entries["POSTGRES_PASSWORD" if role == "superuser" else "password"]
        words = ["exec", "--stdin", f"{SERVICE}-0", "--", "sh", "-c", _LOG_IN, "psql", user, database, sql]
        return self.live.ask(*words, stdin=f"{password}\n")

    def rows(self, sql: str, database: str = DATABASE) -> str:
        """What a query answers to the superuser: columns by `|`, a row a line."""
        answer = self.psql("superuser", sql, database)
        assert answer.ok, f"the superuser's `{sql}` failed: {answer.text}"
        return answer.text

    def run_script(self, files: Mapping[str, str], database: str) -> Answer:
        """What psql says that runs `apply.psql`, one of `files`, as the superuser, all of them in one folder."""
        written = "".join(f"cat > /tmp/sql/{name} <<'END OF FILE'\n{text}END OF FILE\n" for name, text in files.items())
        script = (
            f"rm -rf /tmp/sql; mkdir /tmp/sql\n{written}{_AS_SUPERUSER} -d {database} -f /tmp/sql/apply.psql 2>&1\n"
        )
        return self.live.ask("exec", "--stdin", f"{SERVICE}-0", "--", "sh", stdin=script)

    def applied(self) -> list[str]:
        """What the ledger holds, in the order in which it was applied."""
        rows = self.rows("SELECT name FROM postgres_apps.migration WHERE name LIKE 'schema/%' ORDER BY applied_at")
        return [name.removeprefix("schema/") for name in rows.splitlines()]

    def job(self) -> dict[str, Any]:
        """The stack's Job: the last one, for after an `up` that failed the one before is there too."""
        jobs = [job for job in self.live.objects("jobs", "-l", SELECTED) if "copied" not in job["metadata"]["name"]]
        return max(jobs, key=lambda job: job["metadata"]["creationTimestamp"])

    def log(self, job: str = "") -> str:
        """What a Job wrote, by default the stack's own."""
        return self.live.kubectl("logs", f"job/{job or self.job()['metadata']['name']}")

    def copied(self, name: str) -> str:
        """Another Job of the same template, as a second `up` at the same moment would make it; its name."""
        spec = self.job()["spec"]
        labels = {k: v for k, v in spec["template"]["metadata"]["labels"].items() if k not in _OF_THE_JOB}
        template = {**spec["template"], "metadata": {**spec["template"]["metadata"], "labels": labels}}
        fields = {"backoffLimit": 2, "activeDeadlineSeconds": 120, "template": template}
        name = f"copied-{name}"
        job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": fields}
        self.live.kubectl("create", "-f", "-", stdin=json.dumps(job))
        return name

    def succeeded(self, job: str) -> None:
        """Wait until a Job is complete."""

        def complete() -> bool:
            return self.live.one("job", job).get("status", {}).get("succeeded") == 1

        wait_for(f"the end of {job}", complete, ENDED_WITHIN)

    def until_it_says(self, job: str, words: str) -> None:
        """Wait until the log of a Job has `words` in it."""
        wait_for(f"{words!r} of {job}", lambda: words in self.live.ask("logs", f"job/{job}").text, ENDED_WITHIN)
