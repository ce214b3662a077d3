"""Debian's packages, resolved, verified and fetched by this machine's apt in a world of its own.

The mirrors, proxies, credentials and keys of /etc/apt hold, whatever it looks like; what is installed on this machine
and what other sources it has makes no difference, and neither is touched.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from devcluster import command, paths

RELEASE = "bookworm"
STORE = paths.CACHE / "debian"
"""apt's lists and the packages it fetched, kept for the next image."""

_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")

_NEEDED = (
    "the images are made of Debian's packages: run this on Debian 12 or newer, or where apt has a source of Debian "
    "in /etc/apt/sources.list.d and the package debian-archive-keyring is installed"
)


class NoDebian(Exception):
    """Debian's packages can't be had on this machine. The text says what is missing."""


def fetch(packages: Iterable[str], without: Iterable[str], say: Callable[[str], None]) -> list[Path]:
    """Fetch `packages` and what they depend on, but for `without`; the result is their files, sorted by name.

    Raises NoDebian or CommandFailed.
    """
    options = _options(without)
    say("apt to read the package lists")
    command.run(["apt-get", *options, "-o", "APT::Update::Error-Mode=any", "update"], timeout=600)
    install = ["apt-get", *options, "--assume-yes", "install", *packages]
    wanted = files(command.run([*install, "--simulate"]))
    say(f"apt to fetch {len(wanted)} packages")
    command.run([*install, "--download-only"], timeout=1800)
    command.run(["apt-get", *options, "autoclean"])
    return [STORE / "cache" / "archives" / file for file in wanted]


def mirrors() -> dict[str, str]:
    """Where this machine's apt gets Debian from: the address by label, "Debian" and, where known, "Debian-Security".

    Raises NoDebian on a machine whose apt knows no Debian, or that has no apt.
    """
    ask = ["apt-get", "indextargets", "--format", "$(ORIGIN)|$(LABEL)|$(REPO_URI)", "Created-By: Packages"]
    try:
        found = debian_mirrors(command.run(ask))
        if "Debian" not in found:  # apt knows the origin only once it has read the lists
            command.run(["apt-get", "update"], timeout=600)
            found = debian_mirrors(command.run(ask))
    except command.CommandFailed as error:
        raise NoDebian(f"{_NEEDED}; here, {error}") from error
    if "Debian" not in found:
        raise NoDebian(f"{_NEEDED}; apt on this machine names no source of Debian")
    return found


def debian_mirrors(targets: str) -> dict[str, str]:
    """The first address of each label of origin Debian, out of lines "origin|label|address"."""
    rows = (line.split("|") for line in targets.splitlines() if line.count("|") == 2)
    found: dict[str, str] = {}
    for origin, label, address in rows:
        if origin == "Debian":
            found.setdefault(label, address)
    return found


def _options(without: Iterable[str]) -> list[str]:
    """Flags that give apt a world of its own: our sources, our lists, and nothing installed but what is left out."""
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (STORE / folder).mkdir(parents=True, exist_ok=True)
    at = mirrors()
    signed = f"[signed-by={_KEYRING}] " if _KEYRING.exists() else ""
    sources = [f"deb {signed}{at['Debian']} {suite} main" for suite in (RELEASE, f"{RELEASE}-updates")]
    if "Debian-Security" in at:
        sources.append(f"deb {signed}{at['Debian-Security']} {RELEASE}-security main")
    (STORE / "sources.list").write_text("\n".join(sources) + "\n")
    architecture = command.run(["dpkg", "--print-architecture"]).strip()
    (STORE / "status").write_text("".join(_as_installed(name, architecture) for name in without))
    values = {
        "Dir::Etc::SourceList": STORE / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State": STORE / "state",
        "Dir::State::status": STORE / "status",
        "Dir::Cache": STORE / "cache",
        "APT::Install-Recommends": "false",
        "APT::Sandbox::User": "root",  # the cache may lie where apt's own user can't go
        "APT::Keep-Downloaded-Packages": "true",
        "pkgCacheGen::ForceEssential": ",",  # else apt wants itself in the image
    }
    return [word for key, value in values.items() for word in ("-o", f"{key}={value}")]


def _as_installed(package: str, architecture: str) -> str:
    return (
        f"Package: {package}\nStatus: install ok installed\nArchitecture: {architecture}\nMulti-Arch: foreign\n"
        "Version: 99:0\nMaintainer: nobody <nobody@localhost>\nDescription: left out of the image\n\n"
    )


def files(simulated: str) -> list[str]:
    """The file names of the packages that `apt-get install --simulate` would install, sorted."""
    found = re.findall(r"^Inst (\S+) \((\S+) .*\[(\w+)\]\)", simulated, re.MULTILINE)
    return sorted(f"{name}_{version.replace(':', '%3a')}_{architecture}.deb" for name, version, architecture in found)
