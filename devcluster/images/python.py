"""What a Python program needs in a root folder of Debian, beyond Debian's packages."""

import shutil
import stat
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from devcluster import command
from devcluster.images import pack
from devcluster.images.definition import Say

_UNUSED = ("distutils", "ensurepip", "idlelib", "lib2to3", "pydoc_data", "test", "tkinter", "unittest")
"""Parts of Python's library that a running service has no use for."""

_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
_OLDEST_LIBC = "manylinux_2_28"
"""Wheels for a C library of 2018 or older, which every supported Debian has; not what this machine happens to run."""


def trim(root: Path) -> None:
    """Take away what a running service has no use for."""
    for name in _UNUSED:
        shutil.rmtree(_library(root) / name, ignore_errors=True)


def install(root: Path, folder: Path, programs: Iterable[str], say: Say) -> str:
    """Put the packages that `folder`/requirements.lock pins where Debian's Python looks for them, `programs` on PATH.

    uv fetches them for the image's Python, whatever Python runs here, and verifies their hashes; what PyPI has as
    source only is built with what `folder`/build.lock pins. The result is where they lie, as a path inside `root`.
    Raises CommandFailed.
    """
    say("uv to fetch the packages from PyPI")
    packages = root / "usr/local/lib" / _library(root).name / "dist-packages"
    wanted = ["--python-version", _library(root).name.removeprefix("python")]
    wanted += ["--python-platform", f"{_MACHINES[pack.architecture()]}-{_OLDEST_LIBC}"]
    locked = ["--require-hashes", "--no-deps", "--build-constraints", folder / "build.lock"]
    uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-config", "--python", sys.executable]
    # A copy: a hard link would let a later step change uv's cache.
    into = ["--target", packages, "--link-mode", "copy", "-r", folder / "requirements.lock"]
    command.run([*uv, *wanted, *locked, *into], timeout=900)
    shutil.rmtree(packages / "bin")
    for name in (
        "RECORD",
        "uv_build.json",
        "uv_cache.json",
    ):  # they tell of this machine, and only installers read them
        for file in packages.glob(f"*.dist-info/{name}"):
            file.unlink()
    for program in programs:
        _write_program(root / "usr/local/bin" / program, packages)
    return f"/{packages.relative_to(root)}"


def _write_program(file: Path, packages: Path) -> None:
    """The program that a package in `packages` declares under this name: uv's own would name this machine's Python.

    A process that multiprocessing spawns imports the program again, and must not run it: so Patroni starts PostgreSQL.
    """
    declared = metadata.MetadataPathFinder.find_distributions(metadata.DistributionFinder.Context(path=[str(packages)]))
    entries = (entry for package in declared for entry in package.entry_points if entry.group == "console_scripts")
    entry = next(entry for entry in entries if entry.name == file.name)
    file.parent.mkdir(parents=True, exist_ok=True)
    imports = f"import sys\n\nfrom {entry.module} import {entry.attr}"
    file.write_text(f'#!/usr/bin/python3\n{imports}\n\nif __name__ == "__main__":\n    sys.exit({entry.attr}())\n')
    file.chmod(0o755)


def compile_all(root: Path, say: Say, *folders: str) -> None:
    """Compile Python's library and what lies in `folders`, which are paths inside `root`.

    A pod's root filesystem is read-only: what is not compiled here is compiled at every start.
    """
    say("Python to compile its library")
    compiled = ["-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    library = f"/usr/lib/{_library(root).name}"
    command.run(["chroot", root, "python3", *compiled, library, "/usr/lib/python3", *folders], timeout=600)


def _library(root: Path) -> Path:
    """The library of the one Python in `root`, such as usr/lib/python3.13."""
    (found,) = (path for path in (root / "usr/lib").glob("python3.*") if stat.S_ISDIR(path.lstat().st_mode))
    return found
