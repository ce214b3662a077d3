"""Tools that are on PATH already, taken only in a version that is known to fit."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from devcluster import paths
from devcluster.toolchain.version import parse


@dataclass(frozen=True)
class Suitable:
    """A program, the arguments that make it print its version, and the versions that fit."""

    program: str
    arguments: tuple[str, ...]
    at_least: str
    below: str = ""
    same_minor: bool = False

    def fits(self, printed: str) -> bool:
        """Whether `printed`, what the program says of its version, names a version that fits."""
        version, least = parse(printed), parse(self.at_least)
        if version is None or least is None or version < least:
            return False
        if self.same_minor:
            return version[:2] == least[:2]
        below = parse(self.below)
        return below is None or version < below


def find(wanted: Suitable) -> Path | None:
    """The program on PATH, links resolved, when its version fits; None otherwise. Never one of this cache."""
    where = shutil.which(wanted.program)
    if where is None or Path(where).parent == paths.BIN:
        return None
    try:
        done = subprocess.run([where, *wanted.arguments], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Path(where).resolve() if done.returncode == 0 and wanted.fits(done.stdout + done.stderr) else None
