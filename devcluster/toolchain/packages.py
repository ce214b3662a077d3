"""Packages of this machine's own distribution, where that is a Debian."""

import os
import shutil
from collections.abc import Sequence

from devcluster.command import run


def can_install() -> bool:
    """Whether this process may install packages by apt."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: Sequence[str]) -> None:
    """Install them by apt, without what they recommend. Raises CommandFailed."""
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-qq"], environment=quiet, timeout=300)
    run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], environment=quiet, timeout=600)
