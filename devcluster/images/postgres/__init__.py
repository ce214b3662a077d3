"""PostgreSQL behind the interface of the official image (docker-library/postgres), in the versions that Debian has,
and in 14, from which databases are upgraded."""

import shutil
from pathlib import Path

from devcluster.images import apt, debian, postgresql
from devcluster.images.definition import Definition, Say
from devcluster.images.postgres import embedded

_RELEASES = {embedded.MAJOR: apt.BOOKWORM, 15: apt.BOOKWORM, 17: apt.TRIXIE}
_FOLDER = Path(__file__).resolve().parent
_USER = debian.User("postgres", 999, 999, "/var/lib/postgresql")
"""The numbers that the official image's Dockerfile gives it; Debian's own package would take the next free ones."""

# nss_wrapper gives initdb a user's name where the pod runs as a number that /etc/passwd lacks.
_ALSO = ("libnss-wrapper",)


def _fill(major: int, root: Path, say: Say, server: str) -> None:
    if major == embedded.MAJOR:
        embedded.fill(root, server, _RELEASES[major], _USER, say, _ALSO)
        share = root / f"usr/lib/postgresql/{major}/share/postgresql"
    else:
        postgresql.fill(root, _RELEASES[major], major, _USER, say, also=_ALSO)
        share = root / f"usr/share/postgresql/{major}"
    _USER.own(root / "var/lib/postgresql", 0o755)
    _USER.own(root / "var/lib/postgresql/data", 0o1777)
    (root / "docker-entrypoint-initdb.d").mkdir()
    entrypoint = root / "usr/local/bin/docker-entrypoint.sh"
    entrypoint.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_FOLDER / "docker-entrypoint.sh", entrypoint)
    entrypoint.chmod(0o755)
    sample = share / "postgresql.conf.sample"
    # As in the official image: a container's server listens to other containers.
    sample.write_text(sample.read_text().replace("#listen_addresses = 'localhost'", "listen_addresses = '*'"))


def _programs(major: int) -> str:
    clients = (f":{postgresql.programs(embedded.CLIENTS)}",) if major == embedded.MAJOR else ()
    return postgresql.programs(major) + "".join(clients)


def _image(major: int, tag: str = "", server: str = embedded.LAST) -> Definition:
    """`tag` is the version as the tag has it; `server` the one of 14's server."""
    return Definition(
        reference=f"localhost/postgres:{tag or major}-{_RELEASES[major]}",
        folder=_FOLDER,
        config={
            "User": _USER.numbers,
            "Env": [
                f"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:{_programs(major)}",
                "LANG=C.UTF-8",
                f"PG_MAJOR={major}",
                "PGDATA=/var/lib/postgresql/data",
            ],
            "Entrypoint": ["docker-entrypoint.sh"],
            "Cmd": ["postgres"],
            "ExposedPorts": {"5432/tcp": {}},
            "Volumes": {"/var/lib/postgresql/data": {}},
            # Fast shutdown: sessions are ended, none is waited for.
            # https://www.postgresql.org/docs/15/server-shutdown.html
            "StopSignal": "SIGINT",
        },
        fill=lambda root, say: _fill(major, root, say, server),
        why_long="about 60 MB of packages; well under a minute",
    )


IMAGES = {major: _image(major) for major in _RELEASES}
"""By PostgreSQL's major version."""

BEFORE = _image(embedded.MAJOR, embedded.BEFORE.removesuffix(".0"), embedded.BEFORE)
"""The minor version of 14 before the last."""

IMAGE = IMAGES[15]
"""The one that the local stack runs."""
