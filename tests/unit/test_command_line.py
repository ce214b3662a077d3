"""`python -m components …`: exit codes, what is printed, and where."""

import io
import os
import sys
from pathlib import Path

import plans
import pytest
import yaml
from conftest import SECRETS
from refused import copy_of_settings

from components import rendered
from components.__main__ import main

VIEWS = ["check", "explain", "diagram"]
MISPLACED = "  postgres-apps:apps: {observer: {variables: {OBSERVER_LOG_DIR: /var/log/observer}}}\n"
"""The gate refuses a stack with this line."""


def misplaced(place: Path) -> list[str]:
    """Arguments for dev, refused by the contracts."""
    root = copy_of_settings(place)
    file = root / "Pulumi.dev.yaml"
    file.write_text(file.read_text() + MISPLACED)
    return ["--stack", "dev", "--root", str(root)]


@pytest.mark.parametrize("stack", plans.STACKS)
@pytest.mark.parametrize("command", [*VIEWS, "render"])
def test_every_command_works_for_every_stack(capsys, tmp_path, stack, command):
    into = ["--into", str(tmp_path / "new" / "place")] if command == "render" else []
    assert main([command, "--stack", stack, *into]) == 0
    output = capsys.readouterr()
    assert output.out.strip(), "there is something to read"
    assert output.err == ""
    written = "".join(path.read_text() for path in tmp_path.rglob("*.yaml"))
    assert not [value for value in SECRETS.values() if value in output.out + written]


def test_check_says_what_is_still_to_do(capsys):
    main(["check", "--stack", "prod"])
    text = capsys.readouterr().out
    assert text.startswith("prod: "), "which stack"
    assert "pulumi config set --secret kisAppKey -s prod" in text, "what is unset"
    assert "bound to one node" in text, "what one must know"


@pytest.mark.parametrize("stack", plans.STACKS)
def test_a_dash_prints_what_would_be_written(capsys, stack):
    assert main(["render", "--stack", stack, "--into", "-"]) == 0
    documents = list(yaml.load_all(capsys.readouterr().out, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    assert documents == [rendered.rendered(manifest) for manifest in plans.every_plan()[stack].manifests]


def test_render_says_where_and_how_many(capsys, tmp_path):
    root = copy_of_settings(tmp_path)
    arguments = ["render", "--stack", "dev", "--root", str(root)]
    main(arguments)
    assert "32 files, 32 of them new or changed, 0 removed" in capsys.readouterr().out
    assert len(list((root / "rendered" / "dev").rglob("*.yaml"))) == 32, "below the settings, by the stack's name"
    (root / "rendered" / "dev" / "placeholders" / "secret-postgres-app.yaml").unlink()
    main(arguments)
    text = capsys.readouterr().out
    assert "32 files, 1 of them new or changed, 0 removed" in text
    assert "kubectl --context observer-dev diff -f" in text, "what it is for"


def test_a_stack_that_the_gate_refuses_is_not_written(capsys, tmp_path):
    arguments = misplaced(tmp_path)
    assert main(["render", *arguments]) == 1
    assert "OBSERVER_LOG_DIR" in capsys.readouterr().err, "the whole story"
    assert not (tmp_path / "rendered").exists(), "no flag turns the gate off"


def test_a_refused_stack_can_be_looked_at_but_a_pipe_to_a_cluster_ends_with_1(capsys, tmp_path):
    assert main(["render", *misplaced(tmp_path), "--into", "-"]) == 1
    output = capsys.readouterr()
    assert "kind: Deployment" in output.out
    assert "contracts are broken" in output.err


@pytest.mark.parametrize("view", ["explain", "diagram"])
def test_a_view_of_a_refused_stack_says_so_beside_it(capsys, tmp_path, view):
    assert main([view, *misplaced(tmp_path)]) == 0
    output = capsys.readouterr()
    assert "OBSERVER_LOG_DIR" in output.out
    assert output.err == "dev is refused: `make check STACK=dev` says why\n", "the picture itself stays valid"


def test_a_file_of_others_is_told_by_its_path(capsys, tmp_path):
    (tmp_path / "service-postgres.yaml").write_text("mine")
    assert main(["render", "--stack", "dev", "--into", str(tmp_path)]) == 1
    assert str(tmp_path / "service-postgres.yaml") in capsys.readouterr().err
    assert os.listdir(tmp_path) == ["service-postgres.yaml"], "nothing is written"


def test_a_place_that_cant_be_written_is_no_traceback(capsys, tmp_path):
    (tmp_path / "file").write_text("")
    assert main(["render", "--stack", "dev", "--into", str(tmp_path / "file" / "below")]) == 1
    assert "Not a directory" in capsys.readouterr().err


@pytest.mark.parametrize("command", [*VIEWS, "render"])
def test_a_refusal_ends_with_1_and_stands_on_stderr(capsys, command):
    assert main([command, "--stack", "prd"]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert "did you mean `prod`?" in output.err


@pytest.mark.parametrize(("stacks", "code"), [(("dev", "dev"), 0), (("dev", "staging"), 1)])
def test_diff_ends_as_git_diff_does(capsys, stacks, code):
    assert main(["diff", *stacks]) == 0, "`make` would call another code an error"
    assert main(["diff", *stacks, "--exit-code"]) == code, "asked for, it can be tested"
    assert f"{stacks[0]} " in capsys.readouterr().out


def test_diff_with_a_stack_that_is_not_there_ends_with_2(capsys):
    assert main(["diff", "dev", "prd", "--exit-code"]) == 2, "1 means that they differ"
    assert "did you mean `prod`?" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [[], ["chek", "--stack", "dev"], ["check"], ["diff", "dev"], ["check", "--stack", "dev", "--into", "-"]],
)
def test_a_wrong_command_ends_with_2(capsys, arguments):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_another_root_can_be_checked(tmp_path, capsys):
    (tmp_path / "systems").mkdir()
    (tmp_path / "Pulumi.mine.yaml").write_text("config: {'postgres-apps:system': x}\n")
    assert main(["check", "--stack", "mine", "--root", str(tmp_path)]) == 1
    assert "Pulumi.mine.yaml · system" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["explain", "--stack", "dev"], ["diff", "dev", "staging"]])
def test_a_reader_that_has_seen_enough_is_no_error(monkeypatch, capfd, arguments):
    read, write = os.pipe()
    os.close(read)
    with io.TextIOWrapper(os.fdopen(write, "wb")) as gone:
        monkeypatch.setattr(sys, "stdout", gone)
        assert main(arguments) == 0, "`make explain | head` has what it wants"
    assert capfd.readouterr().err == ""


def test_output_is_utf8_whatever_the_locale(monkeypatch):
    buffer = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(buffer, encoding="ascii"))
    assert main(["diagram", "--stack", "dev"]) == 0
    assert "80 → 8000" in buffer.getvalue().decode(), "an arrow is no reason to fail"
