"""What is read out of apt's answers: where Debian comes from, and the files it would fetch."""

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
