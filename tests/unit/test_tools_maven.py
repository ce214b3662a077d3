"""Files of Maven Central, with an mvn that puts down what the test says."""

import dataclasses
import hashlib
from pathlib import Path

import pytest

from devcluster import command, paths
from devcluster.toolchain import maven
from devcluster.toolchain.download import ChecksumMismatch

CONTENT = b"a jar"
JAR = maven.Artifact("org.example", "tool", "1.2", hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What mvn was asked for, one text a call; it writes CONTENT."""
    calls: list[str] = []

    def run(words, **_):
        folder = next(word.partition("=")[2] for word in words if word.startswith("-DoutputDirectory="))
        (Path(folder) / "tool-1.2.jar").write_bytes(CONTENT)
        calls.append(" ".join(words))

    monkeypatch.setattr(paths, "CACHE", tmp_path)
    monkeypatch.setattr(command, "run", run)
    monkeypatch.setattr(maven.shutil, "which", lambda _: "/usr/bin/mvn")
    return calls


def test_a_file_is_fetched_once(asked: list[str]):
    first, second = maven.fetch(JAR, print), maven.fetch(JAR, print)
    assert first == second, "the second is the cache's"
    assert first.read_bytes() == CONTENT, "what mvn wrote"
    assert len(asked) == 1, "mvn takes seconds"
    assert "-Dartifact=org.example:tool:1.2" in asked[0], "by its coordinates, wherever this machine gets them from"


def test_a_damaged_file_in_the_cache_is_fetched_again(asked: list[str]):
    maven.fetch(JAR, print).write_bytes(b"cut o")
    assert maven.fetch(JAR, print).read_bytes() == CONTENT, "an image would be made of half a server"
    assert len(asked) == 2, "the cache is not trusted"


def test_a_file_that_is_not_the_pinned_one_is_not_kept(asked: list[str], tmp_path: Path):
    other = dataclasses.replace(JAR, sha256="ab" * 32)
    with pytest.raises(ChecksumMismatch, match=f"{JAR.sha256}.*{'ab' * 32}"):
        maven.fetch(other, print)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [], "nothing of it may be used later"


def test_without_maven_it_says_what_to_install(asked: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(maven.shutil, "which", lambda _: None)
    monkeypatch.setattr(maven.packages, "can_install", lambda: False)
    with pytest.raises(maven.NoMaven, match="Debian's package maven"):
        maven.fetch(JAR, print)


def test_where_it_can_be_maven_is_installed(asked: list[str], monkeypatch: pytest.MonkeyPatch):
    installed: list[str] = []
    monkeypatch.setattr(maven.shutil, "which", lambda name: None if name == "mvn" else f"/usr/bin/{name}")
    monkeypatch.setattr(maven.packages, "can_install", lambda: True)
    monkeypatch.setattr(maven.packages, "install", installed.extend)
    maven.fetch(JAR, print)
    assert installed == ["maven"], "a machine with nothing on it gets what the image needs"
