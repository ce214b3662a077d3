"""PostgreSQL 15 of Debian 12, with contrib, behind the interface of the official image (docker-library/postgres).

Left out: just-in-time compilation (LLVM is twice as large as all the rest), Debian's cluster scripts and their Perl,
documentation, translations. C.UTF-8 is the locale; glibc brings it.
"""

import os
import shutil
from pathlib import Path

from devcluster.images import apt, debian
from devcluster.images.definition import Definition, Say

MAJOR = 15
_FOLDER = Path(__file__).resolve().parent
_BIN = f"/usr/lib/postgresql/{MAJOR}/bin"
_USER = debian.User("postgres", 999, "/var/lib/postgresql")
"""The number that the official image's Dockerfile gives it; Debian's own package would take the next free one."""

_WITHOUT = ("libllvm14", "postgresql-common", "postgresql-client-common", "ssl-cert")


def _fill(root: Path, say: Say) -> None:
    # nss_wrapper gives initdb a user's name where the pod runs as a number that /etc/passwd lacks.
    packages = (*debian.BASE, f"postgresql-{MAJOR}", f"postgresql-client-{MAJOR}", "libnss-wrapper")
    debian.fill(root, packages, _USER, say, without=_WITHOUT)
    library = root / f"usr/lib/postgresql/{MAJOR}/lib"
    shutil.rmtree(library / "bitcode")
    (library / "llvmjit.so").unlink()
    for folder, mode in (
        ("var/lib/postgresql", 0o755),
        ("var/lib/postgresql/data", 0o1777),
        ("run/postgresql", 0o3777),
    ):
        (root / folder).mkdir(parents=True, exist_ok=True)
        os.chown(root / folder, _USER.number, _USER.number)
        (root / folder).chmod(mode)
    (root / "docker-entrypoint-initdb.d").mkdir()
    entrypoint = root / "usr/local/bin/docker-entrypoint.sh"
    entrypoint.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_FOLDER / "docker-entrypoint.sh", entrypoint)
    entrypoint.chmod(0o755)
    sample = root / f"usr/share/postgresql/{MAJOR}/postgresql.conf.sample"
    # As in the official image: a container's server listens to other containers.
    sample.write_text(sample.read_text().replace("#listen_addresses = 'localhost'", "listen_addresses = '*'"))


IMAGE = Definition(
    reference=f"localhost/postgres:{MAJOR}-{apt.RELEASE}",
    folder=_FOLDER,
    config={
        "User": f"{_USER.number}:{_USER.number}",
        "Env": [
            f"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:{_BIN}",
            "LANG=C.UTF-8",
            f"PG_MAJOR={MAJOR}",
            "PGDATA=/var/lib/postgresql/data",
        ],
        "Entrypoint": ["docker-entrypoint.sh"],
        "Cmd": ["postgres"],
        "ExposedPorts": {"5432/tcp": {}},
        "Volumes": {"/var/lib/postgresql/data": {}},
        # Fast shutdown: sessions are ended, none is waited for. https://www.postgresql.org/docs/15/server-shutdown.html
        "StopSignal": "SIGINT",
    },
    fill=_fill,
    why_long="about 60 MB of Debian packages; well under a minute",
)
