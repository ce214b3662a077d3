"""A folder becomes an image: one layer in the archive format that `docker save` writes.

`ctr images import` and `docker load` read it. Format: image specification v1.2,
https://github.com/moby/docker-image-spec (manifest.json, the image's JSON, layer.tar).
The same folder gives the same bytes: entries are sorted, and no time is later than NEWEST.
"""

import hashlib
import io
import json
import os
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path

NEWEST = 1_735_689_600
"""2025-01-01 in seconds since 1970. What a build wrote is set back to it; a package's older files keep their time,
because Python trusts a compiled file only while its source has the time it was compiled at."""

_GO_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def architecture() -> str:
    """This machine's architecture as image configurations spell it, such as amd64."""
    machine = os.uname().machine
    return _GO_ARCHITECTURES.get(machine, machine)


def pack(root: Path, reference: str, config: dict[str, object], archive: Path) -> str:
    """Write the folder `root` as image `reference` (name:tag) to `archive`; the result is the image's digest.

    `config` is the image's run configuration: User, Env, Entrypoint, Cmd and so on. `archive` appears whole or not
    at all. Raises OSError where a file can't be read or the disk is full.
    """
    layer = archive.with_name(f".{archive.name}.layer")
    partial = archive.with_name(f".{archive.name}.partial")
    try:
        with layer.open("wb") as file, tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for path in _sorted(root):
                _add(tar, path, path.relative_to(root).as_posix())
        with layer.open("rb") as file:
            diff = hashlib.file_digest(file, "sha256").hexdigest()
        image = json.dumps(_image(config, diff), sort_keys=True).encode()
        digest = hashlib.sha256(image).hexdigest()
        manifest = [{"Config": f"{digest}.json", "RepoTags": [reference], "Layers": [f"{diff}/layer.tar"]}]
        with tarfile.open(partial, "w", format=tarfile.PAX_FORMAT) as tar:
            _add_bytes(tar, "manifest.json", json.dumps(manifest).encode())
            _add_bytes(tar, f"{digest}.json", image)
            _add(tar, layer, f"{diff}/layer.tar")
        partial.replace(archive)
    finally:
        layer.unlink(missing_ok=True)
        partial.unlink(missing_ok=True)
    return f"sha256:{digest}"


def _image(config: dict[str, object], diff: str) -> dict[str, object]:
    created = "2025-01-01T00:00:00Z"
    return {
        "architecture": architecture(),
        "os": "linux",
        "created": created,
        "config": config,
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{diff}"]},
        "history": [{"created": created, "created_by": "devcluster/images"}],
    }


def _sorted(folder: Path) -> Iterator[Path]:
    """Everything under `folder` but sockets, parents first, in the order of the names."""
    for path in sorted(folder.iterdir()):
        mode = path.lstat().st_mode
        if not stat.S_ISSOCK(mode):
            yield path
        if stat.S_ISDIR(mode):
            yield from _sorted(path)


def _add(tar: tarfile.TarFile, path: Path, name: str) -> None:
    entry = tar.gettarinfo(path, name)
    entry.mtime = min(int(entry.mtime), NEWEST)
    entry.uname = entry.gname = ""  # the numbers count; names are the building machine's
    if entry.isreg():
        with path.open("rb") as content:
            tar.addfile(entry, content)
    else:
        tar.addfile(entry)


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = len(content), NEWEST, 0o644
    tar.addfile(entry, io.BytesIO(content))
