"""Generations of a server's data: none is left or entered by editing a number."""

from typing import Any

import plans
import pytest
import wal

from components.changes import refusals
from components.identity import NAME

RECOVERY = {"generation": 1, "target": {"time": wal.MOMENT}}
OTHER = {"generation": 1, "target": {"time": "2026-11-20T15:00:00+09:00"}}


def record(*, archived: bool = True, **patch: Any) -> dict[str, str]:
    """What is recorded beside the data."""
    made = wal.plan(**patch) if archived else plans.plan("dev")
    return plans.one(made, "ConfigMap", NAME).body["data"]


def test_archiving_is_turned_on_and_off_without_a_word() -> None:
    without = record(archived=False)
    assert refusals(without, record()) == refusals(record(), without) == []


def test_a_recovery_into_the_next_generation_is_let_through_and_may_be_left_out_later() -> None:
    recovered = record(recovery=RECOVERY, generation=2)
    assert refusals(record(), recovered) == []
    assert refusals(recovered, record(generation=2)) == [], "what is there needs no recovery any more"
    assert refusals(recovered, recovered) == []


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        ({"generation": 2}, {"generation": 1}, "from generation 2 back to 1"),
        ({"generation": 2}, {"archived": False}, "from generation 2 back to 1"),
        ({}, {"generation": 2}, "with nothing to recover"),
        ({"archived": False}, {"generation": 2}, "with nothing to recover"),
        ({"generation": 2}, {"recovery": RECOVERY, "generation": 2}, "not empty"),
        ({"recovery": RECOVERY, "generation": 2}, {"recovery": OTHER, "generation": 2}, "not empty"),
    ],
)
def test_data_is_neither_left_nor_overwritten_by_a_number(
    before: dict[str, Any], now: dict[str, Any], words: str
) -> None:
    (refusal,) = refusals(record(**before), record(**now))
    assert words in refusal
