"""A tool into the cache: the official download, or a build; a stamp makes an unchanged tool cost milliseconds."""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from devcluster import paths
from devcluster.build.versions import GoBuild
from devcluster.command import CommandFailed
from devcluster.toolchain import download
from devcluster.toolchain.go import NoGo, build
from devcluster.toolchain.releases import Release

MODULES = paths.CHECKOUT / "devcluster" / "build"


class NoTool(Exception):
    """A tool can neither be downloaded nor built. The text says why and what to do."""


@dataclass(frozen=True)
class Installed:
    """A tool in the cache: its main binary and all its files, where they came from, and the digest of the source."""

    binary: Path
    version: str
    origin: str
    source: str
    files: tuple[str, ...]


def source_digest(spec: GoBuild, modules: Path = MODULES) -> str:
    """SHA-256 over the module's files and the build's flags: another digest, another binary."""
    digest = hashlib.sha256(" ".join((spec.package, spec.ldflags, *spec.tags)).encode())
    for file in sorted((modules / spec.module).rglob("*")):
        if file.is_file():
            digest.update(file.relative_to(modules).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def install(spec: GoBuild, releases: Sequence[Release], say: Callable[[str], None]) -> Installed:
    """The tool in CACHE/bin, put there first if it is missing or was made of something else.

    Raises NoTool, or download.ChecksumMismatch when a download is not what was published.
    """
    with _alone(spec.binary):
        source = source_digest(spec)
        there = _read_stamp(spec)
        if there is not None and (there.version, there.source) == (spec.version, source):
            return there
        for old in there.files if there is not None else ():
            (paths.BIN / old).unlink(missing_ok=True)
        files, why_not = _download(releases, say)
        origin = "downloaded"
        if files is None:
            origin = "built from its Go module"
            files = [paths.BIN / spec.binary]
            try:
                build(spec, MODULES / spec.module, files[0], say)
            except (NoGo, CommandFailed) as error:
                raise NoTool(f"{spec.binary} {spec.version} can't be had: {why_not}; and no build: {error}") from error
        binary = next((file for file in files if file.name == spec.binary), files[0])
        done = Installed(binary, spec.version, origin, source, tuple(file.name for file in files))
        _stamp(spec).write_text(json.dumps({**asdict(done), "binary": binary.name}, indent=1))
        return done


def _download(releases: Sequence[Release], say: Callable[[str], None]) -> tuple[list[Path] | None, str]:
    """All files of all `releases`, or None and the reason."""
    if os.environ.get("DEVCLUSTER_DOWNLOADS") == "off":
        return None, "DEVCLUSTER_DOWNLOADS=off"
    if not releases:
        return None, "there is no official download"
    refusals = download.Refusals(paths.CACHE / "refusals.json")
    try:
        return [path for release in releases for path in download.fetch(release, paths.BIN, refusals, say)], ""
    except download.Refused as refused:
        return None, f"no official download ({refused})"


def _stamp(spec: GoBuild) -> Path:
    return paths.BIN / f".{spec.binary}.json"


def _read_stamp(spec: GoBuild) -> Installed | None:
    """What an earlier run installed, if all its files are still there."""
    try:
        kept = json.loads(_stamp(spec).read_text())
        files = tuple(kept["files"])
        if not all((paths.BIN / name).exists() for name in files):
            return None
        return Installed(paths.BIN / kept["binary"], kept["version"], kept["origin"], kept["source"], files)
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """One process at a time makes a tool; another waits and then finds it made."""
    paths.BIN.mkdir(parents=True, exist_ok=True)
    with (paths.BIN / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
