"""Which interpreter a program runs with, and what is installed beside it."""

import sys
from importlib import metadata
from pathlib import Path


class NoEnvironment(Exception):
    """The virtual environment that Pulumi.yaml names is not there; the text says where it was looked for."""


def interpreter(root: str, options: dict[str, object]) -> Path:
    """The Python of `options["virtualenv"]`, relative to `root` (the folder of Pulumi.yaml), or the one running this.

    Raises NoEnvironment where the named environment has no interpreter.
    """
    named = options.get("virtualenv")
    if not named:
        return Path(sys.executable)
    folder = Path(root, str(named))
    python = folder / "bin" / "python"
    if not python.exists():
        raise NoEnvironment(
            f"{folder} has no bin/python, but Pulumi.yaml names it under runtime.options.virtualenv; "
            f"make it with `python3 -m venv {folder}` and install the program's dependencies into it"
        )
    return python


def installed(python: Path) -> list[tuple[str, str]]:
    """Name and version of each distribution that `python` can import, by name."""
    places = [str(place) for place in python.parent.parent.glob("lib/python*/site-packages")]
    found = metadata.distributions(path=places) if places else metadata.distributions()
    return sorted({(each.metadata["Name"], each.version) for each in found if each.metadata["Name"]})
