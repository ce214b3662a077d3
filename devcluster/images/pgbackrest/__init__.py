"""pgBackRest of Debian, an image for each release: its program is copied into servers' pods, of the same release or a
later one, because it needs a C library at least as new as the one that it was built with."""

from pathlib import Path

from devcluster.images import apt, debian
from devcluster.images.definition import Definition, Say


def _image(release: str) -> Definition:
    def fill(root: Path, say: Say) -> None:
        packages = (*debian.BASE, "pgbackrest", "ca-certificates")
        debian.fill(root, release, packages, None, say, without=("postgresql-common", "postgresql-client-common"))
        # What the maintainer script of ca-certificates makes.
        known = sorted((root / "usr/share/ca-certificates/mozilla").glob("*.crt"))
        (root / "etc/ssl/certs/ca-certificates.crt").write_text("".join(one.read_text() for one in known))

    return Definition(
        reference=f"localhost/pgbackrest:{release}",
        folder=Path(__file__).resolve().parent,
        config={
            "User": debian.NOBODY,
            "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"],
        },
        fill=fill,
        why_long="about 20 MB of Debian packages; well under a minute",
    )


IMAGES = {release: _image(release) for release in (apt.BOOKWORM, apt.TRIXIE)}
"""Debian's release → its pgBackRest: 2.45 knows PostgreSQL up to 15, 2.5x of Debian 13 up to 17."""
