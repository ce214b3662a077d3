"""Bill-Inquiry as its own files describe it, but for what an embedded node lacks: brought up once for all tests."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from devcluster import cluster, images
from devcluster.cli import ground
from devcluster.images import postgres
from devcluster.progress import Progress
from tests.e2e.bill_inquiry.schemas import BillInquiry
from tests.e2e.live import Live
from tests.e2e.stacks import SMALL, remove_namespace
from tests.e2e.trial import SOURCE, Trial

NAME = "bill-inquiry-e2e"
IMAGE = postgres.IMAGES[14]

EMBEDDED = {
    "environment": "e2e",
    "cluster": {"context": "devcluster"},
    "namespace": {"name": NAME},
    "database": {
        "image": IMAGE.reference,
        "storage": {"size": "1Gi", "storageClass": None},
        "resources": {**SMALL, "limits": {"cpu": "1", "memory": "640Mi"}},
        # What fails here fails at once and for good.
        "schema": {"retries": 0},
        # Other tests have these, with images that are on the node.
        **dict.fromkeys(("monitoring", "backup")),
    },
}
"""A patch on the stack's own file: an image and a disk that are there, and less memory than 2Gi."""


def _made(place: Path, environment: Mapping[str, str]) -> Trial:
    live = Live(NAME, tuple(cluster.EMBEDDED.kubectl()))
    remove_namespace(live)
    trial = Trial.make(NAME, place, environment, live)
    # Not the local stack's settings, with which every trial begins, but Bill-Inquiry's.
    written, own = (yaml.safe_load(f.read_text()) for f in (trial.file, SOURCE / "Pulumi.bill-inquiry-dev.yaml"))
    trial.file.write_text(yaml.safe_dump({**written, **own}, sort_keys=False))
    trial.change(EMBEDDED)
    return trial


@pytest.fixture(scope="session")
def bill_inquiry(
    node_environment: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BillInquiry]:
    """The stack after its first `up`."""
    ground.load(Progress(), cluster.EMBEDDED, [images.build(IMAGE, Progress())])
    trial = _made(tmp_path_factory.mktemp("bill-inquiry"), node_environment)
    try:
        yield BillInquiry(trial, trial.up())
    finally:
        remove_namespace(trial.live, wait=False)
