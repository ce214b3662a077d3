"""The demo app that stands in for the Observer's private image, on the local stack only."""

import shutil
from pathlib import Path

from devcluster.images import apt, debian, python
from devcluster.images.definition import Definition, Say

_FOLDER = Path(__file__).resolve().parent
_APP = "opt/platform/app"
_USER = debian.User("observer", 1000, 1000, f"/{_APP}")


def _fill(root: Path, say: Say) -> None:
    packages = (*debian.BASE, "python3", "python3-psycopg2", "python3-yaml")
    debian.fill(root, apt.BOOKWORM, packages, _USER, say)
    python.trim(root)
    shutil.copytree(_FOLDER / "observer", root / _APP / "observer", ignore=shutil.ignore_patterns("__pycache__"))
    for folder in ("data", "logs", "universe", "config"):
        (root / "opt/platform/runtime/observer" / folder).mkdir(parents=True)
    python.compile_all(root, say, f"/{_APP}")


IMAGE = Definition(
    reference="localhost/observer-demo:1",
    folder=_FOLDER,
    config={
        "User": _USER.numbers,
        "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"],
        "WorkingDir": f"/{_APP}",
        "Cmd": ["python3", "-m", "observer"],
        "ExposedPorts": {"8000/tcp": {}},
    },
    fill=_fill,
    why_long="about 25 MB of Debian packages; well under a minute",
)
