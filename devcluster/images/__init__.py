"""The images of the local stack, made on this machine because it may reach no registry of images.

Only those that the stack's settings name are made. Each is packed once and kept in the cache until its definition
changes; a second call costs milliseconds.
"""

import difflib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devcluster import paths
from devcluster.images import (
    barman_cloud,
    cloudnativepg,
    cloudnativepg_postgresql,
    demo,
    etcd,
    haproxy,
    minio,
    pack,
    patroni,
    pause,
    pgbackrest,
    pgbouncer,
    postgres,
    postgres_exporter,
    rclone,
)
from devcluster.images.definition import Definition
from devcluster.progress import Progress

DEFINITIONS: tuple[Definition, ...] = (
    pause.IMAGE,
    *postgres.IMAGES.values(),
    postgres.BEFORE,
    *(module.IMAGE for module in (demo, etcd, patroni, haproxy, postgres_exporter)),
    *cloudnativepg.IMAGES.values(),
    cloudnativepg_postgresql.IMAGE,
    pgbouncer.IMAGE,
    barman_cloud.IMAGE,
    minio.IMAGE,
    *pgbackrest.IMAGES.values(),
    rclone.IMAGE,
)


class NoImage(Exception):
    """An image can't be made here. The text says what is missing and what to do."""


@dataclass(frozen=True)
class Image:
    """An image that is ready to be loaded: its reference, its archive, and the hash of what it was made from."""

    reference: str
    tar: Path
    digest: str


def named(settings: object) -> list[Definition]:
    """The images of the registry `localhost` that a stack's settings name, in the order in which they are made.

    Raises NoImage for one that is not made here: no registry has it, so its pods would wait for it in vain.
    """
    wanted = set(_references(settings))
    by_reference = {definition.reference: definition for definition in DEFINITIONS}
    for reference in sorted(wanted - set(by_reference)):
        near = difflib.get_close_matches(reference, by_reference, 1)
        raise NoImage(
            f"the stack's settings name the image {reference}, which is not made here; the images of localhost are "
            f"{', '.join(by_reference)}" + (f": is it {near[0]}?" if near else "")
        )
    return [definition for definition in DEFINITIONS if definition.reference in wanted]


def _references(value: object) -> Iterator[str]:
    """Every text in `value`, however deep, that refers to an image of the registry `localhost`."""
    if isinstance(value, str) and value.startswith("localhost/"):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def build(definition: Definition, progress: Progress) -> Image:
    """The image of `definition`, from the cache where it is still the same one.

    Raises NoImage, toolchain.go.NoGo, apt.NoDebian or CommandFailed with what to do.
    """
    image = Image(definition.reference, paths.IMAGES / definition.file, definition.digest())
    if _is_there(image):
        return image
    with progress.step(f"Make image {image.reference}", definition.why_long) as step, _alone():
        if _is_there(image):  # another process made it while this one waited
            return image
        if os.geteuid() != 0:
            raise NoImage(f"making the image {image.reference} needs root, to give its files their owners: run as root")
        with _empty_root() as root:
            definition.fill(root, step.waiting_for)
            step.waiting_for("packing it")
            pack.pack(root, image.reference, definition.config, image.tar)
        _note(image).write_text(image.digest + "\n")
    return image


def _note(image: Image) -> Path:
    return image.tar.with_suffix(".made-from")


def _is_there(image: Image) -> bool:
    return image.tar.exists() and _note(image).exists() and _note(image).read_text().strip() == image.digest


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time makes images; the lock goes with the process."""
    paths.IMAGES.mkdir(parents=True, exist_ok=True)
    with (paths.IMAGES / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _empty_root() -> Iterator[Path]:
    """An empty folder beside the archives, gone afterwards; what a killed build left is removed first."""
    for left in paths.IMAGES.glob("root-*"):
        shutil.rmtree(left)
    root = Path(tempfile.mkdtemp(prefix="root-", dir=paths.IMAGES))
    root.chmod(0o755)
    try:
        yield root
    finally:
        shutil.rmtree(root)
