"""etcd and etcdctl in the places of the official image (gcr.io/etcd-development/etcd), which has no shell either."""

import os
from pathlib import Path

from devcluster.build import versions
from devcluster.images import static
from devcluster.images.definition import Definition, Say
from devcluster.toolchain import go, install


def _fill(root: Path, say: Say) -> None:
    programs = root / "usr/local/bin"
    programs.mkdir(parents=True)
    for build in versions.ETCD_IMAGE_BUILDS:
        go.build(build, install.MODULES / build.module, programs / build.binary, say)
        os.chown(programs / build.binary, 0, 0)
    static.fill(root)
    for folder in ("var/etcd", "var/lib/etcd"):
        static.own(root / folder)


IMAGE = Definition(
    reference="localhost/etcd:3.6",
    folder=Path(__file__).resolve().parent,
    config={
        # The official image runs as root; its base, distroless static, has this user too.
        "User": f"{static.NONROOT}:{static.NONROOT}",
        "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
        "WorkingDir": "/var/lib/etcd",
        "Cmd": ["/usr/local/bin/etcd"],
        "ExposedPorts": {"2379/tcp": {}, "2380/tcp": {}},
    },
    fill=_fill,
    why_long="about a minute on 2 cores when nothing is cached",
    builds=versions.ETCD_IMAGE_BUILDS,
)
