"""postgres_exporter 0.17 of Debian 13 in the place of the official image (prometheuscommunity/postgres-exporter).

Debian's package, because the Go module proxy does not have the module.
"""

from pathlib import Path

from devcluster.images import apt, debian
from devcluster.images.definition import Definition, Say


def _fill(root: Path, say: Say) -> None:
    debian.fill(root, apt.TRIXIE, (*debian.BASE, "prometheus-postgres-exporter"), None, say)
    (root / "usr/bin/postgres_exporter").symlink_to("prometheus-postgres-exporter")


IMAGE = Definition(
    reference="localhost/postgres-exporter:0.17",
    folder=Path(__file__).resolve().parent,
    config={
        # `nobody` of the official image's base, quay.io/prometheus/busybox.
        "User": debian.NOBODY,
        "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
        "Entrypoint": ["/bin/postgres_exporter"],
        "ExposedPorts": {"9187/tcp": {}},
    },
    fill=_fill,
    why_long="about 20 MB of Debian packages; a few seconds",
)
