"""A directory stands for the manifests in it and below, as for `kubectl apply -R -f`."""

from collections.abc import Iterable
from pathlib import Path

_ENDINGS = {".yaml", ".yml", ".json"}
"""What kubectl takes in a directory (kubernetes.io/docs, kubectl reference)."""


def opened(given: Iterable[str]) -> list[str]:
    """`given` with each directory replaced by its manifests, in the order of their names; hidden ones are none."""
    return [file for path in given for file in (_within(Path(path)) if path != "-" and Path(path).is_dir() else [path])]


def _within(directory: Path) -> list[str]:
    found = (path for path in directory.rglob("*") if path.suffix in _ENDINGS and path.is_file())
    return sorted(str(path) for path in found if not _hidden(path.relative_to(directory)))


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
