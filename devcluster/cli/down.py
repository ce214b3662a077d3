"""`down`: take all of it away."""

import shutil
from argparse import Namespace

from devcluster import cluster, engine, node, paths
from devcluster.cli import ground
from devcluster.cluster import NoCluster
from devcluster.progress import Progress


def down(options: Namespace) -> int:
    """Take the cluster's stack away, and the cluster if it was made here. With --keep-data the node only stops."""
    chosen = cluster.remembered()
    progress = Progress()
    if chosen.embedded:
        node.stop(progress, keep_data=options.keep_data)
    elif options.keep_data:
        raise NoCluster(f"KEEP_DATA=1 is for the embedded node; {chosen.context} keeps its data as long as it is up")
    elif chosen.made:
        with progress.step(f"Delete the cluster {chosen.context}"):
            cluster.delete(chosen)
    else:
        with progress.step("pulumi destroy -s local", streams=True):
            engine.local().destroy()
    if not options.keep_data:
        forget(chosen)
    progress.table()
    return 0


def forget(gone: cluster.Cluster) -> None:
    """Remove what is known of a cluster that is gone: Pulumi's state of it would be a lie."""
    shutil.rmtree(paths.PULUMI / gone.context, ignore_errors=True)
    cluster.forget()
    ground.forget_images()
