"""The stand-in for pulumi-resource-random, driven by the real engine."""

import json
from pathlib import Path
from typing import Any

from plugins_stack import Stack


def password(**properties: Any) -> dict[str, Any]:
    return {"type": "random:index/randomPassword:RandomPassword", "properties": properties}


def test_a_password_stays_until_an_input_changes_and_is_encrypted(tmp_path: Path, pulumi: str) -> None:
    made = Stack(tmp_path / "project", pulumi, None)

    def value() -> str:
        exported = json.loads(made.run("stack", "export", "--show-secrets"))
        found = next(each for each in exported["deployment"]["resources"] if each["type"].startswith("random:"))
        return json.loads(found["outputs"]["result"]["plaintext"])

    made.resources([(password(length=32, special=False, minUpper=4), "password", ())])
    printed = made.up()
    first = value()
    assert len(first) == 32 and first.isalnum() and sum(letter.isupper() for letter in first) >= 4
    assert first not in made.file() + printed, "the password is in clear"
    made.preview("--expect-no-changes")
    made.up()
    assert value() == first, "the password changed without a reason"
    made.resources([(password(length=32, special=False, minUpper=4, keepers={"version": "2"}), "password", ())])
    assert "keepers" in made.preview()
    made.up()
    assert value() != first, "a new keeper must draw a new password"


def test_an_impossible_length_is_refused_before_anything_is_made(tmp_path: Path, pulumi: str) -> None:
    made = Stack(tmp_path / "project", pulumi, None)
    made.resources([(password(length=3, minUpper=2, minLower=2), "password", ())])
    assert "ask for 4" in made.preview(code=1)
