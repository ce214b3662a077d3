"""PostgreSQL 17 of Debian 13 as CloudNativePG wants it of an operand, with the user and the paths of its own images.

It stands in for `ghcr.io/cloudnative-pg/postgresql:17-standard-trixie`: the server with contrib, and the three
extensions that image has beside it. The operator brings what starts it, so there is no entry point. What it asks of an
image: https://cloudnative-pg.io/docs/1.30/container_images/. The tag begins with the major version, which it reads.
"""

from pathlib import Path

from devcluster.images import apt, debian, postgresql
from devcluster.images.definition import Definition, Say

MAJOR = 17
_USER = debian.User("postgres", 26, 26, "/var/lib/postgresql")
"""The numbers that a Cluster runs as unless it says others: DefaultPostgresUID and DefaultPostgresGID of the API."""

_EXTENSIONS = ("pgaudit", "pgvector", "pg-failover-slots")
"""Those of the `standard` image (github.com/cloudnative-pg/postgres-containers, README)."""


def _fill(root: Path, say: Say) -> None:
    extensions = tuple(f"postgresql-{MAJOR}-{name}" for name in _EXTENSIONS)
    postgresql.fill(root, apt.TRIXIE, MAJOR, _USER, say, also=extensions)
    _USER.own(root / _USER.home.lstrip("/"), 0o755)


IMAGE = Definition(
    reference=f"localhost/cloudnativepg-postgresql:{MAJOR}",
    folder=Path(__file__).resolve().parent,
    config={
        "User": _USER.numbers,
        "Env": [
            f"PATH={postgresql.programs(MAJOR)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG=C.UTF-8",
        ],
    },
    fill=_fill,
    why_long="about 60 MB of Debian packages; well under a minute",
)
