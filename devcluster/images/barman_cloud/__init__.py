"""The Barman Cloud plugin of CloudNativePG with Barman's programs of Debian 13, for its Deployment and its sidecar.

It stands in for ghcr.io/cloudnative-pg/plugin-barman-cloud and …-sidecar: one program, told by its first word what it
is to be. In a pod of a Cluster it runs as 26, whose name libpq asks for.
"""

import os
from pathlib import Path

from devcluster.build import versions
from devcluster.images import apt, debian, python
from devcluster.images.definition import Definition, Say
from devcluster.toolchain import go, install

_USER = debian.User("postgres", 26, 26, "/var/lib/postgresql")
_PACKAGES = ("barman-cli-cloud", "python3-boto3", "ca-certificates", "tar", "bzip2", "lz4", "xz-utils", "zstd")


def _fill(root: Path, say: Say) -> None:
    build = versions.BARMAN_PLUGIN_BUILD
    debian.fill(root, apt.TRIXIE, (*debian.BASE, *_PACKAGES), _USER, say)
    go.build(build, install.MODULES / build.module, root / "manager", say)
    os.chown(root / "manager", 0, 0)
    # What the maintainer script of ca-certificates makes; Python's requests doesn't start without it.
    known = sorted((root / "usr/share/ca-certificates/mozilla").glob("*.crt"))
    (root / "etc/ssl/certs/ca-certificates.crt").write_text("".join(one.read_text() for one in known))
    python.trim(root)
    python.compile_all(root, say)


IMAGE = Definition(
    reference="localhost/barman-cloud:0.14",
    folder=Path(__file__).resolve().parent,
    config={
        "User": _USER.numbers,
        "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"],
        "Entrypoint": ["/manager"],
    },
    fill=_fill,
    why_long="about 50 MB of Debian packages, and 3 min for its program when nothing is cached",
    builds=(versions.BARMAN_PLUGIN_BUILD,),
)
