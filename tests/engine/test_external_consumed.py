"""The outputs of another stack, as the real engine tells them before anything is registered."""

import json
from pathlib import Path
from typing import Any

import pytest
from plugins_stack import Stack

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = """\
import json, pulumi
from components.compose import Consumed
from components.consumed import NotAsPlanned, doubts

told = json.load(open("told.json"))
if pulumi.get_stack() == "databases":
    pulumi.export("tenants", {"shop": told})
else:
    try:
        for sentence in doubts(Consumed("databases", "shop", {"host": "pg.databases.svc", "port": 5432})):
            pulumi.log.warn(sentence)
    except NotAsPlanned as refused:
        raise pulumi.RunError(str(refused)) from refused
    pulumi.ComponentResource("t:index:App", "shop")
"""


@pytest.fixture
def stack(tmp_path: Path, pulumi: str) -> Stack:
    made = Stack(tmp_path / "project", pulumi, None)
    made.environment["PYTHONPATH"] = str(ROOT)
    (made.folder / "__main__.py").write_text(PROGRAM)
    # As every stack of this project has it: the engine's own function needs no provider.
    (made.folder / "Pulumi.test.yaml").open("a").write('config:\n  pulumi:disable-default-providers: ["*"]\n')
    return says(made)


def says(made: Stack, **told: Any) -> Stack:
    """What the other stack exports, once it is up."""
    (made.folder / "told.json").write_text(json.dumps({"host": "pg.databases.svc", "port": 5432} | told))
    return made


def databases(made: Stack) -> None:
    made.run("up", "--yes", "--skip-preview", "--stack", "databases")


def made_anything(made: Stack) -> bool:
    return "t:index:App" in made.run("stack", "export", "--stack", "test")


def test_a_stack_that_is_not_there_or_never_up_warns_a_preview_and_ends_an_up(stack: Stack) -> None:
    assert "`pulumi up -s databases` comes first" in stack.preview(), "there is none of that name"
    assert "nothing was touched" in stack.run("up", "--yes", "--skip-preview", code=1)
    stack.run("stack", "init", "databases", "--no-select")
    assert "`pulumi up -s databases` comes first" in stack.preview(), "it is there, and has no outputs"
    assert not made_anything(stack), "the program ended before its first resource"


def test_a_stack_that_is_up_passes_and_one_that_says_something_else_ends_preview_and_up(stack: Stack) -> None:
    stack.run("stack", "init", "databases", "--no-select")
    databases(stack)
    assert "comes first" not in stack.up(), "5432 comes back as it went, whatever the engine makes of numbers"
    says(stack, host="moved.databases.svc")
    databases(stack)
    for printed in (stack.preview(code=1), stack.run("up", "--yes", "--skip-preview", code=1)):
        assert "host moved.databases.svc by its last `up`, pg.databases.svc by its file" in " ".join(printed.split())
