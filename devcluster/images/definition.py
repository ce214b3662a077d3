"""What an image is made of, said once: its name, its sources, its run configuration, and how its root is filled."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from devcluster.build.versions import GoBuild
from devcluster.images import pack
from devcluster.toolchain import install

Say = Callable[[str], None]
"""Takes what is being waited for, in words; `Step.waiting_for` is one."""

_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Definition:
    """One image. `fill` puts its files into an empty folder; `folder` holds the recipe and the files it copies.

    `builds` are the Go programs in it.
    """

    reference: str
    folder: Path
    config: dict[str, object]
    fill: Callable[[Path, Say], None]
    why_long: str
    builds: tuple[GoBuild, ...] = ()

    @property
    def file(self) -> str:
        """The name of its archive: postgres-15-bookworm.tar for localhost/postgres:15-bookworm."""
        return self.reference.rpartition("/")[2].replace(":", "-") + ".tar"

    def digest(self) -> str:
        """A hash of all that decides what the image becomes here, apart from the versions that Debian has today."""
        # The package's own file only lists the images: one more makes none of the others anew.
        recipes = (path for path in _HERE.glob("*.py") if path.name != "__init__.py")
        wanted = [*recipes, *(path for path in self.folder.rglob("*") if path.suffix != ".pyc")]
        builds = [install.source_digest(build) for build in self.builds]
        decided = [self.reference, self.config, pack.architecture(), *builds]
        sum_ = hashlib.sha256(json.dumps(decided).encode())
        for path in sorted(path for path in wanted if path.is_file()):
            content = path.read_bytes()
            sum_.update(f"\n{path.relative_to(_HERE)} {path.stat().st_mode & 0o777:o} {len(content)}\n".encode())
            sum_.update(content)
        return sum_.hexdigest()
