"""`make rotate`: it edits one number, goes on with what was begun, and leaves to a person what only a person can do."""

import json
import sys

import plans
import pytest
import refused
import yaml
from hypothesis import given
from hypothesis import strategies as st

from components.postgres.retirement import TURNS
from operations import rotate
from operations.edited import NotEdited, with_number
from operations.refusals import Refused
from operations.rotate import finished, next_turn, refuse_others

PATH = ["config", "postgres-apps:database", "passwords", "app", "rotation"]
FILE = """\
# Who asks at 3 a.m. reads this line.
config:
  postgres-apps:system: observer
  postgres-apps:database:
    storage: {size: 20Gi}  # grows in place
    parameters:
      jit: on
"""


def state(*turns, failed=False, up=True):
    jobs = [
        {"type": "kubernetes:batch/v1:Job", "inputs": {"metadata": {"annotations": {TURNS: turn}}}}
        | ({"initErrors": ["it ended with exit code 2"]} if failed else {})
        for turn in turns
    ]
    secrets = [{"type": "kubernetes:core/v1:Secret", "inputs": {}}] if up else []
    return {"deployment": {"resources": [*secrets, *jobs]}}


def database(number, **source):
    return plans.system("dev", {"database": {"passwords": {"app": {"rotation": number, **source}}}}).database


@pytest.mark.parametrize(
    "text",
    [
        FILE,
        FILE + "    passwords: {app: {rotation: 1}, grace: 60}\n",
        FILE + "    passwords:\n      app:\n        rotation: 1  # spring\n",
        FILE + "    passwords:\n      reader: {rotation: 4}\n",
        FILE + "    passwords: {}\n",
        "config:\n  postgres-apps:system: observer\n",
    ],
)
def test_one_number_changes_and_every_other_line_stays(text):
    edited = with_number(text, PATH, 2)
    assert yaml.safe_load(edited)["config"]["postgres-apps:database"]["passwords"]["app"]["rotation"] == 2
    assert edited.count("#") == text.count("#"), "comments are somebody's words"
    changed = set(text.splitlines()) - set(edited.splitlines())
    assert len(changed) <= 1, f"only the line of the number may differ, and {changed} do"


@given(
    st.dictionaries(st.sampled_from(["a", "b", "config"]), st.dictionaries(st.text("xyz:", min_size=1), st.integers()))
)
def test_whatever_the_file_the_number_is_there_and_the_rest_is_as_it_was(document):
    text = yaml.safe_dump(document)
    try:
        edited = with_number(text, ["config", "n"], 7)
    except NotEdited:
        return
    after = yaml.safe_load(edited)
    assert after["config"].pop("n") == 7
    assert after == document or after == {**document, "config": {}}


def test_what_an_anchor_brings_in_is_left_to_a_person():
    text = "shared: &shared {app: {rotation: 1}}\nconfig:\n  postgres-apps:database:\n    passwords: *shared\n"
    with pytest.raises(NotEdited, match="by hand"):
        with_number(text, PATH, 2)


def test_a_rotation_that_is_not_whole_is_gone_on_with():
    assert next_turn(database(2), "app", finished(state("app=1"), "app")).number == 2
    assert next_turn(database(2), "app", finished(state("app=1"), "app")).begun
    assert next_turn(database(2), "app", finished(state("app=2", failed=True), "app")).begun, "its Job had failed"


def test_one_that_is_whole_is_followed_by_the_next():
    turn = next_turn(database(2), "app", finished(state("app=2 reader=7"), "app"))
    assert (turn.number, turn.begun) == (3, False)


def test_what_only_a_person_can_do_is_said():
    with pytest.raises(Refused, match="not up"):
        finished(state(up=False), "app")
    with pytest.raises(Refused, match="bring this one up to date"):
        next_turn(database(1), "app", 3)
    with pytest.raises(Refused, match="put the new value there, write rotation: 2"):
        refuse_others(database(1, generate=None, config="dbPassword"), "app")
    with pytest.raises(Refused, match=r"docs/access\.md"):
        refuse_others(plans.system("databases-dev").database, "app")


PULUMI = """
import json, sys
from pathlib import Path
place = Path({place!r})
words = sys.argv[1:]
with (place / "asked").open("a") as file:
    file.write(" ".join(words) + "\\n")
if "export" in words:
    print("something that a wrapper says")
    print((place / "state.json").read_text())
sys.exit(255 if "up" in words and (place / "broken").exists() else 0)
"""


@pytest.fixture
def place(tmp_path):
    refused.copy_of_settings(tmp_path)
    (tmp_path / "pulumi.py").write_text(PULUMI.format(place=str(tmp_path)))
    (tmp_path / "state.json").write_text(json.dumps(state()))
    return tmp_path


def run(place, stack="dev", role="app"):
    # As the Makefile has it: the words that pulumi is called by end with `--` themselves.
    words = [
        "--stack",
        stack,
        "--role",
        role,
        "--root",
        str(place),
        "--",
        sys.executable,
        str(place / "pulumi.py"),
        "--",
    ]
    return rotate.main(words)


def number(place):
    document = yaml.safe_load((place / "Pulumi.dev.yaml").read_text())
    return document["config"]["postgres-apps:database"].get("passwords", {}).get("app", {}).get("rotation", 0)


def test_the_command_raises_the_number_and_has_it_applied(place, capfd):
    assert run(place) == 0
    assert number(place) == 1
    assert (place / "asked").read_text().splitlines()[-1] == "-- up --yes --skip-preview --stack dev"
    assert "observer_app_b gets a new password" in capfd.readouterr().out, "it says what it does"


def test_after_an_interruption_the_same_command_goes_on_with_the_same_number(place, capfd):
    (place / "broken").touch()
    assert run(place) == 255
    assert "observer_app may still sign in" in capfd.readouterr().err, "whoever reads this must not fear for clients"
    (place / "broken").unlink()
    assert run(place) == 0
    assert number(place) == 1, "a third login would be the first one again, which is in use"
    assert "going on with it" in capfd.readouterr().out


def test_a_refusal_changes_no_file_and_applies_nothing(place, capfd):
    (place / "state.json").write_text(json.dumps(state("app=3")))
    before = (place / "Pulumi.dev.yaml").read_text()
    assert run(place) == 1
    assert (place / "Pulumi.dev.yaml").read_text() == before
    assert "up" not in (place / "asked").read_text().split()
    assert "bring this one up to date" in capfd.readouterr().err
