"""rclone of Debian 12 behind the interface of the official image (rclone/rclone): a shell, its usual commands."""

from pathlib import Path

from devcluster.images import apt, debian
from devcluster.images.definition import Definition, Say


def _fill(root: Path, say: Say) -> None:
    debian.fill(root, apt.BOOKWORM, (*debian.BASE, "rclone"), None, say, without=("fuse3",))


IMAGE = Definition(
    reference="localhost/rclone:1.60",
    folder=Path(__file__).resolve().parent,
    config={
        "User": debian.NOBODY,
        "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"],
        "Entrypoint": ["rclone"],
    },
    fill=_fill,
    why_long="about 40 MB of Debian packages; a few seconds",
)
