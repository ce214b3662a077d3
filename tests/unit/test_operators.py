"""The operator of a version: its release made fit for a node without a registry, put in, and taken out with care."""

import json
from argparse import Namespace
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from devcluster import cluster
from devcluster.build import versions
from devcluster.cli import operator as command
from devcluster.cluster import Cluster
from devcluster.command import CommandFailed
from devcluster.images import cloudnativepg
from devcluster.operators import release, running
from devcluster.toolchain import go_module, install

KUBECTL = ("kubectl",)
OWN = Cluster("context", "prod-eu")


def released(minor: str) -> dict[str, Any]:
    """The release's Deployment as published; the CRDs, nearly all of the file, are not read."""
    pins = install.MODULES / versions.CLOUDNATIVEPG_BUILDS[minor].module
    module = go_module.folder(pins, release.MODULE, lambda _: None)
    text = (module / "releases" / f"cnpg-{release.known(minor)}.yaml").read_text()
    return yaml.safe_load(next(part for part in text.split("\n---\n") if "\nkind: Deployment\n" in part))


@pytest.mark.parametrize("minor", versions.CLOUDNATIVEPG)
def test_the_operator_and_its_instances_start_from_the_image_that_is_made_here(minor: str):
    deployment = released(minor)
    published = json.dumps(deployment)
    release.fit(deployment, cloudnativepg.IMAGES[minor].reference)
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    named = {one["name"]: one.get("value") for one in container["env"]}
    assert container["image"] == named["OPERATOR_IMAGE_NAME"] == f"localhost/cloudnativepg:{minor}", (
        "the first container of every instance copies the program out of the image of that name"
    )
    assert container["imagePullPolicy"] == "IfNotPresent", "no registry has it: with Always the pod never starts"
    assert container["resources"]["limits"]["cpu"] == release.CPU_LIMIT
    assert "ghcr.io" in published and "ghcr.io" not in json.dumps(deployment), "nothing is left to be pulled"


def test_a_version_that_is_not_built_here_is_refused_with_the_nearest():
    with pytest.raises(release.NoOperator, match=r"no operator of version '1.31' here; there are 1.28 and 1.30: is it"):
        release.known("1.31")


class FakeCluster:
    """Answers kubectl: the operator's image, objects of its kinds, and how often the webhooks do not answer yet."""

    def __init__(self, image: str = "", left: tuple[str, ...] = (), silent: int = 0) -> None:
        self.image, self.left, self.silent = image, left, silent
        self.asked: list[list[str]] = []
        self.given: list[dict[str, Any]] = []

    def __call__(self, words: list[str], *, stdin: str | None = None, timeout: float | None = None) -> str:
        """In place of devcluster.command.run."""
        self.asked.append(list(words[1:]))
        self.given.append(json.loads(stdin) if stdin else {})
        assert timeout is not None, "a cluster that hangs must not hang us"
        match words[1:]:
            case ["get", "deployment", *_]:
                spec = {"template": {"spec": {"containers": [{"image": self.image}]}}}
                return json.dumps({"spec": spec}) if self.image else ""
            case ["api-resources", *_]:
                return "clusters.postgresql.cnpg.io\ndatabases.postgresql.cnpg.io\n"
            case ["get", *_]:
                about = [{"namespace": "databases", "name": name} for name in self.left]
                return json.dumps({"items": [{"kind": "Cluster", "metadata": one} for one in about]})
            case ["create", "--dry-run=server", *_] if self.silent > 0:
                self.silent -= 1
                raise CommandFailed('`kubectl create` ended with 1:\n    failed calling webhook "mcluster.cnpg.io"')
        return ""

    def did(self, verb: str) -> list[list[str]]:
        """The commands of this verb."""
        return [words for words in self.asked if words[0] == verb]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Callable[..., FakeCluster]:
    """Makes the cluster that kubectl speaks to."""

    def make(**state: Any) -> FakeCluster:
        answering = FakeCluster(**state)
        monkeypatch.setattr(running, "run", answering)
        monkeypatch.setattr(running.time, "sleep", lambda _: None)
        return answering

    return make


OBJECTS = [{"kind": "Namespace", "metadata": {"name": "a"}}, {"kind": "Deployment", "metadata": {"name": "b"}}]


def test_the_operator_is_there_when_its_webhooks_answer_and_not_before(fake):
    seen = fake(silent=2)
    running.install(KUBECTL, "1.30", OBJECTS, lambda _: None)
    (apply,) = seen.did("apply")
    assert "--server-side" in apply, "a CRD is larger than kubectl's own annotation may be"
    assert seen.given[seen.asked.index(apply)]["items"] == OBJECTS
    assert len(seen.did("create")) == 3, "a Cluster that is applied before would be refused"
    assert all("--dry-run=server" in words for words in seen.did("create")), "nothing is made to try it"


def test_webhooks_that_never_answer_end_the_wait(fake, monkeypatch):
    fake(silent=10**6)
    monkeypatch.setattr(running, "READY_WITHIN", 0.01)
    with pytest.raises(release.NoOperator, match=r"(?s)webhooks of the operator 1.30 do not answer: .*mcluster"):
        running.install(KUBECTL, "1.30", OBJECTS, lambda _: None)


@pytest.mark.parametrize("image", ["localhost/cloudnativepg:1.28", "ghcr.io/cloudnative-pg/cloudnative-pg:1.28.2"])
def test_an_older_operator_is_upgraded_in_place(fake, image: str):
    seen = fake(image=image)
    running.install(KUBECTL, "1.30", OBJECTS, lambda _: None)
    assert seen.did("apply"), "that is how a release is upgraded"


def test_going_back_to_an_older_operator_is_refused(fake):
    seen = fake(image="localhost/cloudnativepg:1.30")
    with pytest.raises(release.NoOperator, match=r"of version 1.30, and going back to 1.28 .* Remove it first"):
        running.install(KUBECTL, "1.28", OBJECTS, lambda _: None)
    assert not seen.did("apply"), "nothing was touched"


def test_an_operator_that_a_database_needs_is_not_taken_away(fake):
    seen = fake(image="localhost/cloudnativepg:1.30", left=tuple(f"db-{n}" for n in range(7)))
    with pytest.raises(release.NoOperator, match=r"Cluster/databases/db-0, .*db-4 and 2 more; delete them first"):
        running.remove(KUBECTL, OBJECTS, lambda _: None)
    assert not seen.did("delete"), "their data would go with their kind"


def test_the_last_object_of_a_release_goes_first(fake):
    seen = fake(image="localhost/cloudnativepg:1.30")
    assert running.remove(KUBECTL, OBJECTS, lambda _: None), "it was there"
    (delete,) = seen.did("delete")
    assert seen.given[seen.asked.index(delete)]["items"] == OBJECTS[::-1], (
        "webhooks that nobody answers would refuse everything, and the namespace holds the rest"
    )


def test_where_no_operator_is_there_is_nothing_to_take_away(fake):
    seen = fake()
    assert not running.remove(KUBECTL, OBJECTS, lambda _: None)
    assert not seen.did("delete")


def options(**given: Any) -> Namespace:
    """What the command line gives."""
    return Namespace(**{"version": "1.30", "context": "", "into": "", "remove": False, **given})


def test_a_cluster_of_ones_own_is_told_what_to_do_and_left_alone(monkeypatch, capsys):
    monkeypatch.setattr(cluster, "remembered", lambda: OWN)
    monkeypatch.setattr(release, "published", lambda _: OBJECTS)
    monkeypatch.setattr(running, "install", lambda *_: pytest.fail("nobody asked for it"))
    assert command.operator(options()) == 1, "nothing was done"
    said = capsys.readouterr().out
    assert f"kubectl --context prod-eu apply --server-side -f {release.address('1.30')}" in said
    assert "make operator VERSION=1.30 CONTEXT=prod-eu" in said, "or by us, when it is named"


def test_a_cluster_that_is_named_gets_the_release_as_published(monkeypatch):
    given = []
    monkeypatch.setattr(cluster, "choose", lambda _: OWN)
    monkeypatch.setattr(Cluster, "kubectl", lambda _: list(KUBECTL))
    monkeypatch.setattr(release, "published", lambda _: OBJECTS)
    monkeypatch.setattr(running, "install", lambda *words: given.append(words[:3]))
    assert command.operator(options(context="prod-eu")) == 0
    assert given == [(list(KUBECTL), "1.30", OBJECTS)], "its registry has the image, and ours would not be found"


def test_writing_the_objects_does_nothing_else(monkeypatch, capsys):
    monkeypatch.setattr(cluster, "remembered", lambda: cluster.EMBEDDED)
    monkeypatch.setattr(release, "objects", lambda _: OBJECTS)
    assert command.operator(options(into="-")) == 0
    assert list(yaml.safe_load_all(capsys.readouterr().out)) == OBJECTS
