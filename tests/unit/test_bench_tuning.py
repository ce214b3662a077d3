"""What the three servers are started with whose latencies are compared, and how large the comparison is."""

import pytest

from bench import tuning
from components.settings import load


def test_the_three_differ_in_their_parameters_alone():
    own = tuning.parameters(load.decode(load.from_file(tuning.STACK)).system.database)
    assert own[tuning.DEFAULTS] == {}, "the image's own are told nothing"
    assert own[tuning.COMPUTED]["shared_buffers"] == "512MB", "a quarter of the limit, whatever the plan says"
    assert own[tuning.STATED]["shared_buffers"] == "256MB", "what the plan says"
    assert all("shared_preload_libraries" not in one for one in own.values()), "one alone would pay for it"


def test_a_size_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BENCH_TUNING", "5,2")
    with pytest.raises(SystemExit, match="scale,seconds,rounds such as 5,2,1; found 5,2"):
        tuning._size()
    monkeypatch.setenv("BENCH_TUNING", "5,2,1")
    assert tuning._size() == (5, 2, 1), "a smaller one"


def test_a_ratio_is_of_the_same_turn():
    taken = {
        (mode, clients, name): values
        for mode in tuning.MODES
        for clients in tuning.CLIENTS
        for name, values in {"computed": [1.0, 9.0], "defaults": [2.0, 9.0], "stated": [1.0, 3.0]}.items()
    }
    ratios = {one.name: list(one.values) for one in tuning._figures(taken) if one.unit == "×"}
    assert ratios["read-only, 8 clients: computed by the image's defaults, each turn"] == [0.5, 1.0]
    assert ratios["read-write, 1 client: computed by the plan's list, each turn"] == [1.0, 3.0]
