"""The image of the process that holds a pod's namespaces open. Go makes it, so no C compiler is needed."""

import shutil
from pathlib import Path

from devcluster import command
from devcluster.images.definition import Definition, Say
from devcluster.toolchain import go

_FOLDER = Path(__file__).resolve().parent


def _fill(root: Path, say: Say) -> None:
    say("Go to compile it")
    found = go.find(_FOLDER, say)
    command.run(
        [found.program, "build", "-trimpath", "-ldflags", "-s -w", "-o", root / "pause", "."],
        cwd=_FOLDER,
        environment=found.environment,
        timeout=600,
    )
    shutil.chown(root / "pause", 0, 0)


IMAGE = Definition(
    reference="localhost/pause:3.10",
    folder=_FOLDER,
    # The user of registry.k8s.io/pause; its Dockerfile in kubernetes/build/pause says 65535:65535.
    config={"User": "65535:65535", "Entrypoint": ["/pause"]},
    fill=_fill,
    why_long="a few seconds once Go is there",
)
