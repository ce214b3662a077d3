"""YAML is read as the engine reads it; what does not parse is said without repeating the line."""

import pytest

from components.settings.document import read_yaml
from components.settings.mistakes import SettingsRefused


def read(tmp_path, text):
    (tmp_path / "f.yaml").write_text(text)
    return read_yaml(tmp_path / "f.yaml", "f.yaml")


def refused(tmp_path, text):
    with pytest.raises(SettingsRefused) as error:
        read(tmp_path, text)
    return str(error.value)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *(("on", "on"), ("off", "off"), ("no", "no"), ("yes", "yes"), ("12:30:45", "12:30:45"), ("1.2.3", "1.2.3")),
        *(("10Gi", "10Gi"), ("100m", "100m"), ("15-alpine", "15-alpine"), ("1e", "1e"), ("0x", "0x"), (".", ".")),
        *(("true", True), ("False", False), ("15", 15), ("-3", -3), ("1.5", 1.5), ("1e3", 1000.0), ("0x1F", 31)),
        *(("~", None), ("", None), ("'15'", "15"), ("0", 0), ("0755", 493), ("1_000", 1000)),
    ],
)
def test_scalars_are_what_the_engine_reads(tmp_path, written, value):
    assert read(tmp_path, f"a: {written}") == {"a": value}
    assert type(read(tmp_path, f"a: {written}")["a"]) is type(value)


def test_a_key_that_stands_twice_is_a_mistake(tmp_path):
    assert "the key `a` stands twice (line 3, column 1)" in refused(tmp_path, "a: 1\nb: 2\na: 3\n")


def test_anchors_and_merges_work(tmp_path):
    text = "base: &b {x: 1, y: 2}\nown: {<<: *b, y: 3}\n"
    assert read(tmp_path, text)["own"] == {"x": 1, "y": 3}, "an own key wins over a merged one"


def test_a_key_that_is_no_text_is_a_mistake(tmp_path):
    assert "a key is no text" in refused(tmp_path, "? [a]\n: 1\n")


def test_a_syntax_error_says_where_and_repeats_nothing(tmp_path):
    text = refused(tmp_path, "config:\n  token: 'hunter2\n  other: [\n")
    assert "f.yaml" in text, "which file"
    assert "line" in text, "where in it"
    assert "hunter2" not in text, "the line may hold a secret"


def test_a_tab_is_a_mistake_and_not_a_traceback(tmp_path):
    assert "no valid YAML" in refused(tmp_path, "a:\n\tb: 1\n")


def test_a_missing_file_names_its_neighbours(tmp_path):
    (tmp_path / "observer.yaml").write_text("")
    with pytest.raises(SettingsRefused, match=r"did you mean `observer\.yaml`"):
        read_yaml(tmp_path / "observr.yaml", "systems/observr.yaml")


def test_bytes_that_are_no_text_are_a_mistake(tmp_path):
    (tmp_path / "f.yaml").write_bytes(b"a: \xff\xfe")
    with pytest.raises(SettingsRefused, match="UTF-8"):
        read_yaml(tmp_path / "f.yaml", "f.yaml")
