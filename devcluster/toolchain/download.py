"""Downloads whose published checksum is verified before anything of them is used.

One attempt. A server that refuses is remembered for a day, so that a machine behind a wall asks once a day, not at
every run. A checksum that does not match is no refusal: it ends the run.
"""

import hashlib
import json
import re
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from devcluster.toolchain.releases import Release

CONNECT_TIMEOUT = 3.0
"""Seconds until a server that does not answer counts as refusing."""

STALL_TIMEOUT = 30.0
"""Seconds without a byte after which a download that began is given up."""

REMEMBER = 24 * 3600.0
"""Seconds for which a refusal is remembered."""

ALGORITHMS = {64: "sha256", 128: "sha512"}


class Refused(Exception):
    """The official download can't be had from here. The text says why."""


class ChecksumMismatch(Exception):
    """What was downloaded is not what was published. The text shows both checksums."""


@dataclass(frozen=True)
class Refusals:
    """Which servers (or files on them) refused, and when, in one small file."""

    path: Path

    def _read(self) -> dict[str, float]:
        try:
            return json.loads(self.path.read_text())
        except (OSError, ValueError):
            return {}

    def check(self, url: str) -> None:
        """Raise Refused when `url` or its server refused within the last day."""
        known = self._read()
        for key in (url, urlsplit(url).netloc):
            if time.time() - known.get(key, 0) < REMEMBER:
                raise Refused(f"{key} refused earlier today (forget that: rm {self.path})")

    def remember(self, key: str) -> None:
        """Remember that `key`, a server or a URL, refused just now."""
        fresh = {old: when for old, when in self._read().items() if time.time() - when < REMEMBER}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps({**fresh, key: time.time()}, indent=1))


def fetch(release: Release, directory: Path, refusals: Refusals, say: Callable[[str], None]) -> list[Path]:
    """Put the wanted files of `release` into `directory`, executable; return their paths.

    Raises Refused or ChecksumMismatch; then nothing of it is left behind.
    """
    refusals.check(release.archive)
    try:
        expected = _published(release)
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=directory, prefix=".download-") as file:
            found = _save(release.archive, file, hashlib.new(ALGORITHMS[len(expected)]), say)
            if found != expected:
                raise ChecksumMismatch(
                    f"{release.archive} has the checksum {found}, but {release.checksums} publishes {expected}. "
                    f"Nothing of it was kept; DEVCLUSTER_DOWNLOADS=off builds the tool from its source instead."
                )
            file.flush()
            return _extract(Path(file.name), release.members, directory)
    except (OSError, ValueError) as error:
        server = urlsplit(release.archive).netloc
        refusals.remember(release.archive if isinstance(error, urllib.error.HTTPError) else server)
        raise Refused(f"{server}: {error}") from error


def _published(release: Release) -> str:
    """The checksum that the project publishes for this archive, as hex. Raises ValueError when the file has none."""
    name = release.archive.rsplit("/", 1)[-1]
    with urllib.request.urlopen(release.checksums, timeout=CONNECT_TIMEOUT) as answer:  # noqa: S310 (fixed https URLs)
        text = answer.read(1 << 20).decode(errors="replace")
    for line in text.splitlines():
        words = line.split()
        if words and (len(words) == 1 or words[-1].lstrip("*").removeprefix("./") == name):
            digest = words[0].lower()
            if len(digest) in ALGORITHMS and re.fullmatch("[0-9a-f]+", digest):
                return digest
    raise ValueError(f"{release.checksums} publishes no checksum for {name}")


def _save(url: str, file, digest, say: Callable[[str], None]) -> str:
    with urllib.request.urlopen(url, timeout=STALL_TIMEOUT) as answer:  # noqa: S310
        total = int(answer.headers.get("Content-Length") or 0)
        done = 0
        while block := answer.read(1 << 20):
            file.write(block)
            digest.update(block)
            done += len(block)
            say(f"downloading {url}: {done >> 20} of {total >> 20} MiB")
    if done < total:
        raise ValueError(f"{url} ended after {done} of {total} bytes")
    return digest.hexdigest()


def _extract(archive: Path, members: str, directory: Path) -> list[Path]:
    """Write the wanted regular files under their bare names: no path of the archive reaches the disk."""
    wanted = re.compile(members)
    written = []
    with tarfile.open(archive) as tar:
        for member in tar:
            match = wanted.fullmatch(member.name)
            if match is None or not member.isreg():
                continue
            content = tar.extractfile(member)
            target = directory / Path(match.group(1)).name
            partial = directory / f".{target.name}.partial"
            with partial.open("wb") as file:
                while content is not None and (block := content.read(1 << 20)):
                    file.write(block)
            partial.chmod(0o755)
            partial.replace(target)
            written.append(target)
    if not written:
        raise ValueError(f"the archive holds no file {members}")
    return written
