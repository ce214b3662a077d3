"""Figures as a person reads them."""

import re

from hypothesis import given
from hypothesis import strategies as st

from operations.words import listed, seconds, size

_BYTES = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}


@given(st.integers(0, 2**50))
def test_a_size_is_short_and_near(count):
    figure, unit = size(count).split()
    assert abs(float(figure) * _BYTES[unit] - count) <= max(0.06 * _BYTES[unit], 0), "to one decimal"
    assert unit == "TiB" or float(figure) < 1024, "never 1024.0 of a unit where the next one is shorter"


@given(st.floats(0, 10**6))
def test_a_time_is_short_and_has_a_unit(count):
    assert re.fullmatch(r"\d+(\.\d)? (s|min|h)", seconds(count))


def test_names_are_listed_as_they_are_spoken():
    assert [listed(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
