"""Which tool is taken: PATH, cache, download or build."""

import re
from pathlib import Path

import pytest

from devcluster import paths, toolchain
from devcluster.build import versions
from devcluster.toolchain import download, go, go_module, install
from devcluster.toolchain.on_path import Suitable, find
from devcluster.toolchain.version import parse

SPEC = versions.GoBuild(binary="tool", module="coredns", package="example.org/tool", version="v1.2.3", minutes=1)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(paths, "CACHE", tmp_path)
    monkeypatch.setattr(paths, "BIN", tmp_path / "bin")
    monkeypatch.delenv("DEVCLUSTER_DOWNLOADS", raising=False)
    return tmp_path


@pytest.fixture
def built(cache: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the tools built so far; a build writes a file instead of compiling for minutes."""
    names: list[str] = []

    def write(spec, _module, binary, _say):
        names.append(spec.binary)
        binary.write_text("built")

    monkeypatch.setattr(install, "build", write)
    return names


def get(releases=("official",)) -> install.Installed:
    return install.install(SPEC, releases, lambda _: None)


@pytest.mark.parametrize(
    ("printed", "version"),
    [
        ("v3.246.0", (3, 246, 0)),
        ("Kubernetes v1.34.4", (1, 34, 4)),
        ("CoreDNS-1.12.4\nlinux/amd64, go1.26.8,", (1, 12, 4)),
        ("etcd Version: 3.6.5\nGit SHA: abc", (3, 6, 5)),
        ("go version go1.21 linux/amd64", (1, 21, 0)),
        ("4", (4, 0, 0)),
        ("no version", None),
    ],
)
def test_versions_are_read_as_programs_print_them(printed, version):
    assert parse(printed) == version, f"{printed!r} names this version"


@pytest.mark.parametrize(
    ("printed", "fits"),
    [("v3.245.9", False), ("v3.246.0", True), ("v3.300.1", True), ("v4.0.0", False), ("dev", False)],
)
def test_a_tool_on_path_is_taken_only_in_a_suitable_version(tmp_path, monkeypatch, printed, fits):
    program = tmp_path / "pulumi"
    program.write_text(f"#!/bin/sh\necho {printed}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = find(Suitable("pulumi", ("version",), at_least="3.246.0", below="4"))
    assert found == (program if fits else None), f"{printed} against 3.246.0 ≤ version < 4"


def test_another_minor_of_kubernetes_is_not_the_nodes():
    wanted = Suitable("kubelet", ("--version",), at_least="1.34", same_minor=True)
    assert wanted.fits("Kubernetes v1.34.9"), "a patch release is the same minor"
    assert not wanted.fits("Kubernetes v1.35.0"), "the node was tried with 1.34 only"


def test_a_program_that_fails_is_not_taken(tmp_path, monkeypatch):
    program = tmp_path / "pulumi"
    program.write_text("#!/bin/sh\necho v3.250.0\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find(Suitable("pulumi", ("version",), at_least="3")) is None, "its version may be right, it is broken"


def test_an_official_download_is_preferred_to_a_build(cache, built, monkeypatch):
    def fetch(_release, directory, _refusals, _say):
        (directory / "tool").write_text("official")
        return [directory / "tool"]

    monkeypatch.setattr(download, "fetch", fetch)
    assert (get().origin, built) == ("downloaded", []), "no build where the download works"


def test_a_refused_download_falls_through_to_the_build(cache, built, monkeypatch):
    def fetch(*_):
        raise download.Refused("a wall")

    monkeypatch.setattr(download, "fetch", fetch)
    assert get().origin == "built from its Go module", "a refusal is no end"
    assert built == ["tool"], "it was built once"


def test_a_wrong_checksum_ends_the_run_and_is_not_papered_over_by_a_build(cache, built, monkeypatch):
    def fetch(*_):
        raise download.ChecksumMismatch("ab, cd")

    monkeypatch.setattr(download, "fetch", fetch)
    with pytest.raises(download.ChecksumMismatch):
        get()
    assert built == [], "somebody must look at it first"


def test_downloads_can_be_switched_off(cache, built, monkeypatch):
    monkeypatch.setenv("DEVCLUSTER_DOWNLOADS", "off")
    monkeypatch.setattr(download, "fetch", lambda *_: pytest.fail("asked a server all the same"))
    assert get().origin == "built from its Go module", "the build is what is left"


def test_an_unchanged_tool_is_not_made_again(cache, built):
    assert get(()).binary == get(()).binary, "the same binary is handed out"
    assert built == ["tool"], "the stamp says that nothing changed"


def test_a_changed_source_or_flag_is_built_again(cache, built, monkeypatch):
    get(())
    monkeypatch.setattr(install, "source_digest", lambda _: "another")
    get(())
    assert built == ["tool", "tool"], "another digest, another binary"


def test_a_missing_binary_is_made_again_whatever_the_stamp_says(cache, built):
    get(()).binary.unlink()
    get(())
    assert built == ["tool", "tool"], "a stamp without its binary is worth nothing"


def test_a_tool_that_can_be_had_in_no_way_says_both_reasons(cache, monkeypatch):
    def no_go(*_):
        raise go.NoGo("install Go 1.25.8 from https://go.dev/dl")

    monkeypatch.setenv("DEVCLUSTER_DOWNLOADS", "off")
    monkeypatch.setattr(install, "build", no_go)
    with pytest.raises(install.NoTool, match=r"DEVCLUSTER_DOWNLOADS=off.*install Go 1.25.8"):
        get()


def test_one_binary_and_separate_binaries_are_started_alike(tmp_path):
    kubernetes = toolchain.Kubernetes(tmp_path, "v1.34.4", "built")
    assert kubernetes.command("kubelet") == [str(tmp_path / "kube"), "kubelet"], "one binary dispatches on its argument"
    (tmp_path / "kubelet").touch()
    assert kubernetes.command("kubelet") == [str(tmp_path / "kubelet")], "an official binary is called by its name"


def test_a_module_that_is_only_read_lies_where_go_says(monkeypatch, tmp_path):
    asked = []

    def answer(words, **how):
        asked.append((words, how["cwd"]))
        return 'go: downloading example.org/read v1.0.0\n{\n "Dir": "/cache/read@v1.0.0"\n}'

    monkeypatch.setattr(go, "find", lambda *_: go.Go(Path("go"), {}))
    monkeypatch.setattr(go_module.command, "run", answer)
    assert go_module.folder(tmp_path, "example.org/read", lambda _: None) == Path("/cache/read@v1.0.0")
    ((words, folder),) = asked
    assert "@" not in words[-1] and folder == tmp_path, "the go.mod there says which version, its go.sum which content"


PINNED = (
    versions.PULUMI_BUILD,
    versions.COREDNS_BUILD,
    *versions.ETCD_IMAGE_BUILDS,
    *versions.CLOUDNATIVEPG_BUILDS.values(),
    versions.PROMTOOL_BUILD,
    versions.BARMAN_PLUGIN_BUILD,
    versions.MINIO_BUILD,
)


def test_every_pinned_version_is_the_one_in_its_go_module():
    for spec in PINNED:
        text = (install.MODULES / spec.module / "go.mod").read_text()
        required = dict(re.findall(r"(\S+) (v\S+)", text))
        module = next(one for one in required if f"{spec.package}/".startswith(f"{one}/"))
        assert required[module] == spec.version, f"{spec.module}/go.mod requires another version of {module}"
