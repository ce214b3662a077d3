"""Sets come in from anywhere, verdicts go out in four formats, and bad input is a sentence."""

import json
from pathlib import Path

import pytest
import yaml
from contract_sets import app, postgres, service

from contracts import Waiver, judge
from contracts.__main__ import main
from contracts.fronts import machine, read, text

WRONG = [app(DB_HOST="postgre", DB_PASSWORD="s3cr3t-value"), postgres(), service()]


def only_connection(report):
    """The part of a verdict that these sets break on purpose; their bare pods break other families too."""
    return [violation for violation in report.broken if violation.contract.startswith("N")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("a: [", ":2:1: no valid YAML"),
        ("kind: A\napiVersion: v1\nkind: B\n", ":3:1: no valid YAML: the key `kind` stands twice"),
        ("x: {{ .Values.image }}\n", "a Helm template, not its output"),
        ("{{- if .Values.on }}\nkind: Pod\n{{- end }}\n", "a Helm template, not its output"),
        ("hello\n", ":1: not a Kubernetes object"),
        ("kind: Pod\napiVersion: v1\n---\nname: x\n", ":4: not a Kubernetes object"),
        ("", "no Kubernetes object in there"),
        ("---\n---\n", "no Kubernetes object in there"),
        ("? [a]\n: b\n", "a key that is no text"),
        ("items: [&a {kind: Pod, apiVersion: v1, x: *a}]\nkind: List\napiVersion: v1\n", "recursive"),
        ("!!python/object/apply:os.system [x]\n", "no valid YAML"),
        ("apiVersion: v1\nkind: List\nitems: []\n", "no Kubernetes object in there"),
        ("apiVersion: v1\nkind: List\nitems:\n", "no Kubernetes object in there"),
        ("apiVersion: v1\nkind: List\nitems: [{kind: A, apiVersion: v1}, a]\n", ":1: item 2 of the List is no Kub"),
        ("apiVersion: v1\nkind: 5\n", ":1: not a Kubernetes object"),
        ("NOTES:\nThank you for installing x.\n", ":3:1: what a tool says beside its manifests"),
        ("NAME: x\nMANIFEST:\n---\nkind: A\napiVersion: v1\n", ":1: what a tool says beside its manifests"),
        ("[" * 100_000, "nested too deeply"),
        ('{"kind": "A", "apiVersion": "v1", "kind": "B"}', "the key `kind` stands twice"),
    ],
)
def test_input_that_cannot_be_judged_is_a_sentence_with_its_place(
    content: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "set.yaml"
    file.write_text(content)
    assert main([str(file)]) == 2, "unusable input is exit code 2"
    printed = capsys.readouterr()
    assert str(file) in printed.err, "the file is named"
    assert sentence in printed.err, "and what is wrong with it"
    assert "Traceback" not in printed.err, "never a traceback"


def test_a_line_that_does_not_parse_is_not_repeated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "set.yaml"
    file.write_text("password: s3cr3t-value: [\n")
    assert main([str(file)]) == 2, "it does not parse"
    assert "s3cr3t-value" not in capsys.readouterr().err, "that line may hold a secret"


@pytest.mark.parametrize("content", [b"\xff\xfe\x00x", b"\x00\x01\x02"])
def test_a_file_that_is_no_text_is_a_sentence(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "set.yaml"
    file.write_bytes(content)
    with pytest.raises(read.Unusable, match="set"):
        read.objects([str(file)])


def test_a_file_that_is_too_large_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "LARGEST", 100)
    file = tmp_path / "set.yaml"
    file.write_text("#" * 101)
    with pytest.raises(read.Unusable, match="larger than"):
        read.objects([str(file)])


def test_a_missing_file_and_a_folder_are_sentences(tmp_path: Path) -> None:
    for name in (tmp_path, tmp_path / "nothing.yaml"):
        with pytest.raises(read.Unusable, match=str(name)):
            read.objects([str(name)])


def test_a_kind_that_only_ends_like_a_list_is_an_object(tmp_path: Path) -> None:
    for items in ("5", "{a: b}"):
        file = tmp_path / "set.yaml"
        file.write_text(f"apiVersion: example.org/v1\nkind: AllowList\nitems: {items}\n")
        assert len(read.objects([str(file)])) == 1, "its items are its own business"


def test_lists_documents_and_json_are_the_same_set(tmp_path: Path) -> None:
    as_list, as_documents, as_json = (tmp_path / name for name in ("list.yaml", "documents.yaml", "set.json"))
    as_list.write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": WRONG}))
    as_documents.write_text("---\n" + yaml.safe_dump_all(WRONG) + "---\n")
    as_json.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": WRONG}))
    verdicts = [judge(read.objects([str(file)])).broken for file in (as_list, as_documents, as_json)]
    assert verdicts[0] == verdicts[1] == verdicts[2], "the way in makes no difference"
    assert verdicts[0], "and the set is broken"


def test_dates_stay_texts(tmp_path: Path) -> None:
    file = tmp_path / "set.yaml"
    file.write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {day: 2026-11-21}\n")
    assert read.objects([str(file)])[0]["data"]["day"] == "2026-11-21", "the API server has no dates"


def test_every_format_names_the_finding_and_never_a_secret() -> None:
    report = judge(WRONG)
    for written in (text.told(report), machine.as_json(report), machine.as_sarif(report), machine.as_github(report)):
        assert "N01" in written, "the contract is named"
        assert "DB_HOST=postgre" in written, "and what was found"
        assert "s3cr3t-value" not in written, "and no secret's value"


def test_sarif_and_json_are_readable_by_programs() -> None:
    sarif = json.loads(machine.as_sarif(judge(WRONG)))
    rules = {rule["id"] for rule in sarif["runs"][0]["tool"]["driver"]["rules"]}
    results = {result["ruleId"] for result in sarif["runs"][0]["results"]}
    assert results <= rules, "every result has its rule"
    assert json.loads(machine.as_json(judge(WRONG)))["holds"] is False, "the verdict is a value"


def test_a_waiver_takes_its_finding_out_of_the_verdict_and_is_told() -> None:
    waiver = Waiver("N01", "Deployment shop", "the host is made by hand")
    report = judge(WRONG, waivers=[waiver])
    assert not only_connection(report), "it was waived"
    assert "the host is made by hand" in text.told(report), "with its reason, at every run"


def test_a_waiver_that_matches_nothing_is_an_error() -> None:
    right = [app(DB_HOST="postgres"), postgres(), service()]
    report = judge(right, waivers=[Waiver("N01", "Deployment shop", "no more")])
    assert not report.holds, "a stale waiver hides the next finding"
    assert "stale waiver" in text.told(report), "and it says so"


def test_a_waiver_is_for_one_contract_and_one_object_only() -> None:
    for waiver in (Waiver("N02", "Deployment shop", "x"), Waiver("N01", "Deployment other", "x")):
        assert only_connection(judge(WRONG, waivers=[waiver])), f"{waiver} is not for this finding"


def test_an_open_set_may_leave_things_undecided() -> None:
    elsewhere = [app(DB_HOST="postgres.elsewhere.svc")]
    closed, opened = judge(elsewhere), judge(elsewhere, open_set=True)
    assert any(violation.contract == "N01" for violation in closed.undecided), "it can't be decided"
    assert "can't be decided" in text.told(opened), "it is told all the same"
    assert opened.holds or opened.broken, "but alone it is no error"


def test_consequences_of_one_cause_are_told_together() -> None:
    second = app(DB_HOST="postgre")
    second["metadata"]["name"] = "other"
    report = judge([WRONG[0], second, postgres(), service()])
    groups = [group for group in report.groups if group[0].contract == "N01"]
    assert [len(group) for group in groups] == [2], "two apps, one missing Service"


def test_exit_codes_tell_broken_from_holding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "set.yaml"
    file.write_text(yaml.safe_dump_all(WRONG))
    assert main([str(file)]) == 1, "broken"
    assert "no Service shop/postgre" in capsys.readouterr().out, "the cause heads its group"
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": {"a": "b"}}
    file.write_text(yaml.safe_dump(config))
    assert main([str(file)]) == 0, "nothing is wrong with a ConfigMap"
    assert "every contract holds" in capsys.readouterr().out, "and it says so"
