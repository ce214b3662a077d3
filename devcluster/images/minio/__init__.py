"""MinIO, an object store that speaks S3, for tests of backups (quay.io/minio/minio): the server alone."""

import os
from pathlib import Path

from devcluster.build import versions
from devcluster.images import static
from devcluster.images.definition import Definition, Say
from devcluster.toolchain import go, install


def _fill(root: Path, say: Say) -> None:
    build = versions.MINIO_BUILD
    (root / "usr/bin").mkdir(parents=True)
    go.build(build, install.MODULES / build.module, root / "usr/bin/minio", say)
    os.chown(root / "usr/bin/minio", 0, 0)
    static.fill(root)
    static.own(root / "data")


IMAGE = Definition(
    reference="localhost/minio:2026-02",
    folder=Path(__file__).resolve().parent,
    config={
        "User": f"{static.NONROOT}:{static.NONROOT}",
        "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
        "Entrypoint": ["/usr/bin/minio"],
        "Cmd": ["server", "/data"],
        "ExposedPorts": {"9000/tcp": {}},
    },
    fill=_fill,
    why_long="about 5 min on 2 cores when nothing is cached",
    builds=(versions.MINIO_BUILD,),
)
