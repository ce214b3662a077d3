"""Which cluster the local stack runs on: one that the user names, kind or k3d on request, else the embedded node."""

import json
import os
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from devcluster import paths, toolchain
from devcluster.command import CommandFailed, run

NAME = "postgres-apps"
"""The name of a kind or k3d cluster that is made here."""

ANSWER_TIMEOUT = 10.0
"""Seconds for which a cluster that the user named may take to answer."""


class NoCluster(Exception):
    """No cluster can be had. The text says what to install or do."""


@dataclass(frozen=True)
class Cluster:
    """A cluster by its kubeconfig context. `kind` is embedded, kind, k3d or context; `made` says that it is ours."""

    kind: str
    context: str
    kubeconfig: Path | None = None
    made: bool = False

    @property
    def embedded(self) -> bool:
        """Whether it is the node of this package."""
        return self.kind == "embedded"

    def kubectl(self) -> list[str]:
        """The words of a kubectl that speaks to this cluster."""
        if self.embedded:
            return [*toolchain.kubernetes().command("kubectl"), "--kubeconfig", str(paths.KUBECONFIG)]
        return [*toolchain.kubectl(), "--context", self.context]

    def load(self, tar: Path) -> None:
        """Hand the images in `tar` to a kind or k3d cluster. Raises CommandFailed."""
        name = self.context.removeprefix(f"{self.kind}-")
        if self.kind == "kind":
            run(["kind", "load", "image-archive", tar, "--name", name])
        elif self.kind == "k3d":
            run(["k3d", "image", "import", tar, "--cluster", name])


EMBEDDED = Cluster("embedded", paths.CONTEXT, paths.KUBECONFIG)


def choose(context: str = "", kind: str = "") -> Cluster:
    """The cluster for these wishes, made where kind or k3d was asked for. Raises NoCluster."""
    if context:
        return _named(context)
    if kind:
        return _in_containers(kind)
    if sys.platform != "linux" or os.geteuid() != 0:
        raise NoCluster(
            "the embedded node needs Linux and root: run `sudo make up`, or name a cluster that you have by "
            "`make up CONTEXT=…` (see `kubectl config get-contexts`), or let one be made by `make up CLUSTER=kind`"
        )
    return EMBEDDED


def _named(context: str) -> Cluster:
    kubectl = toolchain.kubectl()
    try:
        known = run([*kubectl, "config", "get-contexts", "-o", "name"]).split()
        if context not in known:
            raise NoCluster(
                f"there is no context {context!r} in the kubeconfig; there are: {', '.join(known) or 'none'}"
            )
        run([*kubectl, "--context", context, "version", "--request-timeout=5s"], timeout=ANSWER_TIMEOUT)
    except CommandFailed as error:
        raise NoCluster(f"the cluster of context {context!r} does not answer: {error}") from error
    kind = next((kind for kind in ("kind", "k3d") if context.startswith(f"{kind}-") and shutil.which(kind)), "context")
    return Cluster(kind, context)


def _in_containers(kind: str) -> Cluster:
    if kind not in ("kind", "k3d"):
        raise NoCluster(f"CLUSTER={kind} is not known; it is kind or k3d, or nothing for the embedded node")
    if shutil.which(kind) is None:
        raise NoCluster(f"CLUSTER={kind} needs the program `{kind}` on PATH; install it, or leave CLUSTER out")
    engine = next((name for name in ("docker", "podman") if shutil.which(name)), None)
    try:
        if engine is None:
            raise NoCluster(f"CLUSTER={kind} needs a container engine: install docker or podman, or leave CLUSTER out")
        run([engine, "info"], timeout=ANSWER_TIMEOUT)
    except CommandFailed as error:
        raise NoCluster(f"CLUSTER={kind} needs a container engine that answers, {engine} does not: {error}") from error
    there = run([kind, "get", "clusters"] if kind == "kind" else [kind, "cluster", "list", "--no-headers"])
    if NAME not in there.split():
        run([kind, "create", "cluster", "--name", NAME] if kind == "kind" else [kind, "cluster", "create", NAME])
    return Cluster(kind, f"{kind}-{NAME}", made=True)


def delete(cluster: Cluster) -> None:
    """Take away a kind or k3d cluster that was made here; any other is the user's own and stays."""
    if cluster.made:
        words = ["kind", "delete", "cluster", "--name"] if cluster.kind == "kind" else ["k3d", "cluster", "delete"]
        run([*words, NAME])


def only(chosen: Cluster) -> None:
    """Raise NoCluster while the local stack is up on a cluster other than `chosen`: its state would be orphaned."""
    if _choice().exists() and remembered() != chosen:
        raise NoCluster(
            f"the local stack is up on {remembered().context}, not on {chosen.context}: run `make down` there first, "
            "or leave CONTEXT and CLUSTER as they were"
        )


def remember(cluster: Cluster) -> None:
    """Keep the choice, so that `make psql` and the others speak to the cluster of the last `make up`."""
    paths.HOME.mkdir(parents=True, exist_ok=True)
    _choice().write_text(json.dumps({**asdict(cluster), "kubeconfig": str(cluster.kubeconfig or "")}))


def remembered() -> Cluster:
    """The cluster of the last `make up`; the embedded node where there was none."""
    try:
        kept = json.loads(_choice().read_text())
        return Cluster(**{**kept, "kubeconfig": Path(kept["kubeconfig"]) if kept["kubeconfig"] else None})
    except (OSError, ValueError, TypeError, KeyError):
        return EMBEDDED


def forget() -> None:
    """Forget the choice."""
    _choice().unlink(missing_ok=True)


def _choice() -> Path:
    return paths.HOME / "cluster.json"
