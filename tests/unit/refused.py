"""What the settings refuse, for the tests that look at how they say it."""

from pathlib import Path
from typing import Any

import plans
import pytest

from components.settings import load
from components.settings.mistakes import Mistake, SettingsRefused

OBSERVER = ("apps", "observer")
PLAIN = "hunter2-Swordfish"
"""Stands for a secret that somebody wrote in clear text."""


def refusal(patch: dict[str, Any], stack: str = "dev", secrets: frozenset[str] = frozenset()) -> SettingsRefused:
    """The refusal of a stack with `patch` on top and these secrets set."""
    given = load.from_file(stack)
    whole = plans.layered(given.patch, patch)
    with pytest.raises(SettingsRefused) as error:
        load.decode(load.Configuration(stack, whole, given.secrets | secrets))
    return error.value


def nested(path: tuple[str, ...], value: Any) -> Any:
    """`value` at `path`, as a patch."""
    for step in reversed(path):
        value = {step: value}
    return value


def mistake(path: tuple[str, ...], value: Any) -> Mistake:
    """The one mistake that `value` at `path` makes."""
    (only,) = refusal(nested(path, value)).mistakes
    return only


def copy_of_settings(place: Path) -> Path:
    """The stack files, systems and SQL files, in a place where they may be changed."""
    for path in [
        *plans.ROOT.glob("Pulumi.*.yaml"),
        *plans.ROOT.glob("systems/*.yaml"),
        *plans.ROOT.glob("sql/*/*"),
    ]:
        (place / path.relative_to(plans.ROOT)).parent.mkdir(parents=True, exist_ok=True)
        (place / path.relative_to(plans.ROOT)).write_text(path.read_text())
    return place
