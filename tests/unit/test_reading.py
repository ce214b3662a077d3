"""Secrets that the program does not make: the engine reads them, nobody is shown them, pods and texts follow them."""

from urllib.parse import unquote, urlsplit

import pytest
from engine import Recording, record

from components.compose import Part, Plan
from components.manifest import Existing, Fingerprint, Manifest, Text
from components.registration import Registration
from components.settings.system import Cluster, System

HARD = 'a"b\\c/d?e&f=g é %+'
DB = Existing("n", "db", "password")


def manifest(kind="Secret", name="s", api="v1", **content) -> Manifest:
    return Manifest({"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": "n"}, **content})


def registered(*manifests, existing) -> Recording:
    plan = Plan([Part("App", "a", list(manifests))], {}, [], "standalone")
    system = System.model_construct(keep=False, cluster=Cluster(context="here"))
    return record(
        lambda: Registration(system).register(plan),
        stack_name="t",
        config={},
        secrets={},
        into=Recording(existing=existing),
    )


def test_an_existing_password_is_copied_as_it_is_and_into_a_uri():
    entries = {"password": DB, "uri": Text(("postgresql://app:", DB, "@h/d"), escape="url")}
    recording = registered(manifest(stringData=entries), existing={"n/db": {"password": HARD, "other": "x"}})
    secret = recording.of_type("Secret")[0]
    assert secret.inputs["stringData"]["password"] == HARD
    assert unquote(urlsplit(secret.inputs["stringData"]["uri"]).password or "") == HARD
    found = {path for path in secret.secrets if path[:1] == ("stringData",)}
    assert found == {("stringData",)}, "marked secret, it is encrypted in the state and not shown by a preview"


def test_each_secret_is_read_once_and_by_the_stacks_own_provider():
    two = [manifest(name=name, stringData={"x": DB, "y": Existing("n", "db", "user")}) for name in "ab"]
    recording = registered(*two, existing={"n/db": {"password": "p", "user": "u"}})
    ((name, place, provider, _),) = recording.read
    assert (name, place) == ("n/db:read", "n/db")
    assert "::cluster::" in provider, "a default provider could read another cluster's"


def test_a_key_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(Exception, match="n/db has no key `password`; its keys are: pasword, user") as told:
        registered(manifest(stringData={"x": DB}), existing={"n/db": {"pasword": HARD, "user": "u"}})
    assert HARD not in str(told.value)


def fingerprint(content, *of):
    body = manifest("ConfigMap", "c", data={"f": Fingerprint(of)})
    resource = registered(body, existing={"n/db": content}).of_type("ConfigMap")[0]
    assert not resource.secrets, "it may be read by all"
    return resource.inputs["data"]["f"]


def test_pods_follow_the_key_that_they_read_and_no_other():
    before = fingerprint({"password": "one", "user": "u"}, DB)
    assert before == fingerprint({"password": "one", "user": "other"}, DB), "nobody reads the other key"
    assert before != fingerprint({"password": "two", "user": "u"}, DB)
    assert "one" not in before


def test_pods_follow_all_that_an_operator_made():
    whole = Existing("n", "db", None)
    assert fingerprint({"a": "1", "b": "2"}, whole) != fingerprint({"a": "1", "b": "3"}, whole)


def test_what_an_operator_makes_is_read_after_its_object():
    made = manifest("ExternalSecret", "db", "external-secrets.io/v1", spec={})
    reader = manifest("ConfigMap", "c", data={"f": Fingerprint((Existing("n", "db", None, made.reference),))})
    recording = registered(made, reader, existing={"n/db": {"a": "1"}})
    ((_, place, _, waited),) = recording.read
    assert place == "n/db"
    assert [urn.rpartition("::")[2] for urn in waited] == ["n/db"], "until it is ready, there is nothing to read"
    assert "ExternalSecret" in next(iter(waited))
