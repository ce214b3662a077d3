"""A root folder of Debian 12 out of Debian's own packages.

They are unpacked and their maintainer scripts don't run, as in the distroless images: so nothing has to be mounted for
them, and nothing unmounted. What those scripts would have made and an image needs is made in `_lay_out` and `_finish`.
"""

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

_LEFT_OUT = tuple(f"./usr/share/{name}/*" for name in ("bug", "doc", "doc-base", "info", "lintian", "locale", "man"))


@dataclass(frozen=True)
class User:
    """The user that an image runs as; its group has the same name and number."""

    name: str
    number: int
    home: str


def fill(root: Path, packages: Iterable[str], user: User, say: Say, without: Iterable[str] = ()) -> None:
    """Unpack `packages` and what they depend on into the empty folder `root`, and make `user` known in it.

    `without` names packages that are depended on and not wanted. Raises apt.NoDebian or CommandFailed.
    """
    wanted = apt.fetch(packages, (*_ONLY_FOR_SCRIPTS, *without), say)
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
    """The folders that are links on every Debian 12 machine; relative, so that unpacking never follows one outside."""
    for name in ("bin", "sbin", "lib", "lib64"):
        (root / "usr" / name).mkdir(parents=True)
        (root / name).symlink_to(f"usr/{name}")
    for folder in ("run/lock", "var"):
        (root / folder).mkdir(parents=True)
    (root / "var/run").symlink_to("../run")
    (root / "var/lock").symlink_to("../run/lock")


def _finish(root: Path, user: User) -> None:
    """What the maintainer scripts of base-files, base-passwd and libc-bin make on a Debian machine."""
    home = f"{user.name}:x:{user.number}:{user.number}::{user.home}:/bin/bash"
    nobody = "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin"
    etc = {
        "passwd": f"root:x:0:0:root:/root:/bin/bash\n{nobody}\n{home}\n",
        "group": f"root:x:0:\nnogroup:x:65534:\n{user.name}:x:{user.number}:\n",
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
