"""A password that moves from one source to another stays the same, with the real engine and a real API server."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from plugins_stack import Stack

from devcluster.plugins.kubernetes.cluster import Cluster, Gone

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
from components.manifest import Fingerprint, Text
from components.names import Scope
from components.registration import Registration
from components.settings.source import SecretSource
from components.settings.system import Cluster, System

given = json.load(open("given.json"))
scope = Scope(given["namespace"], {{}}, given["keep"], "cluster.local")
password = secrets.marker(scope, SecretSource.model_validate(given["source"]), "db/password")
entries = {{"password": password, "uri": Text(("postgresql://app:", password, "@h:5432/d"), escape="url")}}
made = secrets.opaque(scope, "db", entries, {{}})
content = {{"data": {{"of": Fingerprint((password,))}}}}
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

    def password(self) -> str:
        found = {key: base64.b64decode(value).decode() for key, value in self.secret()["data"].items()}
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
