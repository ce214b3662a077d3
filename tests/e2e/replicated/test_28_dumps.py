"""Dumps of a replicated database: taken through the router, proved, and restored beside it."""

import re

from devcluster.images import rclone
from tests.e2e.backups.dumped import Dumped, on_claim
from tests.e2e.replicated.database import AS_SUPERUSER, Replicated
from tests.e2e.shared import operators
from tests.e2e.stacks import Observer

COUNT = "SELECT count(*) FROM observation"


def test_a_replicated_database_is_dumped_proved_and_restored(replicated: Observer, database: Replicated) -> None:
    operators.load(rclone.IMAGE)
    rows = database.said(COUNT).strip()
    replicated.trial.change(on_claim(checks={"rows": {"query": COUNT, "expect": rows}}))
    replicated.trial.up()
    dumped = Dumped(replicated.trial)
    dumped.run("dump-now")
    dumped.run("prove-now")
    (listed,) = dumped.listed()
    assert "proved at" in listed and "1 checks" in listed, f"it was restored elsewhere: {listed}"
    (copy,) = re.findall(r"observer_restored_\d+", dumped.run("restore-copy").text)
    inside = ["exec", database.members.leader, "-c", "patroni", "--", "sh", "-c", AS_SUPERUSER, "psql", copy, COUNT]
    assert replicated.live.kubectl(*inside).strip() == rows, f"the rows are in {copy}"
