"""PostgreSQL 15 of Debian 12 behind the interface of the official image (docker-library/postgres)."""

import shutil
from pathlib import Path

from devcluster.images import apt, debian, postgresql
from devcluster.images.definition import Definition, Say

MAJOR = 15
_FOLDER = Path(__file__).resolve().parent
_USER = debian.User("postgres", 999, 999, "/var/lib/postgresql")
"""The numbers that the official image's Dockerfile gives it; Debian's own package would take the next free ones."""


def _fill(root: Path, say: Say) -> None:
    # nss_wrapper gives initdb a user's name where the pod runs as a number that /etc/passwd lacks.
    postgresql.fill(root, apt.BOOKWORM, MAJOR, _USER, say, also=("libnss-wrapper",))
    _USER.own(root / "var/lib/postgresql", 0o755)
    _USER.own(root / "var/lib/postgresql/data", 0o1777)
    (root / "docker-entrypoint-initdb.d").mkdir()
    entrypoint = root / "usr/local/bin/docker-entrypoint.sh"
    entrypoint.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_FOLDER / "docker-entrypoint.sh", entrypoint)
    entrypoint.chmod(0o755)
    sample = root / f"usr/share/postgresql/{MAJOR}/postgresql.conf.sample"
    # As in the official image: a container's server listens to other containers.
    sample.write_text(sample.read_text().replace("#listen_addresses = 'localhost'", "listen_addresses = '*'"))


IMAGE = Definition(
    reference=f"localhost/postgres:{MAJOR}-{apt.BOOKWORM}",
    folder=_FOLDER,
    config={
        "User": _USER.numbers,
        "Env": [
            f"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:{postgresql.programs(MAJOR)}",
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
