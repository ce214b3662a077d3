"""What is read out of apt's answers: where Debian comes from, and the files it would fetch."""

from pathlib import Path

import pytest

from devcluster import command, paths
from devcluster.images import apt


def test_the_first_mirror_of_each_of_debians_archives_is_taken_and_other_vendors_are_not():
    found = apt.debian_mirrors(
        "Docker|Docker CE|https://docker.example/linux/debian\n"
        "Debian|Debian|mirror+file:/etc/apt/mirrors/debian.list\n"
        "Debian|Debian|http://second.example/debian/\n"
        "Debian|Debian-Security|http://security.example/\n"
        "\n"
    )
    assert found == {
        "Debian": "mirror+file:/etc/apt/mirrors/debian.list",
        "Debian-Security": "http://security.example/",
    }, "only what Debian signs, and the address as apt itself writes it"


def test_a_machine_without_debian_gives_no_mirror():
    assert apt.debian_mirrors("Ubuntu|Ubuntu|http://archive.example/ubuntu/\n") == {}, (
        "Debian's packages are not to be had from another distribution's mirror"
    )


def test_the_files_are_named_as_apt_names_them_in_its_cache():
    answer = (
        "NOTE: This is only a simulation!\n"
        "Inst libattr1 (1:2.5.1-4 Debian:12.12/oldstable [amd64])\n"
        "Inst libc6 (2.36-9 Debian:12.12/oldstable, Debian-Security:12/oldstable-security [amd64]) []\n"
        "Inst base-files (12.4+deb12u15 Debian:12.12/oldstable [amd64]) [libc6:amd64 ]\n"
        "Conf libc6 (2.36-9 Debian:12.12/oldstable [amd64])\n"
    )
    assert apt.files(answer) == [
        "base-files_12.4+deb12u15_amd64.deb",
        "libattr1_1%3a2.5.1-4_amd64.deb",
        "libc6_2.36-9_amd64.deb",
    ], "a colon is written %3a in the cache; a package to be configured is not a second file"


def test_each_release_is_asked_for_on_the_machines_own_mirrors_with_its_updates_and_security():
    at = {"Debian": "http://mirror.example/debian", "Debian-Security": "http://security.example"}
    assert apt.sources("trixie", at, Path("/keys.gpg")) == (
        "deb [signed-by=/keys.gpg] http://mirror.example/debian trixie main\n"
        "deb [signed-by=/keys.gpg] http://mirror.example/debian trixie-updates main\n"
        "deb [signed-by=/keys.gpg] http://security.example trixie-security main\n"
    ), "an image of Debian 13 must not get Debian 12's packages, nor miss its security fixes"
    assert "signed-by" not in apt.sources("trixie", at, None), "without that keyring apt's own keys decide"


def test_releases_do_not_share_lists_and_cached_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(paths, "CACHE", tmp_path)
    assert apt.store(apt.BOOKWORM) != apt.store(apt.TRIXIE), "apt would clean up one release's packages for the other"


def test_a_machine_whose_keyring_is_too_old_for_a_release_is_told_so(monkeypatch: pytest.MonkeyPatch):
    def unsigned(*_: object, **__: object) -> str:
        raise command.CommandFailed("`apt-get` ended with 100: NO_PUBKEY 762F67A0B2C39DE4")

    monkeypatch.setattr(command, "run", unsigned)
    with pytest.raises(apt.NoDebian, match=r"trixie.*update the package debian-archive-keyring"):
        apt._update("trixie", [])
