"""PgBouncer 1.24 of Debian 13 as CloudNativePG's Pooler wants it (ghcr.io/cloudnative-pg/pgbouncer).

The Pooler's pod starts /usr/bin/pgbouncer by the operator's own program, as user 998 of group 996, and speaks to it
over a socket where only the user `pgbouncer` is let in: the number must have that name. (cloudnative-pg v1.30.0,
pkg/specs/pgbouncer/deployments.go, internal/cmd/manager/pgbouncer/run/cmd.go, pkg/management/pgbouncer/config.)
"""

from pathlib import Path

from devcluster.images import apt, debian
from devcluster.images.definition import Definition, Say

_USER = debian.User("pgbouncer", 998, 996, "/nonexistent")


def _fill(root: Path, say: Say) -> None:
    packages = (*debian.BASE, "pgbouncer")
    debian.fill(root, apt.TRIXIE, packages, _USER, say, without=("postgresql-common", "postgresql-client-common"))
    (root / "usr/bin/pgbouncer").symlink_to("../sbin/pgbouncer")


IMAGE = Definition(
    reference="localhost/pgbouncer:1.24",
    folder=Path(__file__).resolve().parent,
    config={
        "User": _USER.numbers,
        "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"],
        "ExposedPorts": {"5432/tcp": {}},
    },
    fill=_fill,
    why_long="about 20 MB of Debian packages; a few seconds",
)
