"""Debian's packages, resolved, verified and fetched by this machine's apt in a world of its own.

The mirrors, proxies, credentials and keys of /etc/apt hold, whatever it looks like; what is installed on this machine
and what other sources it has makes no difference, and neither is touched.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from devcluster import command, paths

BOOKWORM, TRIXIE = "bookworm", "trixie"
"""Debian 12 and Debian 13."""

_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")

_NEEDED = (
    "the images are made of Debian's packages: run this on Debian 12 or newer, or where apt has a source of Debian "
    "in /etc/apt/sources.list.d and the package debian-archive-keyring is installed"
)


class NoDebian(Exception):
    """Debian's packages can't be had on this machine. The text says what is missing."""


def store(release: str) -> Path:
    """Where apt's lists of `release` and the packages it fetched of it are kept for the next image."""
    return paths.CACHE / "debian" / release


def fetch(release: str, packages: Iterable[str], without: Iterable[str], say: Callable[[str], None]) -> list[Path]:
    """Fetch `packages` of Debian's `release` and what they depend on, but for `without`: their files, sorted by name.

    Raises NoDebian or CommandFailed.
    """
    options = _options(release, without)
    say(f"apt to read the package lists of Debian {release}")
    _update(release, options)
    install = ["apt-get", *options, "--assume-yes", "install", *packages]
    wanted = files(command.run([*install, "--simulate"]))
    say(f"apt to fetch {len(wanted)} packages")
    command.run([*install, "--download-only"], timeout=1800)
    command.run(["apt-get", *options, "autoclean"])
    return [store(release) / "cache" / "archives" / file for file in wanted]


def _update(release: str, options: list[str]) -> None:
    """The lists of `release`, signatures verified. Raises NoDebian where this machine lacks its keys."""
    try:
        command.run(["apt-get", *options, "-o", "APT::Update::Error-Mode=any", "update"], timeout=600)
    except command.CommandFailed as error:
        if "NO_PUBKEY" not in str(error):
            raise
        raise NoDebian(
            f"the keys that sign Debian {release} are not on this machine: update the package debian-archive-keyring "
            f"(Debian 12 has those of Debian 13 since 2023.3+deb12u2); {error}"
        ) from error


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


def _options(release: str, without: Iterable[str]) -> list[str]:
    """Flags that give apt a world of its own: our sources, our lists, and nothing installed but what is left out."""
    here = store(release)
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (here / folder).mkdir(parents=True, exist_ok=True)
    (here / "sources.list").write_text(sources(release, mirrors(), _KEYRING if _KEYRING.exists() else None))
    architecture = command.run(["dpkg", "--print-architecture"]).strip()
    (here / "status").write_text("".join(_as_installed(name, architecture) for name in without))
    values = {
        "Dir::Etc::SourceList": here / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State": here / "state",
        "Dir::State::status": here / "status",
        "Dir::Cache": here / "cache",
        "APT::Install-Recommends": "false",
        "APT::Sandbox::User": "root",  # the cache may lie where apt's own user can't go
        "APT::Keep-Downloaded-Packages": "true",
        "pkgCacheGen::ForceEssential": ",",  # else apt wants itself in the image
    }
    return [word for key, value in values.items() for word in ("-o", f"{key}={value}")]


def sources(release: str, at: Mapping[str, str], keyring: Path | None) -> str:
    """apt's sources for `release` on the mirrors `at`, signed by `keyring` where there is one; else apt's own keys."""
    signed = f"[signed-by={keyring}] " if keyring is not None else ""
    lines = [f"deb {signed}{at['Debian']} {suite} main" for suite in (release, f"{release}-updates")]
    if "Debian-Security" in at:
        lines.append(f"deb {signed}{at['Debian-Security']} {release}-security main")
    return "\n".join(lines) + "\n"


def _as_installed(package: str, architecture: str) -> str:
    return (
        f"Package: {package}\nStatus: install ok installed\nArchitecture: {architecture}\nMulti-Arch: foreign\n"
        "Version: 99:0\nMaintainer: nobody <nobody@localhost>\nDescription: left out of the image\n\n"
    )


def files(simulated: str) -> list[str]:
    """The file names of the packages that `apt-get install --simulate` would install, sorted."""
    found = re.findall(r"^Inst (\S+) \((\S+) .*\[(\w+)\]\)", simulated, re.MULTILINE)
    return sorted(f"{name}_{version.replace(':', '%3a')}_{architecture}.deb" for name, version, architecture in found)
