"""A whole stack with backups, a recovery and alerts: its contracts hold, and its generations only grow."""

from typing import Any

import plans
import pytest
import shared_backups as given

from components import changes, gate, identity
from components.compose import compose
from components.settings import load
from components.settings.mistakes import SettingsRefused

STACKS = ("databases-dev", "databases-prod")
BACK = {"generation": 1, "target": {"time": "2026-01-02T03:04:05Z"}}


def planned(stack: str, watched: dict[str, Any] | None = None, **shared: Any):
    """The system and the plan of `stack` with these keys below `database.shared`, and `database.monitoring`."""
    found = load.from_file(stack)
    patch = plans.layered(found.patch, {"database": {"shared": shared, "monitoring": watched}})
    keys = frozenset({"backupKeyId", "backupKey"})
    system = load.decode(load.Configuration(stack, patch, found.secrets | keys)).system
    return system, compose(system)


def record(**backup: Any) -> dict[str, str]:
    """What is recorded of a stack with these backups."""
    _, plan = planned("databases-dev", backup={"s3": given.S3} | backup)
    return dict(plans.one(plan, "ConfigMap", identity.NAME).body["data"])


@pytest.mark.parametrize("operator", ["1.28", "1.30"])
@pytest.mark.parametrize("stack", STACKS)
def test_every_contract_holds_with_all_of_it_turned_on(stack, operator):
    system, plan = planned(
        stack,
        operator=operator,
        backup={"s3": given.S3, "generation": 2},
        recovery=BACK,
        watched=given.PROMETHEUS | {"rules": True},
    )
    report = gate.judged(system, plan)
    assert (report.broken, report.undecided) == ([], []), "every name in it is that of an object in the plan"


def test_a_generation_goes_up_and_never_back():
    first, third = record(), record(generation=3)
    assert changes.refusals(first, third) == [], "a restore takes a new one"
    assert changes.refusals(third, third) == []
    (refusal,) = changes.refusals(third, first)
    assert "from generation 3 back to 1" in refusal, "two histories in one archive restore nothing"
    assert "such as 4" in refusal


def test_backups_may_be_turned_on_and_off():
    plain = dict(plans.one(plans.plan("databases-dev"), "ConfigMap", identity.NAME).body["data"])
    assert changes.refusals(plain, record()) == changes.refusals(record(), plain) == []


def test_a_key_of_the_store_in_plain_text_is_not_repeated():
    keys = {"accessKeyId": "AKIAIOSFODNN7EXAMPLE", "secretAccessKey": "wJalrXUtnFEMI"}
    with pytest.raises(SettingsRefused) as error:
        planned("databases-dev", backup={"s3": given.S3 | {"credentials": keys}})
    assert "AKIA" not in str(error.value) and "wJalr" not in str(error.value), "an error is printed, pasted and kept"
