"""Files of Maven Central, fetched by this machine's own mvn and verified before anything of them is used.

The mirrors, proxies and credentials of Maven's settings hold, whatever they look like.
"""

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from devcluster import command, paths
from devcluster.toolchain import packages
from devcluster.toolchain.download import ChecksumMismatch

_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"


class NoMaven(Exception):
    """There is no Maven on this machine. The text says what to install."""


@dataclass(frozen=True)
class Artifact:
    """One file of Maven Central: the jar `name` of `group` in `version`, and its SHA-256 as hex."""

    group: str
    name: str
    version: str
    sha256: str

    @property
    def file(self) -> str:
        """The jar's name as Maven writes it."""
        return f"{self.name}-{self.version}.jar"


def fetch(artifact: Artifact, say: Callable[[str], None]) -> Path:
    """The file of `artifact` in the cache, fetched first where it is missing.

    Maven is installed where it is missing and that can be done. Raises NoMaven, CommandFailed, or ChecksumMismatch,
    which leaves nothing of the file behind.
    """
    kept = paths.CACHE / "maven" / artifact.file
    if kept.exists() and _sum(kept) == artifact.sha256:
        return kept
    _have_maven(artifact, say)
    say(f"Maven to fetch {artifact.file}")
    partial = kept.parent / "partial"
    partial.mkdir(parents=True, exist_ok=True)
    coordinates = f"{artifact.group}:{artifact.name}:{artifact.version}"
    wanted = (f"-Dartifact={coordinates}", f"-DoutputDirectory={partial}", "-Dmdep.overWriteReleases=true")
    command.run(["mvn", "--batch-mode", "--quiet", _COPY, *wanted], timeout=600)
    fetched = partial / artifact.file
    found = _sum(fetched)
    if found != artifact.sha256:
        fetched.unlink()
        raise ChecksumMismatch(
            f"{coordinates} of Maven Central has the SHA-256 {found}, and {artifact.sha256} is pinned here. "
            "Nothing of it was kept."
        )
    return fetched.replace(kept)


def _have_maven(artifact: Artifact, say: Callable[[str], None]) -> None:
    if shutil.which("mvn") is not None:
        return
    if not packages.can_install():
        raise NoMaven(f"{artifact.file} is fetched from Maven Central: install Maven (Debian's package maven)")
    say("apt to install Maven")
    packages.install(["maven"])


def _sum(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
