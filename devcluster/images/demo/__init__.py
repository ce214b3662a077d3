"""The demo app that stands in for the Observer's private image, on the local stack only."""

import shutil
from pathlib import Path

from devcluster import command
from devcluster.images import debian
from devcluster.images.definition import Definition, Say

_FOLDER = Path(__file__).resolve().parent
_APP = "opt/platform/app"
_USER = debian.User("observer", 1000, f"/{_APP}")

_UNUSED = ("distutils", "ensurepip", "idlelib", "lib2to3", "pydoc_data", "test", "tkinter", "unittest")
"""Parts of Python's library that a running service has no use for."""


def _fill(root: Path, say: Say) -> None:
    debian.fill(root, (*debian.BASE, "python3", "python3-psycopg2", "python3-yaml"), _USER, say)
    for library in (root / "usr/lib").glob("python3.*"):
        for name in _UNUSED:
            shutil.rmtree(library / name, ignore_errors=True)
    shutil.copytree(_FOLDER / "observer", root / _APP / "observer", ignore=shutil.ignore_patterns("__pycache__"))
    for folder in ("data", "logs", "universe", "config"):
        (root / "opt/platform/runtime/observer" / folder).mkdir(parents=True)
    say("Python to compile its library")
    # The root filesystem is read-only in the pod: what is not compiled here is compiled at every start.
    compiled = ["-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    command.run(["chroot", root, "python3", *compiled, "/usr/lib/python3.11", "/usr/lib/python3", f"/{_APP}"])


IMAGE = Definition(
    reference="localhost/observer-demo:1",
    folder=_FOLDER,
    config={
        "User": f"{_USER.number}:{_USER.number}",
        "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"],
        "WorkingDir": f"/{_APP}",
        "Cmd": ["python3", "-m", "observer"],
        "ExposedPorts": {"8000/tcp": {}},
    },
    fill=_fill,
    why_long="about 25 MB of Debian packages; well under a minute",
)
