"""The Observer's database, without the Observer, as it is watched: up once, with the CRDs of Prometheus's operator."""

import json
from collections.abc import Iterator, Mapping

import pytest

from devcluster.images import postgres_exporter
from tests import crds
from tests.e2e.live import Live
from tests.e2e.shared import operators
from tests.e2e.stacks import make_trial, remove_namespace

_GROUP = "monitoring.coreos.com"
WATCHED = {
    "allowFrom": [{"namespace": "monitoring"}],
    "rules": True,
    "dashboard": {},
    "exporter": {"image": postgres_exporter.IMAGE.reference},
}


@pytest.fixture(scope="session")
def watched(node_environment: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A standalone database with TLS and everything that watches it."""
    trial = make_trial("observer-e2e-watched", tmp_path_factory.mktemp("watched"), node_environment)
    trial.pulumi("config", "rm", "kisAppKey", code=0)
    trial.change({"apps": {"observer": None}, "database": {"monitoring": WATCHED, "tls": {}}})
    definitions = json.dumps({"apiVersion": "v1", "kind": "List", "items": crds.definitions(_GROUP)})
    operators.load(postgres_exporter.IMAGE)
    # Too large for the annotation that `apply` keeps.
    trial.live.kubectl("apply", "--server-side", "-f", "-", stdin=definitions)
    try:
        trial.live.kubectl("wait", "--for=condition=Established", "crd/podmonitors.monitoring.coreos.com")
        trial.up()
        yield trial.live
    finally:
        remove_namespace(trial.live)
        trial.live.kubectl("delete", "--wait=false", "-f", "-", stdin=definitions)
