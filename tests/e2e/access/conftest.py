"""The Observer with TLS and kept data: brought up once, and handed from one test to the next."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.e2e.access.encrypted import Encrypted
from tests.e2e.stacks import app, bring_up, make_trial, remove_namespace

TLS = {"tls": {"days": 30}}
AUDIENCE = {
    "clients": [{"namespace": "reports", "pods": {"app": "report"}}],
    "readers": [{"role": "reader", "subjects": [{"kind": "Group", "name": "analysts"}]}],
    "passwords": {"grace": 0},
}
QUICK = {"shutdownSeconds": 5}
"""Every rotation waits as long as an app's old pods may take to end."""


@pytest.fixture(scope="session")
def encrypted(node_environment: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Encrypted]:
    """A production stack: what is protected in it stays, whatever a rotation needs."""
    place: Path = tmp_path_factory.mktemp("access")
    trial = make_trial("observer-e2e-access", place, node_environment)
    trial.change({"keep": True, "database": {**TLS, **AUDIENCE}, **app(**QUICK)})
    try:
        yield Encrypted(bring_up(trial), place)
    finally:
        remove_namespace(trial.live, wait=False)
