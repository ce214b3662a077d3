"""CloudNativePG on the embedded node: the version that a test asks for, and afterwards what was there before."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from devcluster import cluster, images
from devcluster.cli import ground
from devcluster.images import cloudnativepg
from devcluster.images.definition import Definition
from devcluster.operators import release, running
from devcluster.progress import Progress


@cache
def _kubectl() -> tuple[str, ...]:
    return tuple(cluster.EMBEDDED.kubectl())


def load(*definitions: Definition) -> None:
    """Have these images on the node; each is made first where it is missing."""
    progress = Progress()
    ground.load(progress, cluster.EMBEDDED, [images.build(one, progress) for one in definitions])


def there() -> str:
    """The minor version of the operator that is on the node; nothing where there is none."""
    return running.installed(_kubectl())


def upgrade(minor: str) -> None:
    """Have the operator of `minor` on the node, in place of an older one and under its databases."""
    load(cloudnativepg.IMAGES[minor])
    running.install(_kubectl(), minor, release.objects(minor), lambda _: None)


def remove() -> bool:
    """Take the operator away; False where there was none. Raises NoOperator while anything needs it."""
    # The newest release has every object of the older ones.
    return running.remove(_kubectl(), release.objects(max(cloudnativepg.IMAGES)), lambda _: None)


def have(minor: str) -> None:
    """Have the operator of `minor` on the node; another one goes first, because none goes back to an older version.

    Raises NoOperator where a database needs that other one.
    """
    if there() not in ("", minor):
        remove()
    upgrade(minor)


@contextmanager
def kept() -> Iterator[None]:
    """At the end the operator is on the node that was there at the beginning, or none."""
    before = there()
    try:
        yield
    finally:
        if before:
            have(before)
        else:
            remove()
