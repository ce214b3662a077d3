"""A root folder for programs that need nothing beside themselves, laid out as distroless static is."""

import os
from pathlib import Path

NONROOT = 65532
"""`nonroot` of distroless static, and its group: gcr.io/distroless/static:nonroot runs as it."""


def fill(root: Path) -> None:
    """Make root and NONROOT known in the empty folder `root`, and a place for temporary files."""
    (root / "etc").mkdir()
    (root / "etc/passwd").write_text(
        f"root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:{NONROOT}:{NONROOT}::/home/nonroot:/sbin/nologin\n"
    )
    (root / "etc/group").write_text(f"root:x:0:\nnonroot:x:{NONROOT}:\n")
    (root / "tmp").mkdir()
    (root / "tmp").chmod(0o1777)


def own(folder: Path) -> None:
    """Make `folder`, and make it NONROOT's."""
    folder.mkdir(parents=True)
    os.chown(folder, NONROOT, NONROOT)
