"""JSON merge patch: the cases of RFC 7386's appendix, and its laws."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.settings.merge import decided_by, merged

APPENDIX = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]
"""RFC 7386, appendix A: original, patch, result."""

keys = st.sampled_from("abc")
values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "x"]),
    lambda inner: st.dictionaries(keys, inner, max_size=3) | st.lists(inner, max_size=2),
    max_leaves=8,
)


def without_null(value):
    """What a merge can leave: no null in a mapping, at any depth that a patch reaches."""
    if isinstance(value, dict):
        return {key: without_null(item) for key, item in value.items() if item is not None}
    return value


mappings = st.dictionaries(keys, values, max_size=3)


@pytest.mark.parametrize(("original", "patch", "result"), APPENDIX)
def test_the_rfcs_own_cases(original, patch, result):
    assert merged(original, patch) == result


@given(values, values)
def test_merging_twice_is_merging_once(target, patch):
    once = merged(target, patch)
    assert merged(once, patch) == once, "a patch is idempotent"


@given(mappings, mappings)
def test_neither_side_is_changed(target, patch):
    before = copy.deepcopy((target, patch))
    merged(target, patch)
    assert (target, patch) == before, "the files' content is used again"


@given(mappings)
def test_an_empty_patch_changes_nothing_and_an_empty_target_takes_the_patch(value):
    assert merged(value, {}) == value
    assert merged({}, value) == without_null(value), "null removes what is not there"


@given(mappings, mappings)
def test_every_value_of_the_whole_comes_from_one_of_the_two(target, patch):
    whole = merged(target, patch)
    for key, value in whole.items():
        by_target, by_patch = decided_by(target, patch, (key,))
        assert by_target or by_patch, "somebody wrote it"
        if not by_patch:
            assert value == target[key], "the system's file alone"
        elif not by_target:
            assert value == without_null(patch[key]), "the stack's file alone"


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        (("a",), (True, True)),
        (("a", "x"), (True, False)),
        (("a", "y"), (False, True)),
        (("a", "gone"), (False, True)),
        (("new",), (False, True)),
        (("new", "missing"), (False, True)),
        (("a", "missing"), (True, False)),
        (("list", "0", "z"), (False, True)),
        ((), (True, True)),
    ],
)
def test_a_mistake_is_where_it_was_written(path, origin):
    base = {"a": {"x": 1, "gone": 2}, "list": [{"z": 1}]}
    patch = {"a": {"y": 2, "gone": None}, "new": {"k": 1}, "list": [{}]}
    assert decided_by(base, patch, path) == origin, "what is missing in a mapping of the stack's own is the stack's"
