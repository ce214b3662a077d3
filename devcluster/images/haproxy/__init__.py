"""HAProxy 3.0 of Debian 13 behind the interface of the official image (docker-library/haproxy)."""

import shutil
from pathlib import Path

from devcluster.images import apt, debian
from devcluster.images.definition import Definition, Say

_FOLDER = Path(__file__).resolve().parent
_USER = debian.User("haproxy", 99, 99, "/var/lib/haproxy")
"""The numbers that the official image's Dockerfile gives it."""

_CONFIGURATION = "/usr/local/etc/haproxy"


def _fill(root: Path, say: Say) -> None:
    debian.fill(root, apt.TRIXIE, (*debian.BASE, "haproxy"), _USER, say)
    _USER.own(root / _USER.home.lstrip("/"), 0o755)
    (root / "usr/local/bin").mkdir(parents=True, exist_ok=True)
    shutil.copy(_FOLDER / "docker-entrypoint.sh", root / "usr/local/bin")
    # Where the official image has them.
    for link, target in (
        ("usr/local/sbin/haproxy", "../../sbin/haproxy"),
        (f"{_CONFIGURATION.lstrip('/')}/errors", "/etc/haproxy/errors"),
    ):
        (root / link).parent.mkdir(parents=True, exist_ok=True)
        (root / link).symlink_to(target)


IMAGE = Definition(
    reference="localhost/haproxy:3.0",
    folder=_FOLDER,
    config={
        "User": _USER.numbers,
        "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"],
        "WorkingDir": _USER.home,
        "Entrypoint": ["docker-entrypoint.sh"],
        "Cmd": ["haproxy", "-f", f"{_CONFIGURATION}/haproxy.cfg"],
        # A graceful stop; SIGTERM closes every connection at once. https://docs.haproxy.org/3.0/management.html#4
        "StopSignal": "SIGUSR1",
    },
    fill=_fill,
    why_long="about 20 MB of Debian packages; a few seconds",
)
