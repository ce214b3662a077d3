"""A password that moves from one source to another stays the same, with the real engine and a real API server."""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest
import yaml
from plugins_stack import Stack

from devcluster.plugins.kubernetes.client import APPLY
from devcluster.plugins.kubernetes.cluster import Cluster, Gone
from tests import crds

ROOT = Path(__file__).resolve().parent.parent.parent
HARD = "p%2B+ä/ ?#&=:@" + "x" * 24
"""What a shell, a URL and YAML each would read otherwise."""

FAILED = 1
"""The exit code of the CLI after an error of the engine or of the program."""

PROGRAM = f"""\
import json, sys
sys.path.insert(0, {str(ROOT)!r})
from components import secrets
from components.compose import Part, Plan
from components.manifest import Text
from components.names import Scope, checksums
from components.registration import Registration
from components.settings.source import SecretSource
from components.settings.sources import Sources
from components.settings.system import Cluster, System

given = json.load(open("given.json"))
store = {{"external": {{"store": "fake", "kind": "ClusterSecretStore"}}}}
scope = Scope(given["namespace"], {{}}, given["keep"], "cluster.local", sources=Sources.model_validate(store))
password = secrets.marker(scope, SecretSource.model_validate(given["source"]), "db/password")
entries = {{"password": password, "uri": Text(("postgresql://app:", password, "@h:5432/d"), escape="url")}}
made = secrets.opaque(scope, "db", entries, {{}})
content = {{"data": {{"of": next(iter(checksums(made).values()))}}}}
follower = scope.manifest("v1", "ConfigMap", "follower", content, labels={{}}, after=(made.reference,))
plan = Plan([Part("App", "a", [made, follower])], {{}}, [], "standalone")
Registration(System.model_construct(keep=given["keep"], cluster=Cluster(context=given["context"]))).register(plan)
"""


class Moving:
    """A Secret whose password comes from a source that the test names."""

    def __init__(self, stack: Stack, cluster: Cluster, namespace: str, kubeconfig: Path, *, keep: bool = False) -> None:
        self.stack, self.cluster, self.namespace, self.keep = stack, cluster, namespace, keep
        self.context = yaml.safe_load(kubeconfig.read_text())["current-context"]
        self.said: list[str] = []
        (stack.folder / "__main__.py").write_text(PROGRAM)

    def source(self, **source: Any) -> "Moving":
        given = {"namespace": self.namespace, "context": self.context, "keep": self.keep, "source": source}
        (self.stack.folder / "given.json").write_text(json.dumps(given))
        return self

    def up(self, code: int = 0) -> str:
        self.said.append(self.stack.up(code))
        return self.said[-1]

    def preview(self, code: int = 0) -> str:
        self.said.append(self.stack.preview(code=code))
        return self.said[-1]

    def configure(self, value: str) -> None:
        self.stack.run("config", "set", "--secret", "postgres-apps:dbPassword", value)

    def keeps(self, name: str, **content: str) -> None:
        """Somebody else keeps a Secret."""
        meta = {"name": name, "namespace": self.namespace}
        self.cluster.apply({"apiVersion": "v1", "kind": "Secret", "metadata": meta, "stringData": content}, "others")

    def secret(self, name: str = "db") -> dict[str, Any]:
        meta = {"name": name, "namespace": self.namespace}
        return self.cluster.get({"apiVersion": "v1", "kind": "Secret", "metadata": meta})

    def password(self, name: str = "db") -> str:
        found = {key: base64.b64decode(value).decode() for key, value in self.secret(name)["data"].items()}
        assert unquote(urlsplit(found["uri"]).password or "") == found["password"], "both keys say the same"
        return found["password"]

    def follower(self) -> str:
        meta = {"name": "follower", "namespace": self.namespace}
        return self.cluster.get({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta})["data"]["of"]

    def tells_nobody(self, *values: str) -> None:
        texts = [*self.said, self.stack.file()]
        for value in values:
            for form in (value, base64.b64encode(value.encode()).decode(), json.dumps(value)[1:-1]):
                assert not any(form in text for text in texts), "neither printed nor in the state in clear text"


@pytest.fixture
def external_secrets(cluster: Cluster) -> Iterator[None]:
    """The API server serves ExternalSecrets; the definition goes again where it was not there."""
    found = [one for one in crds.definitions("external-secrets.io") if one["spec"]["names"]["kind"] == "ExternalSecret"]
    (definition,) = found
    there = cluster.look(
        "apiextensions.k8s.io/v1", "CustomResourceDefinition", None, name=definition["metadata"]["name"]
    )
    if not there:
        cluster.apply(definition, "plugins-test")
        deadline = time.monotonic() + 30
        while not _is_established(cluster.get(definition)) and time.monotonic() < deadline:
            time.sleep(0.2)
    yield
    if not there:
        cluster.delete(definition, "Background")


def _is_established(definition: dict[str, Any]) -> bool:
    listed = definition.get("status", {}).get("conditions") or []
    return any(one["type"] == "Established" and one["status"] == "True" for one in listed)


class Operator(threading.Thread):
    """Does for one ExternalSecret what External Secrets does: the Secret with what the store has, then `Ready`."""

    def __init__(self, cluster: Cluster, namespace: str, name: str, value: str) -> None:
        super().__init__(daemon=True)
        self.cluster, self.namespace, self.name_of, self.value = cluster, namespace, name, value
        self.saw_before: list[str] = []

    def thing(self, version: str, kind: str, **content: Any) -> dict[str, Any]:
        meta = {"name": self.name_of, "namespace": self.namespace}
        return {"apiVersion": version, "kind": kind, "metadata": meta, **content}

    def run(self) -> None:
        asked = self.thing("external-secrets.io/v1", "ExternalSecret")
        deadline = time.monotonic() + 100
        while time.monotonic() < deadline:
            try:
                template = self.cluster.get(asked)["spec"]["target"]["template"]["data"]
                break
            except Gone:
                time.sleep(0.3)
        else:
            return
        time.sleep(2)  # What comes after it would come now, if it did not wait.
        follower = self.cluster.look("v1", "ConfigMap", self.namespace, name="follower")
        self.saw_before = [one["data"]["of"] for one in follower]
        self.fill(sorted(template))
        condition = {
            "type": "Ready",
            "status": "True",
            "reason": "SecretSynced",
            "message": "",
        }
        body = {**asked, "status": {"conditions": [{**condition, "lastTransitionTime": "2026-01-01T00:00:00Z"}]}}
        query = {"fieldManager": "operator", "force": "true"}
        self.cluster.client.request(
            "PATCH", self.cluster.path(asked) + "/status", body=body, query=query, content=APPLY
        )

    def fill(self, keys: list[str]) -> None:
        uri = f"postgresql://app:{quote(self.value, safe='')}@h:5432/d"
        content = {key: {"password": self.value, "uri": uri}[key] for key in keys}
        self.cluster.apply(self.thing("v1", "Secret", stringData=content), "operator", force=True)


@pytest.fixture
def moving(stack: Callable[..., Stack], cluster: Cluster, namespace: str, kubeconfig: Path) -> Moving:
    return Moving(stack(), cluster, namespace, kubeconfig)


def test_a_password_moves_to_the_configuration_and_to_somebody_elses_secret(moving: Moving) -> None:
    moving.source(generate=40).up()
    password, uid, follower = moving.password(), moving.secret()["metadata"]["uid"], moving.follower()
    assert len(password) == 40
    moving.configure(password)
    moving.source(config="dbPassword").up()
    assert moving.password() == password
    moving.keeps("kept", password=password)
    moving.source(secret={"name": "kept", "key": "password"})
    assert "1 to update" not in moving.preview(), "the content is the same, so nothing is to be done"
    moving.up()
    assert moving.password() == password
    assert moving.secret()["metadata"]["uid"] == uid, "the same Secret all along, changed in place"
    assert moving.follower() == follower, "no pod is rolled for a value that did not change"
    moving.tells_nobody(password)
    moving.source(generate=40).up()
    assert moving.secret("kept"), "what somebody else keeps is never deleted"


def test_a_changed_secret_of_somebody_else_arrives_with_the_next_up(moving: Moving) -> None:
    moving.keeps("kept", password=HARD)
    moving.source(secret={"name": "kept", "key": "password"}).up()
    assert moving.password() == HARD, "whatever characters it has"
    before = moving.follower()
    moving.keeps("kept", password=HARD + "2")
    moving.preview()
    moving.up()
    assert moving.password() == HARD + "2"
    assert moving.follower() != before, "what reads it is rolled"
    moving.tells_nobody(HARD)


def test_an_existing_secret_that_is_not_there_is_told_before_anything_is_made(moving: Moving, cluster: Cluster) -> None:
    moving.source(secret={"name": "kept", "key": "password"})
    assert f"{moving.namespace}/kept" in moving.preview(code=FAILED), "which one is missing"
    moving.up(code=FAILED)
    with pytest.raises(Gone):
        moving.secret()


def test_a_key_that_is_not_there_is_told_with_those_that_are(moving: Moving) -> None:
    moving.keeps("kept", pasword=HARD)
    told = moving.source(secret={"name": "kept", "key": "password"}).preview(code=FAILED)
    assert "has no key `password`; its keys are: pasword" in told
    moving.tells_nobody(HARD)


def test_where_the_stack_keeps_its_data_the_old_password_must_be_let_go_first(
    stack: Callable[..., Stack], cluster: Cluster, namespace: str, kubeconfig: Path
) -> None:
    kept = Moving(stack(), cluster, namespace, kubeconfig, keep=True)
    kept.source(generate=40).up()
    password = kept.password()
    kept.configure(password)
    told = kept.source(config="dbPassword").up(code=FAILED)
    assert "pulumi state unprotect" in told, "rule 6: and with the command that does it"
    urn = next(line.split("'")[1] for line in told.splitlines() if "pulumi state unprotect" in line and "'" in line)
    kept.stack.run("state", "unprotect", urn, "--yes")
    kept.up()
    assert kept.password() == password


@pytest.mark.usefixtures("external_secrets")
def test_a_password_moves_to_an_operator_and_what_reads_it_waits(moving: Moving, cluster: Cluster) -> None:
    moving.source(generate=40).up()
    password, before = moving.password(), moving.follower()
    operator = Operator(cluster, moving.namespace, "db-external", password)
    moving.source(external={"key": "kis", "property": "password"})
    assert "db-external" in moving.preview(), "the first preview can't read what is not there, and does not try"
    operator.start()
    moving.up()
    operator.join(10)
    assert moving.password("db-external") == password
    assert operator.saw_before == [before], "no pod is rolled before the new Secret is there"
    after = moving.follower()
    assert after != before, "then onto the new one"
    with pytest.raises(Gone):
        moving.secret("db")
    assert "1 to update" not in moving.preview(), "nothing is to be done as long as the operator changes nothing"
    operator.value = HARD
    operator.fill(["password", "uri"])
    moving.up()
    assert moving.follower() != after, "the next `up` follows what the operator did"
    moving.tells_nobody(password, HARD)
