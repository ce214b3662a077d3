"""`make diff`: what really differs, each value with its setting; no name, digest or consequence stands in its way."""

import functools
import json
import re
from typing import Any

import plans
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.compose import compose
from components.difference import text
from components.difference.names import Names
from components.difference.origin import Side, settings
from components.difference.plans import Differing, compared
from components.difference.values import ABSENT, Change, changes
from components.settings.mistakes import SettingsRefused
from components.settings.system import System


@functools.cache
def shown(before: str, after: str) -> str:
    """The text for two real stacks, made once."""
    found, differs = text.difference(before, after)
    assert differs
    return found


def told(before: Any, after: Any) -> list[tuple[str, Any, Any]]:
    return [(change.path, change.before, change.after) for change in changes(before, after)]


def between(patch: dict[str, Any], base: dict[str, Any] | None = None) -> Differing:
    """What differs between dev with `base` on top and dev with `patch` on top."""
    one, other = plans.system("dev", base), plans.system("dev", patch)
    return compared((one, compose(one)), (other, compose(other)))


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.text("ab\n:= {}#", max_size=6),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "a", "b.c"]), inside, max_size=3)
        | st.lists(st.fixed_dictionaries({"name": st.sampled_from("xyz"), "v": inside}), max_size=3)
    ),
    max_leaves=8,
)


@given(PLAIN, PLAIN)
def test_two_values_differ_exactly_if_a_change_is_told(one: Any, other: Any) -> None:
    assert told(one, one) == []
    assert bool(told(one, other)) == (json.dumps(one, sort_keys=True) != json.dumps(other, sort_keys=True))


@given(PLAIN, PLAIN)
def test_the_way_back_is_the_same_way(one: Any, other: Any) -> None:
    there = {path for path, before, after in told(one, other) if "(" not in path}
    back = {path for path, before, after in told(other, one) if "(" not in path}
    assert there == back


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {"a": 2, "b": 3}, [("a", 1, 2), ("b", ABSENT, 3)]),
        ([{"name": "x", "v": 1}, {"name": "y"}], [{"name": "y"}, {"name": "x", "v": 2}], [("[x].v", 1, 2)]),
        ({"a": {}}, {"a": {}, "b": {"c": {"d": 1}}}, [("b", ABSENT, {"c": {"d": 1}})]),
        ([], [{"name": "x", "v": 1}], [("[x]", ABSENT, {"name": "x", "v": 1})]),
        (["sh", "-c", "a"], ["sh", "-c", "b"], [("[2]", "a", "b")]),
        (["a"], ["a", "b"], [("", ["a"], ["a", "b"])]),
        ({"f": "port = 1\n# x\njit = on\n"}, {"f": "port = 2\njit = on\n"}, [("f.port", "1", "2")]),
        ({"f": "a:\n  b: 1\n"}, {"f": "a:\n  b: 2\n"}, [("f.a.b", 1, 2)]),
        ({"f": '{"a": [1]}'}, {"f": '{"a": [2]}'}, [("f.a[0]", 1, 2)]),
        ({"f": "x\ny\nz"}, {"f": "x\nz"}, [("f (line)", "y", ABSENT)]),
        ({"f": "a: 1\nb: 2\n# x"}, {"f": "a: 1\nb: 2\n# y"}, [("f (line)", "# x", "# y")]),
        ({"pg.conf": "a = 1"}, {"pg.conf": "a = 2"}, [("[pg.conf].a", "1", "2")]),
        ({"a": 1}, {"a": True}, [("a", 1, True)]),
    ],
)
def test_a_change_is_told_where_it_is(before: Any, after: Any, expected: list[Any]) -> None:
    found = [row for row in told(before, after) if row[0] != " (order)"]
    assert found == expected


def test_an_order_that_matters_is_told() -> None:
    first, second = ([{"name": name} for name in names] for names in ("ab", "ba"))
    assert told({"initContainers": first}, {"initContainers": second}) == [("initContainers (order)", "a b", "b a")]


NAMES = Names(("observer-dev", "observer"), (("dev",), ("prod",)))


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("pg.observer-dev.svc", "pg.observer.svc", True),
        ("observer-dev observer-dev", "observer observer", True),
        ("observer-dev", "observer-dev", True),
        ("observer-dev", "other", False),
        ("x-observer-dev", "x-observer", False),
        ("observer-dev:5432", "observer:5433", False),
        (1, 2, False),
    ],
)
def test_a_value_that_only_says_the_namespace_is_known(before: object, after: object, same: bool) -> None:
    assert NAMES.same_but_for_namespace(before, after) is same


def test_objects_are_matched_by_name_and_else_but_for_the_stack_in_it() -> None:
    one = [("Secret", "db-dev"), ("Secret", "a"), ("ConfigMap", "b"), ("Secret", "dev")]
    other = [("Secret", "a"), ("Secret", "db-prod"), ("ConfigMap", "devb"), ("Secret", "dev")]
    found = NAMES.paired(one, other)
    assert found[("Secret", "db-dev")] == ("Secret", "db-prod")
    assert found[("Secret", "dev")] == ("Secret", "dev"), "the same name is the same object, whatever it means"
    assert ("ConfigMap", "b") not in found


@pytest.mark.parametrize("stack", plans.STACKS)
def test_a_stack_does_not_differ_from_itself(stack: str) -> None:
    assert text.difference(stack, stack) == (f"{stack} and {stack} do not differ", False)


def test_another_namespace_alone_is_no_difference() -> None:
    found = between({"namespace": {"name": "elsewhere"}})
    assert found.places == set(), "no object does anything else"
    assert found.left_out["the name of the namespace"] >= len(plans.plan().manifests) - 1, "and that is said"


def test_a_changed_job_is_one_object_and_its_digests_are_left_out() -> None:
    found = between({"apps": {"observer": {"image": "example.org/observer:2"}}})
    assert (found.only_before, found.only_after) == ([], []), "the digest in a name makes no other object"
    job = {change.path for change in found.changed["Job", "observer-migration"]}
    assert job == {"spec.template.spec.initContainers[migrate].image"}, "what the digest is of, and not the digest"
    assert found.left_out["digests of what is listed"]


def migrated_by(word: str) -> dict[str, Any]:
    return {"apps": {"observer": {"migration": {"command": ["python3", word]}}}}


def test_a_digest_is_told_where_nothing_else_explains_it() -> None:
    found = between(migrated_by("0123456789"), migrated_by("0123456788"))
    paths = {change.path for change in found.changed["Job", "observer-migration"]}
    assert "spec.template.spec.initContainers[migrate].command[5]" in paths, "it looks like one, but is the cause"


def test_the_digest_of_an_image_is_a_difference() -> None:
    image = "postgres:15-alpine@sha256:"
    one, other = (
        {"database": {"image": image + digit * 64}, "apps": {"observer": {"image": f"x:{digit}"}}} for digit in "12"
    )
    changed = {change.path for change in between(one, other).changed["Job", "observer-migration"]}
    assert "spec.template.spec.initContainers[look-up].image" in changed, "another image is run, whatever else differs"


def test_checksums_follow_from_what_is_listed() -> None:
    found = between({"apps": {"observer": {"variables": {"LOG_LEVEL": "DEBUG"}}}})
    assert set(found.changed) == {("ConfigMap", "observer-config")}, "the pods only read it"
    assert found.left_out["checksums of what is listed"] == 1


def test_the_record_of_what_must_not_change_follows_from_what_is_listed() -> None:
    found = between({"database": {"storage": {"size": "50Gi"}}})
    assert ("PersistentVolumeClaim", "observer-db-pvc") in found.changed
    assert ("ConfigMap", "postgres-apps-identity") not in found.changed, "the record only repeats it"
    assert found.left_out["the record of what must not change"]


def sides(patch: dict[str, Any]) -> tuple[Side, Side]:
    base = Side.of("dev")
    whole = plans.load.merged(base.settings, patch)
    system = System.model_validate(whole)
    return base, Side("other", whole, system, compose(system))


def test_each_value_is_told_with_the_setting_that_brings_it_about() -> None:
    one, other = sides(
        {"database": {"resources": {"limits": {"memory": "2Gi"}}}, "apps": {"observer": {"replicas": 2}}}
    )
    found = {setting.path: setting.places for setting in settings(one, other)}
    assert (("ConfigMap", "postgres-config"), "data[postgresql.conf].shared_buffers") in (
        found["database.resources.limits.memory"] or ()
    ), "no table says that it follows from the memory"
    assert found["apps.observer.replicas"] == {(("Deployment", "observer"), "spec.replicas")}


def test_settings_that_cant_be_changed_alone_are_changed_together() -> None:
    one, other = sides({"database": {"version": 16, "image": "postgres:16-alpine"}})
    found = {setting.path: setting.places or () for setting in settings(one, other)}
    place = (("StatefulSet", "postgres"), "spec.template.spec.containers[database].image")
    assert place in found["database.image"], "15 with the image of 16 is refused, and 16 with that of 15"
    assert place in found["database.version"]


def test_a_setting_that_says_the_default_is_no_difference() -> None:
    assert settings(*sides({"keep": False})) == []


def test_what_only_one_stack_has_is_told_with_its_setting() -> None:
    found = shown("dev", "prod")
    assert "ResourceQuota quota  of Namespace observer-prod  namespace.quota" in found
    assert "Deployment observer\n" in found
    assert "metadata.labels.environment  (" in found, "what is the same in many objects is told once"
    assert found.count("metadata.labels.environment") == 2, "on objects, and on pods"


def test_settings_without_an_object_are_told_too() -> None:
    found = shown("dev", "prod")
    rest = found.partition("Settings that no value above shows")[2]
    assert "keep" in rest, "what is protected is in no object"
    assert "cluster.context" in rest


def test_no_secret_is_in_it() -> None:
    found = shown("dev", "local")
    assert "stringData.KIS_APP_KEY" in found, "where it comes from differs"
    assert re.search("<configured kisAppKey> +<generated observer/KIS_APP_KEY>", found), "by marker"


def test_of_long_values_the_part_that_differs_is_told() -> None:
    common = "x" * 300
    change = Change("a", common + "one", common + "two")
    _, before, after = text._key(change)
    assert before.endswith("one")
    assert after.endswith("two")
    assert len(before) < 40, "a screen has room for both"


def test_a_variable_that_only_one_has_is_told_by_its_value() -> None:
    assert text._line({"name": "PGDATA", "value": "/data"}) == "/data"
    assert text._line({"name": "ghcr-secret"}) == "ghcr-secret"
    assert text._line({"name": "c", "image": "x", "args": []}) == '{"name": "c", "image": "x", "args": []}'


def test_both_stacks_are_refused_at_once() -> None:
    with pytest.raises(SettingsRefused) as refused:
        text.difference("dve", "prdo")
    assert "did you mean `dev`?" in str(refused.value)
    assert "did you mean `prod`?" in str(refused.value)
