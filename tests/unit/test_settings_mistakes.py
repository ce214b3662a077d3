"""Mistakes in settings: all at once, each with file, path, what was found, what is allowed, and what to do."""

import json
from typing import Any

import pytest
from pydantic import ValidationError
from refused import OBSERVER, copy_of_settings, mistake, refusal

from components.settings import load
from components.settings.mistakes import Misplaced, SettingsRefused, Several, described, from_validation, nearest
from components.settings.section import Section, rule, rule_of


def test_every_mistake_is_reported_at_once():
    patch = {
        "keeep": True,
        "database": {"version": "15", "storage": {"size": "10 Gi"}, "topology": "standalon"},
        "apps": {"observer": {"port": 80, "volumes": {"data": {"path": "relative"}}}},
    }
    error = refusal(patch)
    assert {m.path for m in error.mistakes} == {
        *("keeep", "database.version", "database.storage.size", "database.topology"),
        *("apps.observer.port", "apps.observer.volumes.data.path"),
    }, "one run, one list"
    assert str(error).startswith("6 mistakes in the settings; nothing was touched"), "and their number ahead"


def test_sections_that_do_not_fit_each_other_are_reported_at_once_each_where_it_stands():
    patch = {
        "database": {
            "topology": "shared",
            "tls": {"days": 90},
            "probes": {"liveness": {"periodSeconds": 30}},
            "passwords": {"app": {"rotation": 1}},
            "parameters": {"shared_buffers": "10GB"},
            "backup": {"dumps": {"storage": {"claim": "dumps", "size": "5Gi"}}},
        },
        "namespace": {"name": "observer-dev"},
    }
    error = refusal(patch)
    found = {m.path.removeprefix("database."): m for m in error.mistakes}
    assert set(found) == {"backup", "passwords", "probes", "tls", "parameters.shared_buffers"}, (
        "pydantic ends at the first validator that raises: five runs for five mistakes"
    )
    assert {m.file for m in error.mistakes} == {"Pulumi.dev.yaml"}, "the file in which the section stands, not all"
    assert found["tls"].found == "a mapping with days", "what stands there, not all of the database"


class Room(Section):
    """A Section with three rules, of which the last one says itself where it looked."""

    door: int
    wall: dict[str, int]

    @rule
    def _has_a_door(self) -> None:
        if not self.door:
            raise ValueError("allowed: a door; found none")

    @rule_of("wall")
    def _stands(self) -> None:
        if not self.wall:
            raise ValueError("allowed: a wall of something")

    @rule_of("wall")
    def _has_a_window(self) -> None:
        if "window" not in self.wall:
            raise Misplaced("allowed: a window", "wall", "window")


class Cellar(Room):
    """Rules of its own beside those of what it is."""

    @rule
    def _is_dry(self) -> None:
        raise Several([Misplaced(f"allowed: a dry {place}; found water", place) for place in ("floor", "wall")])

    @rule
    def _is_dark(self) -> None:
        raise ValueError("allowed: a dark one; found a lamp")


def told(section: type[Section], **values: Any) -> set[tuple[str, str]]:
    """Path and finding of each mistake."""
    with pytest.raises(ValidationError) as raised:
        section.model_validate(values)
    return {(m.path, m.found) for m in from_validation(raised.value, section, lambda _: "a file")}


def test_a_rule_speaks_of_its_section_of_its_key_or_of_what_it_names_itself():
    assert told(Room, door=0, wall={}) == {
        ("", "none"),
        ("wall", "a mapping with nothing in it"),
        ("wall.window", "nothing"),
    }
    assert told(Room, door=1, wall={"paper": 1}) == {("wall.window", "nothing")}, "what holds is not told"
    assert Room(door=1, wall={"window": 1}).door == 1


def test_the_rules_of_what_a_section_is_hold_for_it_too():
    assert told(Cellar, door=0, wall={"window": 1}) == {
        *(("", "none"), ("", "a lamp"), ("floor", "water"), ("wall", "water"))
    }, "and a rule that finds several things keeps no other from being asked"


@pytest.mark.parametrize(
    ("path", "value", "found", "allowed", "do"),
    [
        (("keeep",), True, "the unknown key `keeep`", "keep", "did you mean `keep`?"),
        ((*OBSERVER, "replica"), 2, "the unknown key `replica`", "replicas", "did you mean `replicas`?"),
        (("database", "topology"), "standalon", "'standalon'", "standalone", "did you mean `standalone`?"),
        (("database", "version"), "15", "'15'", "a whole number, without quotes", ""),
        ((*OBSERVER, "replicas"), 1.5, "1.5", "a whole number", ""),
        ((*OBSERVER, "replicas"), -1, "-1", "a number from 0 on", ""),
        ((*OBSERVER, "replicas"), 101, "101", "a number up to 100", ""),
        (("keep",), "yes", "'yes'", "true or false, without quotes", ""),
        ((*OBSERVER, "image"), 15, "15", "a text; quote", ""),
        ((*OBSERVER, "image"), True, "true", "a text; quote", ""),
        ((*OBSERVER, "volumes"), ["data"], "a list of 1", "a mapping", ""),
        ((*OBSERVER, "allowTo"), {"cidr": "0.0.0.0/0"}, "a mapping with cidr", "a list", ""),
        ((*OBSERVER, "probes"), "/health", "'/health'", "a mapping of health, ready, startSeconds", ""),
        ((*OBSERVER, "migration", "command"), [], "a list of 0", "at least 1", ""),
        ((*OBSERVER, "variables", "BAD-NAME"), "x", "the name `BAD-NAME`", "letters, digits and underscores", ""),
        (("cluster", "context"), "", "''", "a text of at least 1", ""),
        (("labels", "a b"), "x", "the name `a b`", "letters, digits", ""),
        ((*OBSERVER, "variables", "DEBUG"), True, "true", "a text", ""),
        (("database", "parameters", "Work_mem"), "4MB", "the name `Work_mem`", "in lower case", ""),
    ],
)
def test_a_mistake_says_what_was_found_what_is_allowed_and_the_nearest_match(path, value, found, allowed, do):
    only = mistake(path, value)
    assert only.path == ".".join(path), "where it is, as `pulumi config set --path` takes it"
    assert only.file.startswith("Pulumi.dev.yaml"), "in which file"
    assert only.found == found, "what stands there"
    assert allowed in only.allowed, "in words of a settings file, not of the library that reads it"
    assert do in only.do, "the nearest match"
    assert "Input should" not in str(only) + only.allowed, "no wording of pydantic"


def test_a_required_key_that_is_missing_is_named_in_the_file_that_lacks_it():
    only = mistake((*OBSERVER, "port"), None)
    assert (only.file, only.path, only.found) == ("Pulumi.dev.yaml", "apps.observer.port", "nothing"), "removed here"
    assert "state `port`" in only.do
    error = refusal({"apps": {"other": {"image": "a:1"}}})
    missing = {m.path: m.file for m in error.mistakes}
    assert missing["apps.other.port"] == "Pulumi.dev.yaml", "the app is the stack's own, so is what it lacks"


def test_a_mistake_of_the_systems_file_is_named_there(tmp_path):
    root = copy_of_settings(tmp_path)
    text = (root / "systems/observer.yaml").read_text().replace("port: 8000", "port: 80")
    (root / "systems/observer.yaml").write_text(text)
    with pytest.raises(SettingsRefused) as error:
        load.decode(load.from_file("prod", root), root)
    (only,) = error.value.mistakes
    assert (only.file, only.path) == ("systems/observer.yaml", "apps.observer.port"), "the stack's file is right"


def test_a_mistake_that_two_files_make_together_names_both():
    only = mistake((*OBSERVER, "oneNode"), False)
    assert only.file == "Pulumi.dev.yaml on systems/observer.yaml", (
        "the claims are the system's, the choice the stack's"
    )
    assert only.path == "apps.observer"


def test_an_unknown_stack_or_system_gets_the_nearest_match():
    with pytest.raises(SettingsRefused, match=r"did you mean `staging`\?"):
        load.from_file("stagin")
    (only,) = refusal({"system": "observr"}).mistakes
    assert only.do == "did you mean `observer`?"
    with pytest.raises(SettingsRefused) as error:
        load.decode(load.Configuration("dev", {}, frozenset()))
    (only,) = error.value.mistakes
    assert only.found == "nothing", "the stack must say which system it is"


@pytest.mark.parametrize(
    ("value", "path", "text"),
    [
        ("x", ("a",), "'x'"),
        (True, ("a",), "true"),
        (None, ("a",), "nothing"),
        ({"a": 1}, ("b",), "a mapping with a"),
        ({}, ("b",), "a mapping with nothing in it"),
        ("y" * 100, ("b",), "'" + "y" * 76 + "…"),
        ("x", ("apiToken",), "a value (not repeated here: it may be a secret)"),
    ],
)
def test_what_was_found_is_short(value, path, text):
    assert described(value, path) == text


def test_nearest_is_silent_where_nothing_is_near():
    assert nearest("zzz", ["keep", "name"]) == ""


def test_a_mistake_reads_as_four_lines_at_most():
    lines = str(mistake(("keeep",), json.loads("true"))).splitlines()
    assert lines[0] == "Pulumi.dev.yaml · keeep"
    assert [line.split()[0] for line in lines[1:]] == ["found", "allowed", "do"]
