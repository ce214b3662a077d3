"""Volumes that can be full: ext4 in files of a given size, as `local` PersistentVolumes bound to claims by name."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.live import Live

CLASS = "e2e-bounded"
SIZE = 700 * 2**20
"""Bytes of a volume: an empty PostgreSQL takes about 50 MB, and each segment of its WAL 16."""


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(words)}: {done.stderr}"


@contextmanager
def _file_system(at: Path) -> Iterator[Path]:
    """An ext4 of SIZE bytes, mounted at `at`; without a reserve for root, so that full is full."""
    image = at.with_suffix(".ext4")
    with image.open("wb") as file:
        file.truncate(SIZE)
    _run("mkfs.ext4", "-q", "-m", "0", str(image))
    at.mkdir()
    _run("mount", "-o", "loop", str(image), str(at))
    try:
        at.chmod(0o777)
        yield at
    finally:
        # Lazily: the kubelet lets go of its own mounts of it some seconds after the pods are gone.
        _run("umount", "--lazy", str(at))


def _volume(namespace: str, claim: str, path: Path, node: str) -> dict[str, Any]:
    term = {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}]}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"{namespace}-{claim}"},
        "spec": {
            "capacity": {"storage": "2Gi"},
            "accessModes": ["ReadWriteOnce"],
            "persistentVolumeReclaimPolicy": "Retain",
            "storageClassName": CLASS,
            "claimRef": {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": namespace, "name": claim},
            "local": {"path": str(path)},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [term]}},
        },
    }


@contextmanager
def volumes(live: Live, claims: list[str], folder: Path) -> Iterator[dict[str, Path]]:
    """A bounded volume for each claim of the namespace; claim → where its files are on this machine."""
    node = live.kubectl("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}")
    storage_class = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": CLASS},
        "provisioner": "kubernetes.io/no-provisioner",
    }
    folder.chmod(0o755)
    with ExitStack() as mounted:
        paths = {claim: mounted.enter_context(_file_system(folder / claim)) for claim in claims}
        objects = [storage_class, *(_volume(live.namespace, claim, path, node) for claim, path in paths.items())]
        live.kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
        try:
            yield paths
        finally:
            names = [f"{live.namespace}-{claim}" for claim in claims]
            live.ask("delete", "pv", "--ignore-not-found", "--wait=false", *names)
            live.ask("delete", "storageclass", "--ignore-not-found", CLASS)


@contextmanager
def full(path: Path) -> Iterator[None]:
    """Not a byte left on the volume at `path`, until the end."""
    ballast = path / "ballast"
    for block in ("1M", "4K"):  # large ones first, for speed; dd ends when nothing is left
        append = ["oflag=append", "conv=notrunc"]
        words = ["dd", "if=/dev/zero", f"of={ballast}", f"bs={block}", *append]
        subprocess.run(words, capture_output=True, check=False)
    try:
        yield
    finally:
        ballast.unlink()
