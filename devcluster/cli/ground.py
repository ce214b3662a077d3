"""What the local stack stands on: tools, cluster, images; each made only where it is missing or changed."""

import json
from pathlib import Path

from devcluster import images, node, paths, toolchain
from devcluster.build import versions
from devcluster.cluster import Cluster
from devcluster.images import Image
from devcluster.progress import Progress


def lay(progress: Progress, cluster: Cluster) -> None:
    """Everything below `pulumi up`. Raises the errors of the rooms it calls, each with what to do."""
    minutes = "up to {:.0f} min on 2 cores where it has to be built"
    with progress.step("Pulumi CLI", minutes.format(versions.PULUMI_BUILD.minutes)) as step:
        toolchain.pulumi(step.waiting_for)
    if cluster.embedded:
        with progress.step("Kubernetes and etcd", minutes.format(versions.KUBERNETES_BUILD.minutes)) as step:
            toolchain.kubernetes(step.waiting_for)
        with progress.step("CoreDNS", minutes.format(versions.COREDNS_BUILD.minutes)) as step:
            toolchain.coredns(step.waiting_for)
        node.start(progress)
    if cluster.kind != "context":
        _load(progress, cluster, images.build_all(progress))


def _load(progress: Progress, cluster: Cluster, made: list[Image]) -> None:
    """Hand the cluster what it does not have yet."""
    loaded = _loaded()
    there = loaded.setdefault(cluster.context, {})
    for image in made:
        if there.get(image.reference) == image.digest:
            continue
        with progress.step(f"Load image {image.reference}"):
            if cluster.embedded:
                node.load_image(image.tar)
            else:
                cluster.load(image.tar)
        there[image.reference] = image.digest
        _record().write_text(json.dumps(loaded, indent=1))


def forget_images(cluster: Cluster) -> None:
    """A cluster that is gone has no images either."""
    loaded = _loaded()
    if loaded.pop(cluster.context, None) is not None:
        _record().write_text(json.dumps(loaded, indent=1))


def _record() -> Path:
    return paths.HOME / "loaded.json"


def _loaded() -> dict[str, dict[str, str]]:
    """Per context, which images it was handed, by reference and digest."""
    try:
        return json.loads(_record().read_text())
    except (OSError, ValueError):
        return {}
