"""The schemas that unit tests judge by are those by which an API server judges."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests import crds
from tests.e2e.shared import definitions

ROLE: dict[str, Any] = {
    "apiVersion": "postgresql.cnpg.io/v1",
    "kind": "DatabaseRole",
    "metadata": {"name": "one"},
    "spec": {"name": "one", "cluster": {"name": "one"}, "login": True},
}


@pytest.fixture(scope="module", autouse=True)
def served(node_environment: Mapping[str, str]) -> Iterator[None]:
    """Every kind that is known, without an operator."""
    with definitions.installed():
        yield


@pytest.mark.parametrize("group", crds.GROUPS)
def test_a_field_that_nobody_knows_is_refused_here_and_there(group: str) -> None:
    for one in crds.kinds(group):
        version, _, kind = one.rpartition("/")
        wrong = {"apiVersion": version, "kind": kind, "metadata": {"name": "one"}, "spek": {}}
        answer = definitions.judged(wrong)
        assert not answer.ok and 'unknown field "spek"' in answer.text, f"{one} on the API server: {answer.text}"
        assert any("spek" in text for text in crds.mistakes(wrong)), f"{one} by its schema"


def test_what_is_right_is_taken_here_and_there() -> None:
    assert definitions.judged(ROLE).ok
    assert crds.mistakes(ROLE) == []
