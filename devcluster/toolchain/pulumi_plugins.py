"""Pulumi's plugins: the official ones wherever they can be had, stand-ins at the end of PATH where not."""

import os
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path

from devcluster import paths, plugins
from devcluster.command import CommandFailed, run
from devcluster.toolchain import download, releases

PROVIDERS = {"kubernetes": "pulumi-kubernetes", "random": "pulumi-random", "tls": "pulumi-tls"}
"""Each provider that the program uses, and the Python package whose version its plugin must have."""


STAND_INS = Path(sys.prefix) / "stand-ins"
"""In the virtual environment: they are this checkout's code, and another checkout has its own."""


def missing(pulumi: Path, environment: Mapping[str, str], say: Callable[[str], None]) -> list[str]:
    """The executables of plugins whose official ones are neither here nor to be had.

    A download is tried once a day. `environment` is the one that `pulumi` runs in; its PULUMI_HOME keeps the plugins.
    """
    lacking = []
    host = "pulumi-language-python"
    if not (pulumi.resolve().parent / host).exists() and shutil.which(host, path=environment["PATH"]) is None:
        lacking.append(host)
    for name, package in PROVIDERS.items():
        version = metadata.version(package)
        kept = Path(environment["PULUMI_HOME"]) / "plugins" / f"resource-{name}-v{version}"
        executable = f"pulumi-resource-{name}"
        if kept.exists() or shutil.which(executable, path=environment["PATH"]) is not None:
            continue
        if not _install(pulumi, name, version, environment, say):
            lacking.append(executable)
    return lacking


def stand_ins(names: list[str]) -> Path:
    """A directory that holds stand-ins for exactly the plugins of these `names`; it belongs at the end of PATH."""
    launchers = plugins.install(STAND_INS / "all", Path(sys.executable))
    directory = STAND_INS / "path"
    directory.mkdir(parents=True, exist_ok=True)
    for link in directory.iterdir():
        if link.name not in names:
            link.unlink()
    for name in names:
        link = directory / name
        # One that leads elsewhere was made where this environment had another path.
        if link.is_symlink() and link.readlink() != launchers / name:
            link.unlink()
        if not link.is_symlink():
            link.symlink_to(launchers / name)
    return directory


def _install(pulumi: Path, name: str, version: str, environment: Mapping[str, str], say: Callable[[str], None]) -> bool:
    if os.environ.get("DEVCLUSTER_DOWNLOADS") == "off":
        return False
    file = f"pulumi-resource-{name}-v{version}-linux-{releases.architecture()}.tar.gz"
    url = f"https://get.pulumi.com/releases/plugins/{file}"
    refusals = download.Refusals(paths.CACHE / "refusals.json")
    try:
        refusals.check(url)
        # The CLI tries five times over ten seconds; one look tells whether that is of any use.
        head = urllib.request.Request(url, method="HEAD")
        urllib.request.urlopen(head, timeout=download.CONNECT_TIMEOUT).close()  # noqa: S310
        say(f"downloading the {name} provider {version}")
        run([pulumi, "plugin", "install", "resource", name, version], environment=environment, timeout=600)
    except download.Refused:
        return False
    except (OSError, CommandFailed) as error:
        refusals.remember(url if isinstance(error, urllib.error.HTTPError | CommandFailed) else "get.pulumi.com")
        return False
    return True
