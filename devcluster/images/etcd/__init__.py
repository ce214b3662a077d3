"""etcd and etcdctl in the places of the official image (gcr.io/etcd-development/etcd), which has no shell either."""

import os
from pathlib import Path

from devcluster.build import versions
from devcluster.images.definition import Definition, Say
from devcluster.toolchain import go, install

_USER = 65532
"""`nonroot` of the official image's base, distroless static. The official image runs as root."""


def _fill(root: Path, say: Say) -> None:
    programs = root / "usr/local/bin"
    programs.mkdir(parents=True)
    for build in versions.ETCD_IMAGE_BUILDS:
        go.build(build, install.MODULES / build.module, programs / build.binary, say)
        os.chown(programs / build.binary, 0, 0)
    (root / "etc").mkdir()
    (root / "etc/passwd").write_text(
        f"root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:{_USER}:{_USER}::/home/nonroot:/sbin/nologin\n"
    )
    (root / "etc/group").write_text(f"root:x:0:\nnonroot:x:{_USER}:\n")
    for folder in ("var/etcd", "var/lib/etcd"):
        (root / folder).mkdir(parents=True)
        os.chown(root / folder, _USER, _USER)
    (root / "tmp").mkdir()
    (root / "tmp").chmod(0o1777)


IMAGE = Definition(
    reference="localhost/etcd:3.6",
    folder=Path(__file__).resolve().parent,
    config={
        "User": f"{_USER}:{_USER}",
        "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
        "WorkingDir": "/var/lib/etcd",
        "Cmd": ["/usr/local/bin/etcd"],
        "ExposedPorts": {"2379/tcp": {}, "2380/tcp": {}},
    },
    fill=_fill,
    why_long="about a minute on 2 cores when nothing is cached",
    builds=versions.ETCD_IMAGE_BUILDS,
)
