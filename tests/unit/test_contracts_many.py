"""Sets of thousands: what is compared grows with the set, not with its square. Counted, never timed."""

import difflib
import gc
from collections.abc import Iterator

import pytest

from bench import applications, sets
from contracts import policies, selecting, verify
from contracts.fronts import read
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


@pytest.mark.parametrize("enabled", [True, False], ids=["on", "off"])
def test_the_search_for_garbage_is_as_it_was_when_a_set_is_judged(enabled, monkeypatch):
    seen = []
    monkeypatch.setattr(gc, "isenabled", lambda: enabled)
    monkeypatch.setattr(gc, "enable", lambda: seen.append("on"))
    monkeypatch.setattr(gc, "disable", lambda: seen.append("off"))
    verify([])
    assert seen == ["off", *(["on"] if enabled else [])], "the caller's own choice is not judging's to make"
    seen.clear()
    with pytest.raises(ZeroDivisionError):
        verify(1 // 0 for _ in range(1))
    assert seen == ["off", *(["on"] if enabled else [])], "nor is it when judging ends early"


def test_judging_makes_no_cyclic_garbage():
    objects = applications.of_apps(140, every=1)
    verify(objects)
    gc.collect()
    found = verify(objects)
    assert found and gc.collect() == 0, "or what is done with would stay while nobody searches for it"


def deep(spec: object) -> list[object]:
    return [{"apiVersion": "example.org/v1", "kind": "Deep", "metadata": {"name": "deep"}, "spec": spec}]


def test_aliases_of_aliases_are_looked_at_once():
    spec = ["https://example.org"]
    for _ in range(40):
        spec = [spec] * 10
    assert verify(deep(spec)) == [], "ten aliases of ten aliases, forty times: nobody would live to see the end"


def test_an_object_is_judged_however_deep_it_is():
    spec: object = "https://somebody:of-importance@example.org"
    for _ in range(5_000):
        spec = {"below": spec}
    assert [violation.contract for violation in verify(deep(spec))] == ["S09"], "what is deep is no traceback"


def test_objects_nested_too_deeply_for_a_parser_are_refused_in_a_sentence(tmp_path):
    for name in ("deep.json", "deep.yaml"):
        file = tmp_path / name
        file.write_text('{"a":' * 20_000 + "1" + "}" * 20_000)
        with pytest.raises(read.Unusable, match="nested too deeply"):
            read.documents(str(file))


@pytest.mark.parametrize(
    "text",
    [
        "token password=://" + "a" * 200_000,
        "eyJaaaaaaaaaaaa-" * 20_000,
        "$" + "a" * 200_000 + "!",
        "token: b" + " " * 200_000 + "x",
        "key=" + "a.b-" * 50_000 + "@",
    ],
    ids=["one long word", "tokens that begin again", "a reference", "a line that ends in spaces", "a name"],
)
def test_a_text_is_read_once_from_its_begin_to_its_end(text):
    data = {"one.conf": text, "two": f"a line\n{text}"}
    objects = [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "texts"}, "data": data}]
    found = {violation.contract for violation in verify(objects)}
    assert found <= {"S09"}, "an expression that goes back for each letter would take hours"
