"""From manifest to resource: classes, names of fields, texts with secrets in them."""

import hashlib
import hmac
import json

import pytest
from engine import password, record

from components.compose import Part, Plan
from components.manifest import Configured, Fingerprint, Generated, Manifest, Text, secrets_in, shown
from components.registration import Registration, _snake, class_of
from components.settings.system import Cluster, System
from components.values import FINGERPRINT_KEY


def manifest(kind="Secret", name="s", after=(), keep=False, api="v1", **content) -> Manifest:
    body = {"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": "n"}, **content}
    return Manifest(body, after, keep)


def registered(*manifests, keep=False, secrets=None):
    plan = Plan([Part("App", "a", list(manifests))], {}, [], "standalone")
    return record(
        lambda: Registration(System.model_construct(keep=keep, cluster=Cluster(context="here"))).register(plan),
        stack_name="t",
        config={},
        secrets={f"postgres-apps:{key}": value for key, value in (secrets or {}).items()},
    )


@pytest.mark.parametrize(
    ("api", "kind", "token"),
    [
        ("v1", "Service", "kubernetes:core/v1:Service"),
        ("apps/v1", "StatefulSet", "kubernetes:apps/v1:StatefulSet"),
        ("networking.k8s.io/v1", "Ingress", "kubernetes:networking.k8s.io/v1:Ingress"),
        ("rbac.authorization.k8s.io/v1", "Role", "kubernetes:rbac.authorization.k8s.io/v1:Role"),
        ("policy/v1", "PodDisruptionBudget", "kubernetes:policy/v1:PodDisruptionBudget"),
        ("autoscaling/v2", "HorizontalPodAutoscaler", "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"),
    ],
)
def test_kinds_of_kubernetes_have_typed_classes(api, kind, token):
    made = class_of(api, kind)
    assert made is not None
    assert getattr(made, "pulumi_type", None) == token, "the same class as a person would write"


@pytest.mark.parametrize("api", ["monitoring.coreos.com/v1", "postgresql.cnpg.io/v1", "external-secrets.io/v1"])
def test_kinds_of_crds_have_none(api):
    assert class_of(api, "Anything") is None


def test_a_crds_object_is_registered_with_all_it_has():
    (resource,) = [
        r
        for r in registered(manifest("PodMonitor", api="monitoring.coreos.com/v1", spec={"a": [1]})).resources
        if r.type.startswith("kubernetes:")
    ]
    assert resource.type == "kubernetes:monitoring.coreos.com/v1:PodMonitor"
    assert resource.inputs["spec"] == {"a": [1]}


@pytest.mark.parametrize(
    ("key", "snake"),
    [
        ("stringData", "string_data"),
        ("automountServiceAccountToken", "automount_service_account_token"),
        ("spec", "spec"),
    ],
)
def test_keys_become_arguments(key, snake):
    assert _snake(key) == snake


HARD = 'a"b\\c/d?e&f=g é %'


def test_texts_are_written_so_that_they_can_be_read_again():
    entry = Configured("word")
    content = {
        "json": Text(('{"p":"', entry, '"}'), escape="json"),
        "url": Text(("postgresql://u:", entry, "@h/d"), escape="url"),
        "plain": Text(("<", entry, ">")),
        "alone": entry,
    }
    recording = registered(manifest(stringData=content), secrets={"word": HARD})
    data = recording.of_type("Secret")[0].inputs["stringData"]
    assert json.loads(data["json"]) == {"p": HARD}
    from urllib.parse import unquote, urlsplit  # noqa: PLC0415

    assert unquote(urlsplit(data["url"]).password or "") == HARD, "a driver reads back what was given"
    assert urlsplit(data["url"]).hostname == "h", "and finds the host behind it"
    assert (data["plain"], data["alone"]) == (f"<{HARD}>", HARD)


def test_one_secret_is_made_once_whoever_reads_it():
    shared = Generated("p")
    recording = registered(manifest(name="a", stringData={"x": shared}), manifest(name="b", stringData={"y": shared}))
    assert [r.name for r in recording.of_type("RandomPassword")] == ["p"]
    assert {v for r in recording.of_type("Secret") for v in r.inputs["stringData"].values()} == {password("p")}


def test_a_password_hangs_on_no_component():
    recording = registered(manifest(stringData={"x": Generated("p")}))
    (made,) = recording.of_type("RandomPassword")
    assert "pulumi:pulumi:Stack" in made.parent, "else it would be made anew when its first reader moves"


def fingerprint(value: str) -> str:
    annotated = manifest(
        "ConfigMap", "c", data={"f": Fingerprint((Configured("word"), Text(("x", Configured("word")))))}
    )
    recording = registered(annotated, secrets={"word": value})
    resource = recording.of_type("ConfigMap")[0]
    assert not resource.secrets, "it may be read by all: a preview shows what changes"
    return resource.inputs["data"]["f"]


def test_a_fingerprint_changes_with_its_secret_and_tells_nothing_of_it():
    one, other = fingerprint("1234"), fingerprint("1235")
    assert one == fingerprint("1234"), "the same secret rolls nothing"
    assert one != other
    key = password(FINGERPRINT_KEY.name, FINGERPRINT_KEY.length).encode()
    keyed = hmac.new(key, b"1234\0x1234", hashlib.sha256).hexdigest()
    assert one == keyed, "with a key of the stack: a plain hash of four digits is found by trying them all"


def test_what_is_kept_is_protected_on_the_object_itself():
    claim = manifest("PersistentVolumeClaim", "c", keep=True, spec={})
    recording = registered(claim, manifest("ConfigMap", "m", data={}), keep=True)
    kept = {r.name: (r.protect, r.retain) for r in recording.resources if r.type.startswith("kubernetes:")}
    assert kept == {"n/c": (True, True), "n/m": (False, False)}, "a component hands retain_on_delete down to nobody"


def test_a_need_that_comes_later_is_an_error_and_not_a_race():
    with pytest.raises(KeyError):
        registered(manifest(name="a", after=(("Secret", "b"),), stringData={}), manifest(name="b", stringData={}))


def test_markers_are_shown_and_found_at_any_depth():
    value = {"a": [Text(("x", Generated("g"), Configured("c"))), {"b": Fingerprint((Generated("h"),))}], "d": (1, "e")}
    assert list(secrets_in(value)) == [Generated("g"), Configured("c"), Generated("h")]
    assert shown(value) == {
        "a": ["x<generated g><configured c>", {"b": "<fingerprint of the secrets>"}],
        "d": [1, "e"],
    }


def test_a_marker_can_not_be_written_by_accident():
    with pytest.raises(TypeError):
        json.dumps({"a": Generated("g")})
