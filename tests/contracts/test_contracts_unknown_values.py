"""The policy pack's reading of unknown values, on every stack."""

import pytest

from tests.contracts.mutation import stacks

from unknown_values import wrongly_certain  # isort: skip  # pyright: ignore[reportMissingImports]

SAMPLE = 7


@pytest.mark.parametrize("stack", sorted(stacks.every()))
def test_no_unknown_value_in_a_stack_that_holds_makes_anything_certainly_broken(stack: str) -> None:
    tried, wrong = wrongly_certain(stacks.every()[stack], SAMPLE)
    print(f"{stack}: {tried} unknown values, {len(wrong)} told as certain")
    assert wrong == [], "once the value is known, the stack holds"
