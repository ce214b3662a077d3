"""Which Secrets Git keeps: asked of Git for the files that have one, and of nobody where there is none."""

import subprocess
from pathlib import Path

import pytest

from contracts.__main__ import main
from contracts.fronts import read, tracked
from contracts.violation import Ref

SECRET = "{apiVersion: v1, kind: Secret, metadata: {name: %s}, stringData: {password: hunter2}}\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A work tree with one file that is added, and one that is not, though its name would match the other's."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "kept.yaml").write_text(SECRET % "kept")
    (tmp_path / "k*.yaml").write_text(SECRET % "beside")
    subprocess.run(["git", "-C", str(tmp_path), "add", "kept.yaml"], check=True)
    return tmp_path


def committed(*files: Path) -> set[str]:
    placed = read.placed([str(file) for file in files])
    return {one.name for one in tracked.committed(placed, "default")}


def test_a_secret_counts_as_committed_where_git_tracks_its_file(repository: Path) -> None:
    assert committed(repository / "kept.yaml", repository / "k*.yaml") == {"kept"}, "the other was never added"


def test_it_is_told_from_the_shell_and_its_value_is_not(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(repository / "kept.yaml")]) == 1, "the repository keeps it for ever"
    told = capsys.readouterr().out
    assert "S11  Secret default/kept · stringData[password]" in told
    assert "hunter2" not in told, "never the value"
    assert main([str(repository / "k*.yaml")]) == 0, "nobody knows where that file goes"


def test_a_namespace_from_the_command_line_is_the_one_of_the_secret(repository: Path) -> None:
    placed = read.placed([str(repository / "kept.yaml")])
    assert tracked.committed(placed, "shop") == {Ref("Secret", "shop", "kept")}, "as the index will call it"


def test_nothing_is_known_outside_a_work_tree_nor_without_git(
    repository: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "a.yaml").write_text(SECRET % "a")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(elsewhere.parent))
    assert committed(elsewhere / "a.yaml") == set(), "no work tree"
    monkeypatch.setenv("PATH", "")
    assert committed(repository / "kept.yaml") == set(), "no git"


def test_git_is_not_asked_about_files_without_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracked.subprocess, "run", lambda *_, **__: pytest.fail("a process for nothing"))
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    secret = {**config, "kind": "Secret"}
    assert tracked.committed([("a.yaml", config), ("-", secret)], "default") == frozenset(), "standard input is no file"


def test_a_list_is_as_its_items(repository: Path) -> None:
    (repository / "kept.yaml").write_text(f"{{apiVersion: v1, kind: List, items: [{SECRET % 'inside'}]}}")
    assert committed(repository / "kept.yaml") == {"inside"}, "kubectl get -o yaml writes lists"
