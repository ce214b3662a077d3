"""Namespaces of others: made where they are missing, left as they are where not, and never deleted."""

from typing import Any

import pytest
from engine import Recording, Registered
from test_registration_resources import registered

from components.manifest import Manifest

KEEP = pytest.mark.parametrize("keep", [False, True])


def namespace(name: str, **fields: Any) -> Manifest:
    return Manifest({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {}}}, **fields)


def config(name: str, place: str, **fields: Any) -> Manifest:
    metadata = {"name": name, "namespace": place}
    return Manifest({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {}}, **fields)


OWN, THEIRS = namespace("databases"), namespace("shop", outside=True, adopted=True)


def recording(*, keep: bool) -> Recording:
    made = config("shop-config", "shop", outside=True)
    return registered(OWN, THEIRS, config("own", "databases"), made, keep=keep)


def one(found: Recording, name: str) -> Registered:
    (resource,) = [r for r in found.resources if r.type.startswith("kubernetes:") and r.name == name]
    return resource


@KEEP
def test_a_namespace_of_others_is_taken_over_where_it_is_there(keep):
    found = recording(keep=keep)
    by_urn = {resource.urn: resource for resource in found.of_type("kubernetes")}
    adopting = by_urn[one(found, "shop").provider.rpartition("::")[0]]
    assert adopting.inputs["upsertExistingObjects"] == "true", "or the `up` ends where somebody made it before"
    assert adopting.inputs["context"] == "here", "rule 9: in the same cluster"
    for name in ("databases", "databases/own", "shop/shop-config"):
        provider = by_urn[one(found, name).provider.rpartition("::")[0]]
        assert "upsertExistingObjects" not in provider.inputs, f"{name}: what others made is not taken from them"


@KEEP
def test_it_stays_when_the_stack_goes_and_goes_with_nothing(keep):
    theirs = one(recording(keep=keep), "shop")
    assert (theirs.protect, theirs.retain) == (False, True), "a tenant's lines can go, and what others have there stays"
    assert not theirs.deleted_with, "it is no part of the stack's own namespace"


@KEEP
def test_what_is_made_in_it_waits_for_it_and_is_deleted_by_itself(keep):
    found = recording(keep=keep)
    made = one(found, "shop/shop-config")
    assert one(found, "shop").urn in made.dependencies, "a namespace that is not there yet takes no object"
    assert not made.deleted_with, "the stack's own namespace goes without it"
    own = one(found, "databases/own")
    assert bool(own.deleted_with) is not keep, "as before"
    assert one(found, "shop").urn not in own.dependencies, "nobody else waits for a namespace of others"


def test_who_adopts_nothing_has_one_provider():
    found = registered(OWN, config("own", "databases"))
    assert len(found.of_type("kubernetes")) == 1, "rule 9: one cluster, one way into it"
