"""A directory stands for the manifests in it and below, as `kubectl apply -R -f` reads it."""

from pathlib import Path

import plans
import pytest

from components import rendered
from contracts.__main__ import main
from contracts.fronts import directories, read

ACCOUNT = "{apiVersion: v1, kind: ServiceAccount, metadata: {name: %s}}\n"


def test_manifests_of_every_ending_are_read_in_order_and_hidden_ones_are_not(tmp_path: Path) -> None:
    for file in ("b.yml", "a.yaml", "deep/er/c.yaml", ".git/d.yaml", ".e.yaml", "f.txt", "deep/g.yaml.bak"):
        place = tmp_path / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(ACCOUNT % place.stem)
    (tmp_path / "h.json").write_text('{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "h"}}')
    found = [body["metadata"]["name"] for body in read.objects(directories.opened([str(tmp_path)]))]
    assert found == ["a", "b", "c", "h"]


def test_what_is_wrong_in_a_directory_is_told_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "values.yaml").write_text("image: x\n")
    with pytest.raises(read.Unusable, match=r"values\.yaml:1: not a Kubernetes object"):
        read.objects(directories.opened([str(tmp_path)]))


def test_an_empty_directory_is_no_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"{tmp_path}: no manifest in there\n"


def test_standard_input_is_no_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "-").mkdir()
    monkeypatch.chdir(tmp_path)
    assert directories.opened(["-", "missing.yaml"]) == ["-", "missing.yaml"], "the reader says what is wrong with it"


def test_the_contracts_hold_for_what_make_render_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rendered.write("dev", plans.every_plan()["dev"], tmp_path)
    assert main([str(tmp_path)]) == 0, "the placeholders below are read too, and have every key"
    assert capsys.readouterr().out == "every contract holds\n"
