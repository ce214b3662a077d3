"""A plugin for pytest-xdist: which tests share stacks, and so run in one process, in the order of their files.

    pytest -p tests.groups -n 2 --dist loadgroup tests/engine tests/e2e

Each folder below tests/e2e has stacks, and namespaces, of its own; most of the time its tests wait for a cluster, so
two of them beside each other take little more than one.
"""

from pathlib import Path

import pytest

_E2E = Path(__file__).resolve().parent / "e2e"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each item with the folder that it is in."""
    for item in items:
        folder = item.path.parent
        item.add_marker(pytest.mark.xdist_group("e2e" if folder == _E2E else folder.name))
