"""The operator CloudNativePG in the places of its official image (ghcr.io/cloudnative-pg/cloudnative-pg), by version.

Every instance's first container copies the program out of this image too, so the operator is told the image's name
(OPERATOR_IMAGE_NAME, see devcluster/operators).
"""

import os
from functools import partial
from pathlib import Path

from devcluster.build import versions
from devcluster.build.versions import GoBuild
from devcluster.images import pack, static
from devcluster.images.definition import Definition, Say
from devcluster.toolchain import go, install


def _fill(build: GoBuild, root: Path, say: Say) -> None:
    # As the official Dockerfile has it: the operator looks for `operator/manager_*`, its program for each architecture,
    # in its working directory, and /manager is a link to this machine's.
    program = root / "operator" / f"manager_{pack.architecture()}"
    program.parent.mkdir()
    go.build(build, install.MODULES / build.module, program, say)
    os.chown(program, 0, 0)
    (root / "manager").symlink_to(program.relative_to(root))
    static.fill(root)


def _image(minor: str, build: GoBuild) -> Definition:
    return Definition(
        reference=f"localhost/cloudnativepg:{minor}",
        folder=Path(__file__).resolve().parent,
        config={
            "User": f"{static.NONROOT}:{static.NONROOT}",
            "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
            "WorkingDir": "/",
            "Entrypoint": ["/manager"],
        },
        fill=partial(_fill, build),
        why_long=f"about {build.minutes:.0f} min on 2 cores when nothing is cached",
        builds=(build,),
    )


IMAGES = {minor: _image(minor, build) for minor, build in versions.CLOUDNATIVEPG_BUILDS.items()}
"""By minor version of the operator, such as "1.30"."""
