"""The launchers, and what the stand-ins for the language host and the random provider do without an engine."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from devcluster import plugins
from devcluster.plugins.kubernetes.kubeconfig import NoCluster, access
from devcluster.plugins.kubernetes.settings import Settings
from devcluster.plugins.language.environment import NoEnvironment, interpreter
from devcluster.plugins.protocol.made import changes
from devcluster.plugins.random import generate
from devcluster.plugins.random.kinds import KINDS

PASSWORD = KINDS["random:index/randomPassword:RandomPassword"]


def test_launchers_are_executable_and_written_once(tmp_path: Path) -> None:
    folder = plugins.install(tmp_path / "with space", Path(sys.executable))
    names = {each.name for each in folder.iterdir()}
    assert names == {"pulumi-language-python", *(f"pulumi-resource-{name}" for name in ("kubernetes", "random", "tls"))}
    assert all(os.access(each, os.X_OK) for each in folder.iterdir())
    before = {each: each.stat().st_mtime_ns for each in folder.iterdir()}
    plugins.install(folder, Path(sys.executable))
    assert before == {each: each.stat().st_mtime_ns for each in folder.iterdir()}, "a second call rewrote them"


def test_an_unknown_stand_in_is_refused() -> None:
    done = subprocess.run([sys.executable, plugins.START, "azure"], capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "language, kubernetes, random, tls" in done.stderr


def test_the_programs_interpreter_is_the_one_that_pulumi_yaml_names(tmp_path: Path) -> None:
    assert interpreter(str(tmp_path), {}) == Path(sys.executable)
    with pytest.raises(NoEnvironment, match=r"\.venv has no bin/python"):
        interpreter(str(tmp_path), {"virtualenv": ".venv"})
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    assert interpreter(str(tmp_path), {"virtualenv": ".venv"}) == python


def filled(**inputs: Any) -> dict[str, Any]:
    return PASSWORD.filled(inputs)


def test_a_text_has_the_asked_length_and_classes() -> None:
    for _ in range(50):
        drawn = generate.text(filled(length=12, minUpper=3, minNumeric=3, special=False))
        assert len(drawn) == 12 and drawn.isalnum()
        assert sum(each.isupper() for each in drawn) >= 3 and sum(each.isdigit() for each in drawn) >= 3
    only = generate.text(filled(length=8, upper=False, lower=False, numeric=False, overrideSpecial="_"))
    assert only == "________"


@pytest.mark.parametrize(
    ("inputs", "word"),
    [
        ({"length": 0}, "length"),
        ({"length": 3, "minUpper": 4}, "ask for 4"),
        ({"length": 3, "upper": False, "lower": False, "number": False, "special": False}, "at least one class"),
    ],
)
def test_impossible_texts_are_refused(inputs: dict[str, Any], word: str) -> None:
    complaint = PASSWORD.complain(PASSWORD.filled(inputs))
    assert complaint and word in complaint[1]


def test_a_default_that_is_now_said_is_no_change_but_a_new_keeper_is() -> None:
    assert changes(PASSWORD, filled(length=8), filled(length=8, special=True), []) == {}
    assert list(changes(PASSWORD, filled(length=8, keepers={"a": "1"}), filled(length=8, keepers={"a": "2"}), [])) == [
        "keepers.a"
    ]
    assert changes(PASSWORD, filled(length=8), filled(length=9), ["length"]) == {}, "an ignored input"


def test_the_bcrypt_hash_verifies_or_is_left_out() -> None:
    hashed = generate.bcrypt("secret")
    assert hashed is None or (hashed.startswith("$2a$10$") and len(hashed) == 60)


def test_settings_come_from_the_provider_then_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_K8S_ENABLE_SECRET_MUTABLE", "true")
    found = Settings.read({"kubernetes:config:enableConfigMapMutable": "true", "kubernetes:config:unknown": "x"})
    assert found.mutable_config_maps and found.mutable_secrets and found.server_side_apply
    assert not Settings.read({"enableSecretMutable": False}).mutable_secrets, "the provider's word goes first"


KUBECONFIG = """\
current-context: one
contexts: [{name: one, context: {cluster: c, user: u, namespace: mine}}]
clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]
users: [{name: u, user: {token: abc}}]
"""


def test_a_kubeconfig_is_read_from_a_file_or_as_text(tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text(KUBECONFIG)
    for given in (str(file), KUBECONFIG):
        found = access(given)
        assert (found.server, found.namespace) == ("http://127.0.0.1:1", "mine")
        assert found.headers() == {"Authorization": "Bearer abc"}
    with pytest.raises(NoCluster, match="no context 'two'; it has: one"):
        access(str(file), "two")
    with pytest.raises(NoCluster, match="is not there"):
        access(str(tmp_path / "none"))
