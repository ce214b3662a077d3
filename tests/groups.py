"""For pytest-xdist: which tests share stacks, and so run in one process, in the order of their files.

    pytest -n 2 tests/engine tests/e2e

Each folder below tests/e2e has stacks, and namespaces, of its own; most of the time its tests wait for a cluster, so
two of them beside each other take little more than one. The conftest.py of both folders has the hook.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling


class ByFolder(LoadScopeScheduling):
    """All tests of a folder go to one process; the folders with most tests come first."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0].rpartition("/")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFolder:
    """Who hands the tests out."""
    return ByFolder(config, log)
