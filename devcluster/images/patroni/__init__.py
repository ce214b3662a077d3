"""PostgreSQL 17 of Debian 13 and Patroni of PyPI, with the user and the paths of Spilo (zalando/spilo).

It stands in for `ghcr.io/zalando/spilo-17` where Patroni is started on a configuration of one's own: no entry point,
no command, none of Spilo's own scripts and extensions.
"""

from pathlib import Path

from devcluster.images import apt, debian, postgresql, python
from devcluster.images.definition import Definition, Say

MAJOR = 17
_FOLDER = Path(__file__).resolve().parent
_USER = debian.User("postgres", 101, 103, "/home/postgres")
"""As in Spilo: `id postgres` there, and spilo_runasuser and spilo_runasgroup in the manual of zalando/postgres-operator
(docs/reference/operator_parameters.md)."""


def _fill(root: Path, say: Say) -> None:
    postgresql.fill(root, apt.TRIXIE, MAJOR, _USER, say, also=("python3",))
    _USER.own(root / _USER.home.lstrip("/"), 0o755)
    python.trim(root)
    packages = python.install(root, _FOLDER, ("patroni", "patronictl"), say)
    python.compile_all(root, say, packages)


IMAGE = Definition(
    reference=f"localhost/patroni:4.1-pg{MAJOR}",
    folder=_FOLDER,
    config={
        "User": _USER.numbers,
        "Env": [
            f"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:{postgresql.programs(MAJOR)}",
            "LANG=C.UTF-8",
            f"PG_MAJOR={MAJOR}",
        ],
        "WorkingDir": _USER.home,
        "ExposedPorts": {"5432/tcp": {}, "8008/tcp": {}},
    },
    fill=_fill,
    why_long="about 60 MB of packages of Debian and PyPI; well under a minute",
)
