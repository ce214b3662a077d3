"""PostgreSQL of Debian in a root folder: the server with contrib and all client programs.

Left out: just-in-time compilation (LLVM is twice as large as all the rest), Debian's cluster scripts and their Perl,
documentation, translations. C.UTF-8 is the locale; glibc brings it.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

from devcluster.images import debian
from devcluster.images.definition import Say

_WITHOUT = ("libllvm14", "libllvm19", "postgresql-common", "postgresql-client-common", "ssl-cert")


def programs(major: int) -> str:
    """The folder of the programs of version `major`, as Debian has it."""
    return f"/usr/lib/postgresql/{major}/bin"


def fill(root: Path, release: str, major: int, user: debian.User, say: Say, also: Iterable[str] = ()) -> None:
    """Put PostgreSQL `major` of Debian `release` and the packages `also` into the empty folder `root`, for `user`.

    Raises as debian.fill does.
    """
    packages = (*debian.BASE, f"postgresql-{major}", f"postgresql-client-{major}", *also)
    debian.fill(root, release, packages, user, say, without=_WITHOUT)
    library = root / f"usr/lib/postgresql/{major}/lib"
    shutil.rmtree(library / "bitcode", ignore_errors=True)
    (library / "llvmjit.so").unlink(missing_ok=True)
    user.own(root / "run/postgresql", 0o3777)
