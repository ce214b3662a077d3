"""Jobs of CronJobs: what they are made of, and what is said of their end."""

from typing import Any

import dumps
import plans
import pytest

from components.manifest import shown
from operations.__main__ import main
from operations.jobs import Run, of_cron_job
from operations.refusals import Failed


@pytest.fixture
def cron() -> dict[str, Any]:
    """The suspended CronJob of a stack, as the API server has it."""
    body = shown(plans.one(plans.plan("dev", dumps.in_store()), "CronJob", "postgres-restore").body)
    body["metadata"]["uid"] = "1"
    return body


def _env(job: dict[str, Any]) -> dict[str, str]:
    pod = job["spec"]["template"]["spec"]
    return {
        entry["name"]: entry.get("value", "")
        for container in [*pod.get("initContainers", []), *pod["containers"]]
        for entry in container.get("env", [])
    }


def test_a_job_is_told_which_dump(cron: dict[str, Any]) -> None:
    job = of_cron_job(cron, "postgres-restore-1", {"FROM": "observer-20261121T021700Z", "MODE": "fresh"})
    assert (_env(job)["FROM"], _env(job)["MODE"]) == ("observer-20261121T021700Z", "fresh"), "it is what was asked for"
    assert job["metadata"]["ownerReferences"][0]["uid"] == "1", "its CronJob cleans it away"


def test_as_it_stands_a_restore_touches_no_database_that_is_there(cron: dict[str, Any]) -> None:
    assert _env(of_cron_job(cron, "x"))["MODE"] == "copy", "`kubectl create job --from` must do no harm"


def test_one_step_is_a_pod_of_its_own(cron: dict[str, Any]) -> None:
    pod = of_cron_job(cron, "x", step=("fetch", "list"))["spec"]["template"]["spec"]
    assert [each["name"] for each in pod["containers"]] == ["list"], "nobody is superuser to list files"
    assert pod["initContainers"] == [] and pod["containers"][0]["command"] == ["sh", "/scripts/list.sh"]


class _Ended:
    """A namespace in which the Job has failed."""

    def job(self, _: str) -> dict[str, Any]:
        return {"status": {"conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]}}

    def pods(self, _: str) -> list[dict[str, Any]]:
        ended = {"exitCode": 1, "message": "there is no dump in the store"}
        return [{"status": {"initContainerStatuses": [{"name": "fetch", "state": {"terminated": ended}}]}}]


def test_a_failed_step_says_why(cron: dict[str, Any]) -> None:
    job = of_cron_job(cron, "postgres-restore-1")
    with pytest.raises(Failed, match="fetch: there is no dump in the store"):
        Run(_Ended(), job, lambda _: None).end()  # type: ignore[arg-type]


def test_a_stack_without_dumps_is_told_how_to_get_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--stack", "dev", "dumps"]) == 2, "there is nothing to ask"
    assert "database.backup.dumps" in capsys.readouterr().err, "and the setting is named"


def test_a_file_name_is_no_dump(capsys: pytest.CaptureFixture[str]) -> None:
    from operations.commands import dumps as commands  # noqa: PLC0415 (beside the sections of the same name)

    dumped = commands.Dumped("dev", "c", "n", "postgres")
    with pytest.raises(Failed, match="make dumps"):
        commands.restore(dumped, None, "../observer.dump", "copy")  # type: ignore[arg-type]
