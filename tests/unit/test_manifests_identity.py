"""Rule 10: nothing that loses data happens by editing a number."""

import itertools
import json

import plans
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from components import changes, identity
from components.settings.quantity import amount


def data(patch=None) -> dict[str, str]:
    return dict(plans.one(plans.plan("dev", patch), "ConfigMap", identity.NAME).body["data"])


def claims(size: str, storage_class: str = "", mode: str = "ReadWriteOnce") -> dict[str, str]:
    record = {"data": {"size": size, "class": storage_class, "mode": mode}}
    server = {"topology": "standalone", "version": 15, "claim": "data"}
    return {"claims": json.dumps(record), "database": json.dumps(server)}


def volume(**fields):
    return {"apps": {"observer": {"volumes": {"data": fields}}}}


sizes = st.builds("{}{}".format, st.integers(1, 5000), st.sampled_from(["Mi", "Gi", "M", "G", "Ti"]))


@given(sizes, sizes)
def test_a_claim_may_grow_and_never_shrinks(before, now):
    found = changes.refusals(claims(before), claims(now))
    if amount(now) >= amount(before):
        assert found == [], f"{before} to {now} grows in place"
    else:
        assert len(found) == 1, f"{before} to {now} is refused"
        assert before in found[0], "with the size to set it back to"


@given(st.lists(sizes, min_size=2, max_size=6))
def test_what_is_refused_is_refused_by_small_steps_too(steps):
    ordered = sorted(steps, key=amount)
    assume(amount(ordered[0]) < amount(ordered[-1]))
    for before, now in itertools.pairwise(ordered):
        assert not changes.refusals(claims(before), claims(now))
    assert changes.refusals(claims(ordered[-1]), claims(ordered[0])), "way back there is none"


REFUSED = {
    "a shrunk claim": (volume(size="10Gi"), "would shrink from 20Gi to 10Gi"),
    "a renamed claim": (volume(claim="other-pvc"), "observer-data-pvc would be deleted with its data"),
    "a claim that is gone": ({"apps": {"observer": {"volumes": {"data": None}}}}, "would be deleted with its data"),
    "another class": (volume(storageClass="fast"), "storage class from the default to fast"),
    "another mode": (volume(accessMode="ReadWriteMany"), "access mode from ReadWriteOnce to ReadWriteMany"),
    "a new major version": (
        {"database": {"version": 16, "image": "postgres:16-alpine"}},
        "16 can't read the data directory of 15",
    ),
    "another claim of the database": ({"database": {"storage": {"claim": "new"}}}, "an empty one"),
    "a renamed database": ({"database": {"name": "other"}}, "an empty one would be made beside it"),
    "a renamed server": ({"database": {"service": "pg"}}, "service would go from postgres to pg"),
    "another superuser": ({"database": {"roles": {"superuser": "root"}}}, "superuser would go from postgres to root"),
    "an app that is gone": ({"apps": {"observer": None}}, "would be deleted with its data"),
}


@pytest.mark.parametrize("change", REFUSED)
def test_an_edit_that_loses_data_is_refused_with_the_way_to_do_it(change):
    patch, words = REFUSED[change]
    found = changes.refusals(data(), data(patch))
    assert any(words in text for text in found), f"{change}: says what would happen, found {found}"
    assert all(len(text.split(". ")) >= 2 for text in found), "and what to do instead"


@pytest.mark.parametrize(
    "patch",
    [
        None,
        volume(size="40Gi"),
        volume(size="20480Mi"),
        {"database": {"storage": {"size": "100Gi"}}},
        {"database": {"image": "postgres:15.10-alpine"}},
        {"apps": {"observer": {"replicas": 3, "volumes": {"new": {"path": "/n", "claim": "n", "size": "1Gi"}}}}},
    ],
)
def test_what_loses_nothing_is_not_refused(patch):
    assert changes.refusals(data(), data(patch)) == []


def test_a_topology_change_is_refused():
    now = data() | {"database": json.dumps(json.loads(data()["database"]) | {"topology": "replicated"})}
    (text,) = changes.refusals(data(), now)
    assert "from standalone to replicated" in text
    assert "dump and restore" in text


def test_every_reason_is_given_at_once():
    patch = {"database": {"version": 16, "image": "postgres:16-alpine"}} | volume(size="1Gi")
    with pytest.raises(changes.ChangeRefused) as error:
        changes.refuse_change({"data": data()}, {"data": data(patch)})
    assert str(error.value).startswith("2 changes refused, nothing touched:")


def test_the_same_inputs_are_no_change():
    assert changes.refusals(data(), data()) == [], "nothing changed, so nothing is lost"
    changes.refuse_change({"data": data()}, {"data": data()})


@pytest.mark.parametrize("stack", plans.EVERY)
def test_every_claim_is_recorded_and_comes_after_the_record(stack):
    plan = plans.every_plan()[stack]
    recorded = json.loads(plans.one(plan, "ConfigMap", identity.NAME).body["data"]["claims"])
    made = [m for m in plan.manifests if m.kind in {"PersistentVolumeClaim", "Cluster"}]
    names = {m.name for m in made if m.kind == "PersistentVolumeClaim"}
    if stack in plans.WITH_OPERATOR:
        names.add(plans.system(stack).database.storage.claim)  # of the claims that the operator makes
    assert set(recorded) == names, "a claim that is not recorded could be lost"
    for manifest in made:
        assert identity.REFERENCE in manifest.after, "the engine stops at the record, before any claim"


@pytest.mark.parametrize("stack", plans.STACKS)
def test_the_engine_is_told_to_ask_before_it_updates_the_record(recorded, stack):
    hooked = {r.inputs["metadata"]["name"]: r.hooks for r in recorded(stack).resources if r.hooks}
    assert hooked == {identity.NAME: ("identity",)}, "the hook is on the record and nowhere else"


@pytest.mark.parametrize("stack", plans.STACKS)
def test_all_that_goes_to_the_cluster_waits_for_the_record(recorded, stack):
    resources = [r for r in recorded(stack).resources if r.type.startswith("kubernetes:")]
    (record,) = [r for r in resources if r.inputs["metadata"]["name"] == identity.NAME]
    early = {r.name for r in resources if record.urn not in r.dependencies} - {record.name}
    assert early == {plans.system(stack).namespace.name}, "a refused change stops before anything else is touched"
