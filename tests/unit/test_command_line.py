"""`python -m components …`: exit codes and what is printed."""

import plans
import pytest
import yaml
from conftest import SECRETS

from components.__main__ import main
from components.manifest import shown


@pytest.mark.parametrize("stack", plans.STACKS)
@pytest.mark.parametrize("command", ["check", "render", "explain", "diagram"])
def test_every_command_works_for_every_stack(capsys, stack, command):
    assert main([command, "--stack", stack]) == 0
    output = capsys.readouterr()
    assert output.out.strip(), "there is something to read"
    assert output.err == ""
    assert not [value for value in SECRETS.values() if value in output.out]


def test_check_says_what_is_still_to_do(capsys):
    main(["check", "--stack", "prod"])
    text = capsys.readouterr().out
    assert text.startswith("prod: "), "which stack"
    assert "pulumi config set --secret kisAppKey -s prod" in text, "what is unset"
    assert "bound to one node" in text, "what one must know"


@pytest.mark.parametrize("stack", plans.STACKS)
def test_render_is_the_plan_as_yaml(capsys, stack):
    main(["render", "--stack", stack])
    documents = list(yaml.safe_load_all(capsys.readouterr().out))
    plan = plans.every_plan()[stack]
    assert documents == [shown(manifest.body) for manifest in plan.manifests]


def test_render_keeps_files_readable(capsys):
    main(["render", "--stack", "dev"])
    assert "  postgresql.conf: |\n    listen_addresses = '*'\n" in capsys.readouterr().out


def test_a_refusal_ends_with_1_and_stands_on_stderr(capsys):
    assert main(["check", "--stack", "prd"]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert "did you mean `prod`?" in output.err


@pytest.mark.parametrize("arguments", [[], ["chek", "--stack", "dev"], ["check"]])
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
