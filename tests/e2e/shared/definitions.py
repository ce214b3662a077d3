"""Definitions of custom resources on the node's API server, which then judges objects by schema and CEL alike."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from devcluster import cluster
from tests import crds
from tests.e2e.live import Answer, Live, wait_for
from tests.e2e.stacks import GONE_WITHIN

SERVED_WITHIN = 30.0
"""Seconds from a definition to the API that serves its kind."""


def _live(namespace: str) -> Live:
    return Live(namespace, tuple(cluster.EMBEDDED.kubectl()))


@contextmanager
def installed(*groups: str, operator: str = crds.OPERATORS[-1]) -> Iterator[None]:
    """The kinds of these API groups, all by default, are served; those that were not there before go at the end.

    No operator runs for them: an object is judged and kept, and nothing comes of it. `operator` is the version of
    CloudNativePG. On its way out a kind takes the objects of it along.
    """
    live = _live("default")
    there = set(live.kubectl("get", "customresourcedefinitions", "-o", "name").split())
    found = [one for group in groups or crds.GROUPS for one in crds.definitions(group, operator)]
    ours = [one for one in found if f"customresourcedefinition.apiextensions.k8s.io/{_name(one)}" not in there]
    try:
        if ours:
            apply = ("apply", "--server-side", "--field-manager=e2e", "-f", "-")
            live.kubectl(*apply, stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": ours}))
        for one in ours:
            wait_for(f"{_name(one)} to be served", lambda one=one: live.ask("get", _name(one)).ok, SERVED_WITHIN)
        yield
    finally:
        if ours:
            words = ("delete", "customresourcedefinitions", "--ignore-not-found", *(_name(one) for one in ours))
            gone = live.ask(*words, within=GONE_WITHIN)
            assert gone.ok, f"these stay: {gone.text}"


def judged(manifest: dict[str, Any], namespace: str = "default") -> Answer:
    """What the API server says to `manifest`, strictly and without making it; its namespace must be there."""
    words = ("create", "--dry-run=server", "--validate=strict", "-f", "-")
    return _live(namespace).ask(*words, stdin=json.dumps(manifest))


def _name(definition: dict[str, Any]) -> str:
    return definition["metadata"]["name"]
