"""What the local stack stands on: tools, cluster, images; each made only where it is missing or changed."""

import json
from pathlib import Path

import yaml

from devcluster import images, node, paths, toolchain
from devcluster.build import versions
from devcluster.cluster import Cluster
from devcluster.images import Image
from devcluster.images.definition import Definition
from devcluster.progress import Progress


def lay(progress: Progress, cluster: Cluster) -> None:
    """Everything below `pulumi up`. Raises the errors of the rooms it calls, each with what to do."""
    needed = wanted() if cluster.kind != "context" else []
    why_long = f"about {versions.PULUMI_BUILD.minutes:.0f} min on 2 cores where it has to be built"
    with progress.step("Find the Pulumi CLI", why_long) as step:
        toolchain.pulumi(step.waiting_for)
    if cluster.embedded:
        node.start(progress)
    if needed:
        load(progress, cluster, [images.build(definition, progress) for definition in needed])


def wanted() -> list[Definition]:
    """The images that the local stack's settings name. Raises NoImage for one that is not made here."""
    return images.named(yaml.safe_load(paths.SETTINGS.read_text()))


def load(progress: Progress, cluster: Cluster, made: list[Image]) -> None:
    """Hand the cluster what it does not have yet; the embedded node knows that itself. Raises CommandFailed."""
    with progress.step("Load the images into the cluster", "a few seconds for those it does not have yet"):
        there = _loaded()
        for image in made:
            if cluster.embedded:
                node.load_image(image.tar, image.reference)
            elif there.get(image.reference) != image.digest:
                cluster.load(image.tar)
                there[image.reference] = image.digest
                _record().write_text(json.dumps(there, indent=1))


def forget_images() -> None:
    """A kind or k3d cluster that is gone has no images either."""
    _record().unlink(missing_ok=True)


def _record() -> Path:
    return paths.HOME / "loaded.json"


def _loaded() -> dict[str, str]:
    """Which images the kind or k3d cluster was handed, by reference and digest."""
    try:
        return json.loads(_record().read_text())
    except (OSError, ValueError):
        return {}
