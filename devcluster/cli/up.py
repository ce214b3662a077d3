"""`up`: cluster, images, the local stack, and at the end where everything is."""

from argparse import Namespace

from devcluster import cluster, engine, paths
from devcluster.cli import borrowing, ground, places
from devcluster.cluster import NoCluster
from devcluster.progress import Progress


def up(options: Namespace) -> int:
    """Bring up all of it. A second run changes nothing and ends in seconds."""
    progress = Progress()
    with progress.step("Choose the cluster"):
        chosen = cluster.choose(options.context, options.cluster)
        cluster.only(chosen)
    _check_images(chosen, options.images)
    if chosen.embedded:
        borrowing.keep(progress)
    ground.lay(progress, chosen)
    cluster.remember(chosen)
    stack = engine.local(images=options.images)
    with progress.step("pulumi up -s local", "waits until the database and the app are ready", streams=True):
        stack.up()
    with progress.step("Ask the app whether it is ready") as step:
        found = places.find(stack)
        answer = places.ask_ready(chosen, found, step.waiting_for)
    places.show(progress.console, found, answer)
    progress.table()
    return 0 if answer.ok else 1


def _check_images(chosen: cluster.Cluster, images: str) -> None:
    if chosen.kind == "context" and not images:
        wanted = " and ".join(definition.file for definition in ground.wanted())
        raise NoCluster(
            f"the cluster of context {chosen.context!r} can't be handed images from here: push {wanted} of "
            f"{paths.IMAGES} to a registry that it pulls from, and name that by "
            "`make up CONTEXT=… IMAGES=registry.example.org/name`"
        )
