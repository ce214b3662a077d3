"""Settings of WAL archiving and of the recovery from it: what is refused, and with which words."""

from typing import Any

import plans
import pytest
import wal
from hypothesis import given
from hypothesis import strategies as st

from components.settings.mistakes import SettingsRefused
from components.settings.wal import GLIBC, LONGEST_SERVICE, MUSL, Wal
from tests.examples import S3

RECOVERY = {"generation": 1, "target": {"time": wal.MOMENT}}


def refused(**patch: Any) -> str:
    with pytest.raises(SettingsRefused) as caught:
        plans.system("dev", wal.patch(**patch))
    return str(caught.value)


def store(**changed: Any) -> dict[str, Any]:
    return {key: value for key, value in (S3 | changed).items() if value is not None}


def test_a_recovery_needs_a_generation_of_its_own() -> None:
    text = refused(recovery=RECOVERY, generation=1)
    assert "`backup.wal.generation` above the one that is restored" in text, "two histories in one archive spoil both"


def test_a_recovery_from_a_later_generation_is_refused() -> None:
    text = refused(recovery={"generation": 3}, generation=2)
    assert "`backup.wal.generation` above 3" in text


def test_a_recovery_without_an_archive_is_refused() -> None:
    with pytest.raises(SettingsRefused, match=r"together with `backup\.wal`"):
        plans.system("dev", {"database": {"recovery": RECOVERY}})


def test_a_moment_that_is_to_come_is_refused() -> None:
    text = refused(recovery={"generation": 1, "target": {"time": "2999-01-01T00:00:00Z"}}, generation=2)
    assert "a moment that has been" in text, "recovery would play all WAL and then end with an error"


@pytest.mark.parametrize("name", ["archive_command", "archive_mode", "wal_level"])
def test_what_archiving_decides_no_parameter_changes(name: str) -> None:
    section = wal.patch()
    section["database"]["parameters"] = {name: "x"}
    with pytest.raises(SettingsRefused, match=name):
        plans.system("dev", section)


@pytest.mark.parametrize(("image", "program"), [("postgres:15-alpine", MUSL), ("postgres:15-bookworm", GLIBC)])
def test_the_program_is_of_the_servers_c_library(image: str, program: str) -> None:
    section = wal.patch()
    section["database"]["image"] = image
    assert plans.system("dev", section).database.images["backup.wal.image"] == program, "another one would not start"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"endpoint": "http://minio.storage.svc:9000"}, "https://"),
        ({"endpoint": None, "allowTo": [{"cidr": "0.0.0.0/0", "ports": [443]}]}, "`region`"),
        ({"credentials": None, "inheritFromIAMRole": True}, "`credentials` for WAL"),
    ],
)
def test_a_store_that_pgbackrest_does_not_reach_is_refused(changed: dict[str, Any], words: str) -> None:
    assert words in refused(s3=store(**changed))


def test_a_passphrase_that_goes_with_the_state_is_refused() -> None:
    assert "outlives this stack" in refused(encrypt={"generate": 40})


def test_another_topology_keeps_its_own_way() -> None:
    text = refused(topology="shared")
    assert "`shared.backup`" in text, "the operator archives by its plugin"


@given(st.integers(1, 99), st.sampled_from("dwm"))
def test_retention_is_told_in_days(count: int, unit: str) -> None:
    days = Wal.model_validate({"s3": S3, "retention": f"{count}{unit}"}).retention_days
    assert days == count * {"d": 1, "w": 7, "m": 30}[unit]


def test_a_service_leaves_room_for_the_name_of_its_cron_job() -> None:
    section = wal.patch()
    section["database"]["service"] = "p" * (LONGEST_SERVICE + 1)
    with pytest.raises(SettingsRefused, match="at most 40 characters"):
        plans.system("dev", section)
