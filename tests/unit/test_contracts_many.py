"""Sets of thousands: what is compared grows with the set, not with its square. Counted, never timed."""

import difflib
from collections.abc import Iterator

import pytest

from bench import applications, sets
from contracts import policies, selecting, verify
from contracts.near import Names
from contracts.selecting import Labelled, Selectors


class Counted:
    """A function that counts its calls."""

    def __init__(self, function):
        self.function, self.calls = function, 0

    def __call__(self, *arguments):
        self.calls += 1
        return self.function(*arguments)


def names(count: int) -> Iterator[str]:
    return (f"service-{number:05}-of-team-{number % 7}" for number in range(count))


def test_a_word_is_compared_with_no_more_names_of_ten_thousand_than_of_a_hundred():
    compared = []

    def compare(word, candidates, most, cutoff):
        compared.append(len(candidates))
        return difflib.get_close_matches(word, candidates, most, cutoff)

    for count in (100, 10_000):
        found = Names(names(count), compare).very_near("service-00042-of-taem-0")
        assert found == "service-00042-of-team-0", "a slip is found among however many names"
    assert compared[0] == compared[1], "or a lost name costs more the more names there are"


def test_a_word_that_is_asked_for_again_is_not_compared_again():
    compare = Counted(difflib.get_close_matches)
    there = Names(names(50), compare)
    assert there.nearest("service-00042") == there.nearest("service-00042")
    assert compare.calls == 1, "one missing Secret has many that read it"


@pytest.mark.parametrize("word", ["", "x", "xy", "ünïcode", "a" * 2_000])
def test_any_word_may_be_asked_for(word):
    assert Names(names(100)).very_near(word) == "", "and is none of them"


def test_very_many_names_are_told_by_the_first():
    assert str(Names(names(1_000))).endswith("and 988 more"), "a finding is read by a person"


def test_a_selector_finds_the_same_as_looking_at_each():
    things = [(number, {"app": f"a{number % 3}", "tier": "web" if number % 2 else "db"}) for number in range(20)]
    selector = {"matchLabels": {"app": "a1", "tier": "web"}}
    expected = [number for number, labels in things if selecting.selects(selector, labels)]
    assert Labelled(things).selected(selector) == expected, "in the order of the set"
    wanted = {"all": {}, "web": {"tier": "web"}, "other": {"app": "x"}}
    selectors = [(name, {"matchLabels": labels}) for name, labels in wanted.items()]
    assert Selectors(selectors).selecting({"app": "a1", "tier": "web"}) == ["all", "web"], "the empty one selects all"


@pytest.mark.parametrize("make", [sets.guarded, sets.served])
def test_twice_the_objects_are_twice_the_comparisons_of_labels(make, monkeypatch):
    counts = []
    for total in (150, 300):
        counted = Counted(selecting.selects)
        with monkeypatch.context() as patch:
            for module in (selecting, policies):
                patch.setattr(module, "selects", counted)
            verify(make(total))
        counts.append(counted.calls)
    assert 0 < counts[1] < 2.5 * counts[0], f"{counts}: each with each would be four times as many"


@pytest.mark.parametrize("every", [1, 2])
def test_twice_the_broken_objects_are_twice_the_comparisons_of_names(every, monkeypatch):
    compared = []
    whole = difflib.SequenceMatcher.real_quick_ratio
    monkeypatch.setattr(
        difflib.SequenceMatcher, "real_quick_ratio", lambda matcher: compared.append(matcher) or whole(matcher)
    )
    counts = []
    for total in (140, 280):
        compared.clear()
        verify(applications.of_apps(total, every=every))
        counts.append(len(compared))
    assert 0 < counts[1] < 2.5 * counts[0], f"{counts}: each with each would be four times as many"


def test_a_set_of_the_benchmark_holds_unless_it_is_broken():
    assert verify(applications.of_apps(140, every=0)) == [], "or it would measure something else than it says"
    assert len(verify(applications.of_apps(140, every=1))) > 400, "each name has a slip"
