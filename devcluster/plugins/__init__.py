"""Stand-ins for Pulumi's official plugins, for machines where those can't be had. README.md says how they differ.

Nothing but a Pulumi engine starts them, and only from a directory that `install` wrote. That directory
belongs at the very end of PATH: an official plugin, wherever it lies, goes first.
"""

import shlex
from pathlib import Path

EXECUTABLES = {
    "pulumi-language-python": "language",
    "pulumi-resource-kubernetes": "kubernetes",
    "pulumi-resource-random": "random",
    "pulumi-resource-tls": "tls",
}
"""The names by which the engine looks for its plugins on PATH, and the stand-in that answers to each."""

START = Path(__file__).resolve().parent / "start.py"

_LAUNCHER = """\
#!/bin/sh
# Written by devcluster.plugins.install: a stand-in for the official {name}. See devcluster/plugins/README.md.
exec {python} -u {start} {plugin} "$@"
"""


def install(directory: Path, python: Path) -> Path:
    """Write one launcher for each of EXECUTABLES into `directory` and return it.

    `python` is the interpreter that runs them: that of the checkout's virtual environment. Launchers that are
    already right are left alone, so a second call changes nothing. The caller appends the directory to PATH,
    last, and only when the official plugins can't be had.
    """
    directory.mkdir(parents=True, exist_ok=True)
    # Not resolved: a virtual environment's interpreter is a link, and only by its own path is it that environment's.
    interpreter = shlex.quote(str(Path(python).absolute()))
    for name, plugin in EXECUTABLES.items():
        text = _LAUNCHER.format(name=name, python=interpreter, start=shlex.quote(str(START)), plugin=plugin)
        launcher = directory / name
        if not launcher.is_file() or launcher.read_text() != text:
            launcher.write_text(text)
        launcher.chmod(0o755)
    return directory
