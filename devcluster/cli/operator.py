"""`operator`: CloudNativePG on the cluster, put in, shown or taken out."""

import sys
from argparse import Namespace
from pathlib import Path

import yaml

from devcluster import cluster, images, node
from devcluster.cli import ground
from devcluster.cluster import Cluster, NoCluster
from devcluster.images import cloudnativepg
from devcluster.operators import release, running
from devcluster.progress import Progress


def operator(options: Namespace) -> int:
    """Install the operator of a version, or write its objects into a file, or remove it; the exit code.

    The embedded node and clusters that were made here get the image that is made here. A cluster of the user's own
    gets the release as published, and only where `--context` names it: else it is said what to run. Raises
    release.NoOperator and the errors of the rooms it calls.
    """
    release.known(options.version)
    chosen = cluster.choose(options.context) if options.context else cluster.remembered()
    own = chosen.kind == "context"
    objects = (release.published if own else release.objects)(options.version)
    if options.into:
        _write(objects, options.into)
        return 0
    if chosen.embedded and not node.running():
        raise NoCluster("the embedded node does not run: `make up` starts it")
    if own and not options.context:
        print(_by_hand(chosen, options.version, remove=options.remove))
        return 1
    progress = Progress()
    if options.remove:
        return _remove(progress, chosen, objects)
    if not own:
        ground.load(progress, chosen, [images.build(cloudnativepg.IMAGES[options.version], progress)])
    with progress.step(f"Install CloudNativePG {options.version}", "until its webhooks answer") as step:
        running.install(chosen.kubectl(), options.version, objects, step.waiting_for)
    return 0


def _write(objects: list[release.Object], into: str) -> None:
    # The C writer: all but a few of the 20,000 lines are schemas.
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    if into == "-":
        yaml.dump_all(objects, sys.stdout, Dumper=dumper, sort_keys=False)
        return
    with Path(into).open("w") as file:
        yaml.dump_all(objects, file, Dumper=dumper, sort_keys=False)


def _remove(progress: Progress, chosen: Cluster, objects: list[release.Object]) -> int:
    with progress.step("Remove CloudNativePG") as step:
        there = running.remove(chosen.kubectl(), objects, step.waiting_for)
    if not there:
        progress.console.print("There was no operator.", highlight=False)
    return 0


def _by_hand(chosen: Cluster, version: str, *, remove: bool) -> str:
    verb = "delete -f" if remove else "apply --server-side -f"
    return (
        f"{chosen.context} is a cluster of your own, where nothing is installed unasked. Do it yourself:\n"
        f"    kubectl --context {chosen.context} {verb} {release.address(version)}\n"
        f"or let it be done by `make operator VERSION={version} CONTEXT={chosen.context}{' REMOVE=1' * remove}`"
    )
