"""Settings of dumps, proofs and snapshots: what is refused, and with which words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from components.settings.backups import LONGEST_SERVICE, Backups, Dumps, check_backups
from components.settings.schedule import cron_gaps

CLAIM = {"claim": "dumps", "size": "5Gi"}


def _refused(section: dict) -> str:
    with pytest.raises(ValidationError) as caught:
        Backups.model_validate(section)
    return str(caught.value)


def test_dumps_have_one_place() -> None:
    assert "exactly one of storage, s3" in _refused({"dumps": {}}), "dumps without a place are none"


def test_nothing_in_backup_is_a_mistake() -> None:
    assert "one or more of" in _refused({}), "an empty section looks like a backup and is none"


def test_a_password_that_goes_with_the_state_is_refused() -> None:
    text = _refused({"dumps": {"storage": CLAIM, "encrypt": {"generate": 32}}})
    assert "outlives this stack" in text, "the password must be there when the stack is not"


@given(st.integers(0, 59), st.integers(0, 23))
def test_a_nightly_schedule_comes_once_a_day(minute: int, hour: int) -> None:
    assert cron_gaps(f"{minute} {hour} * * *") == (86400, 86400), "five fields: the first is the minute"


def test_six_fields_are_refused_for_a_cron_job() -> None:
    text = _refused({"dumps": {"storage": CLAIM, "schedule": "0 0 2 * * *"}})
    assert "five fields" in text and "found 6" in text, "what the operator's schedules have, Kubernetes has not"


@pytest.mark.parametrize("topology", ["shared", "external"])
def test_a_database_that_others_back_up_takes_no_dumps(topology: str) -> None:
    with pytest.raises(ValueError, match="allowed"):
        check_backups(topology, "postgres", Backups(dumps=Dumps(storage=CLAIM)))  # type: ignore[arg-type]


def test_a_service_leaves_room_for_the_name_of_its_cron_jobs() -> None:
    backup = Backups.model_validate({"dumps": {"storage": CLAIM}})
    check_backups("standalone", "p" * LONGEST_SERVICE, backup)
    with pytest.raises(ValueError, match="at most 52"):
        check_backups("standalone", "p" * (LONGEST_SERVICE + 1), backup)
