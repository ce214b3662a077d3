"""A root folder of a Debian release out of Debian's own packages.

They are unpacked and their maintainer scripts don't run, as in the distroless images: so nothing has to be mounted for
them, and nothing unmounted. What those scripts would have made and an image needs is made in `_lay_out` and `_finish`.
"""

import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from devcluster import command
from devcluster.images import apt
from devcluster.images.definition import Say

BASE = (
    "base-files",
    "bash",
    "coreutils",
    "dash",
    "findutils",
    "grep",
    "gzip",
    "libc-bin",
    "sed",
    "tzdata",
    "util-linux",
)
"""A shell, its usual commands, and the time zones."""

_ONLY_FOR_SCRIPTS = (
    *("adduser", "debconf", "dpkg", "init-system-helpers", "passwd", "perl", "perl-base", "sensible-utils", "ucf"),
    *("install-info", "locales", "libc-l10n"),
)
"""What packages depend on for their maintainer scripts, or for languages: apt is told that it is there."""

NOBODY = "65534:65534"
"""The numbers of `nobody` and its group, as an image's configuration names them."""

_LEFT_OUT = tuple(f"./usr/share/{name}/*" for name in ("bug", "doc", "doc-base", "info", "lintian", "locale", "man"))


@dataclass(frozen=True)
class User:
    """The user that an image runs as: its number and its group's, which has the same name."""

    name: str
    number: int
    group: int
    home: str

    @property
    def numbers(self) -> str:
        """The two as an image's configuration names them."""
        return f"{self.number}:{self.group}"

    @property
    def passwd(self) -> str:
        """Its line of /etc/passwd."""
        return f"{self.name}:x:{self.numbers}::{self.home}:/bin/bash\n"

    def own(self, folder: Path, mode: int) -> None:
        """Make `folder` where it is missing, and make it this user's, with `mode`."""
        folder.mkdir(parents=True, exist_ok=True)
        os.chown(folder, self.number, self.group)
        folder.chmod(mode)


def fill(
    root: Path, release: str, packages: Iterable[str], user: User | None, say: Say, without: Iterable[str] = ()
) -> None:
    """Unpack `packages` of `release` and what they depend on into the empty folder `root`, and make `user` known in it.

    Without a `user` the image runs as NOBODY, whom every root folder knows. `without` names packages that are depended
    on and not wanted. Raises apt.NoDebian or CommandFailed.
    """
    wanted = apt.fetch(release, packages, (*_ONLY_FOR_SCRIPTS, *without), say)
    _lay_out(root)
    for done, file in enumerate(wanted):
        say(f"{len(wanted) - done} of {len(wanted)} packages to be unpacked")
        _unpack(file, root)
    _finish(root, user)


def _unpack(package: Path, root: Path) -> None:
    """The package's files into `root`, and its control fields where scanners of distroless images look for them."""
    leave = [f"--exclude={pattern}" for pattern in _LEFT_OUT]
    into = ["tar", "--extract", "--directory", root, "--keep-directory-symlink", "--preserve-permissions", *leave]
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as content:
        done = subprocess.run(into, stdin=content.stdout, capture_output=True, text=True, check=False)
    if done.returncode != 0 or content.returncode != 0:
        raise command.CommandFailed(f"{package} can't be unpacked: {done.stderr.strip() or 'the file is damaged'}")
    fields = root / "var" / "lib" / "dpkg" / "status.d" / package.name.partition("_")[0]
    fields.parent.mkdir(parents=True, exist_ok=True)
    fields.write_text(command.run(["dpkg-deb", "--field", package]))


def _lay_out(root: Path) -> None:
    """The folders that are links on every Debian machine; relative, so that unpacking never follows one outside."""
    for name in ("bin", "sbin", "lib", "lib64"):
        (root / "usr" / name).mkdir(parents=True)
        (root / name).symlink_to(f"usr/{name}")
    for folder in ("run/lock", "var"):
        (root / folder).mkdir(parents=True)
    (root / "var/run").symlink_to("../run")
    (root / "var/lock").symlink_to("../run/lock")


def _finish(root: Path, user: User | None) -> None:
    """What the maintainer scripts of base-files, base-passwd and libc-bin make on a Debian machine."""
    nobody = f"nobody:x:{NOBODY}:nobody:/nonexistent:/usr/sbin/nologin\n"
    etc = {
        "passwd": f"root:x:0:0:root:/root:/bin/bash\n{nobody}" + (user.passwd if user else ""),
        "group": "root:x:0:\nnogroup:x:65534:\n" + (f"{user.name}:x:{user.group}:\n" if user else ""),
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\nservices: files\n",
        "hosts": "127.0.0.1 localhost\n",
    }
    for name, text in etc.items():
        (root / "etc" / name).write_text(text)
    (root / "usr/bin/awk").symlink_to("mawk")
    for folder, mode in (("tmp", 0o1777), ("var/tmp", 0o1777), ("root", 0o700)):
        (root / folder).mkdir(parents=True, exist_ok=True)
        (root / folder).chmod(mode)
    command.run(["ldconfig", "-r", root])
    (root / "var/cache/ldconfig/aux-cache").unlink(missing_ok=True)  # it holds the times of this build
