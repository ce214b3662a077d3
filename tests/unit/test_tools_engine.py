"""Pulumi's environment for the local stack, and the commands' arguments."""

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest
import yaml

from devcluster import cluster, engine, paths, plugins
from devcluster.cli.parser import parser
from devcluster.cluster import Cluster
from devcluster.toolchain import pulumi_plugins

SETTINGS = """\
config:
  postgres-apps:cluster: {context: devcluster, other: kept}
  postgres-apps:database: {image: localhost/postgres:15}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(paths, "HOME", tmp_path / "home")
    monkeypatch.setattr(paths, "PULUMI", tmp_path / "home" / "pulumi")
    monkeypatch.setattr(pulumi_plugins, "missing", lambda *_: [])
    monkeypatch.setattr(pulumi_plugins, "STAND_INS", tmp_path / "stand-ins")
    return tmp_path


def make(context: str = "devcluster") -> engine.Engine:
    return engine.Engine(Cluster("embedded", context, Path("/kubeconfig")), Path("/opt/pulumi/pulumi"))


def test_the_committed_settings_stay_and_the_salt_stays_in_the_copy(tmp_path):
    committed, copy = tmp_path / "Pulumi.local.yaml", tmp_path / "copy.yaml"
    committed.write_text(SETTINGS)
    copy.write_text("encryptionsalt: v1:abc\nconfig: {old: gone}\n")
    engine.write_settings(committed, copy, "devcluster")
    assert committed.read_text() == SETTINGS, "the committed file must never change"
    written = yaml.safe_load(copy.read_text())
    assert written["encryptionsalt"] == "v1:abc", "without the salt the state's secrets can't be read again"
    assert "old" not in written["config"], "what the committed file no longer says is gone from the copy"


def test_another_cluster_and_registry_reach_the_program_by_the_copy(tmp_path):
    committed, copy = tmp_path / "Pulumi.local.yaml", tmp_path / "copy.yaml"
    committed.write_text(SETTINGS)
    engine.write_settings(committed, copy, "kind-mine", images="registry.example.org/me/")
    config = yaml.safe_load(copy.read_text())["config"]
    assert config["postgres-apps:cluster"] == {"context": "kind-mine", "other": "kept"}, "only the context changes"
    assert config["postgres-apps:database"]["image"] == "registry.example.org/me/postgres:15"


def test_the_passphrase_is_made_once_and_only_its_owner_reads_it(home):
    file = Path(make().environment()["PULUMI_CONFIG_PASSPHRASE_FILE"])
    first = file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600, "nobody else may read it"
    assert len(first) >= 32, "it protects every password in the state"
    make().environment()
    assert file.read_text() == first, "another passphrase could not read the state"


def test_the_users_own_passphrase_and_backend_do_not_reach_the_local_stack(home, monkeypatch):
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "theirs")
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://theirs")
    environment = make().environment()
    assert "PULUMI_CONFIG_PASSPHRASE" not in engine.os.environ, "it would beat the file"
    assert environment["PULUMI_BACKEND_URL"].startswith("file://"), "the local stack's state stays on this machine"


def test_each_cluster_has_a_state_of_its_own(home):
    assert make().home != make("kind-mine").home, "a state is worth nothing on another cluster"


def test_stand_ins_come_last_on_path_and_only_for_what_is_lacking(home, monkeypatch):
    assert "stand-ins" not in make().environment()["PATH"], "where all official plugins are, no stand-in is seen"
    monkeypatch.setattr(pulumi_plugins, "missing", lambda *_: ["pulumi-resource-random"])
    environment = make().environment()
    last = Path(environment["PATH"].split(":")[-1])
    assert [path.name for path in last.iterdir()] == ["pulumi-resource-random"], "only what is lacking is stood in for"
    assert environment["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] == "true", "else each run tries to download"


def test_a_stand_in_whose_link_leads_to_another_place_is_found_again(home):
    directory = pulumi_plugins.stand_ins(["pulumi-resource-tls"])
    link = directory / "pulumi-resource-tls"
    link.unlink()
    link.symlink_to("/gone/pulumi-resource-tls")
    pulumi_plugins.stand_ins(["pulumi-resource-tls"])
    assert link.exists(), "the engine finds no plugin where the link leads nowhere, and the stack fails half made"


def test_for_each_provider_of_the_program_there_is_an_official_plugin_to_look_for_and_a_stand_in():
    stood_in_for = {name.removeprefix("pulumi-resource-") for name in plugins.EXECUTABLES if "-resource-" in name}
    assert set(pulumi_plugins.PROVIDERS) == stood_in_for, "one that is missing is found by nobody"
    for package in pulumi_plugins.PROVIDERS.values():
        assert f'"{package}>=' in (paths.CHECKOUT / "pyproject.toml").read_text(), "its SDK says which plugin is right"


def test_a_lock_goes_only_when_the_pulumi_that_held_it_is_dead(tmp_path):
    locks = tmp_path / ".pulumi" / "locks" / "organization" / "postgres-apps" / "local"
    locks.mkdir(parents=True)
    ended = subprocess.Popen(["true"])
    ended.wait()
    for name, pid in (("alive", os.getpid()), ("dead", ended.pid)):
        (locks / f"{name}.json").write_text(json.dumps({"pid": pid}))
    engine.drop_dead_locks(tmp_path)
    assert [path.stem for path in locks.iterdir()] == ["alive"], "a pulumi at work keeps its lock"


def test_the_choice_of_a_cluster_is_remembered(home):
    assert cluster.remembered() == cluster.EMBEDDED, "before any choice it is the embedded node"
    mine = Cluster("kind", "kind-mine", made=True)
    cluster.remember(mine)
    assert cluster.remembered() == mine, "make psql must speak to the cluster of the last make up"
    cluster.only(mine)
    with pytest.raises(cluster.NoCluster, match="run `make down` there first"):
        cluster.only(cluster.EMBEDDED)
    cluster.forget()
    assert cluster.remembered() == cluster.EMBEDDED, "a forgotten choice is none"


def test_without_root_one_sentence_says_what_to_do(monkeypatch):
    monkeypatch.setattr(cluster.os, "geteuid", lambda: 1000)
    with pytest.raises(cluster.NoCluster, match=r"sudo make up.*CONTEXT=.*CLUSTER=kind"):
        cluster.choose()


def test_an_unknown_kind_of_cluster_is_refused():
    with pytest.raises(cluster.NoCluster, match="it is kind or k3d"):
        cluster.choose(kind="minikube")


def test_kind_without_its_program_says_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(cluster.NoCluster, match="needs the program `kind`"):
        cluster.choose(kind="kind")


@pytest.mark.parametrize(
    ("words", "near"),
    [(["psqll"], "psql"), (["psql", "--rolle", "app"], "--role"), (["psql", "--role", "ownr"], "owner")],
)
def test_an_unknown_word_is_refused_with_its_nearest_match(words, near, capsys):
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(words)
    assert ended.value.code == 2, "a refusal is no success"
    assert f"did you mean {near}?" in capsys.readouterr().err, "the nearest known word is offered"


def test_words_after_two_dashes_are_the_other_programs():
    options = parser().parse_args(["pulumi", "--stack", "dev", "--", "preview", "--diff", "--stack", "x"])
    assert options.stack == "dev", "before -- it is ours"
    assert options.arguments == ["preview", "--diff", "--stack", "x"], "after -- it is pulumi's"
