"""A node that several runs want: each has it whole, one after the other."""

import threading

import pytest

from devcluster import cluster, engine, node, paths
from devcluster.cli import ground, run
from devcluster.progress import Progress


@pytest.fixture
def running(monkeypatch, tmp_path) -> list[str]:
    """What happens to a node that isn't there, in the order in which it does."""
    said: list[str] = []
    monkeypatch.setattr(paths, "CACHE", tmp_path)
    monkeypatch.setattr(paths, "HOME", tmp_path / "home")
    monkeypatch.setattr(cluster, "choose", lambda: cluster.EMBEDDED)
    monkeypatch.setattr(cluster, "only", lambda _: None)
    monkeypatch.setattr(node, "running", lambda: False)
    monkeypatch.setattr(ground, "lay", lambda *_: said.append("started"))
    monkeypatch.setattr(node, "stop", lambda *_, **__: said.append("stopped"))
    monkeypatch.setattr(run, "forget", lambda _: None)
    monkeypatch.setattr(engine.toolchain, "pulumi", lambda: "pulumi")
    monkeypatch.setattr(engine.Engine, "environment", lambda _: {})
    monkeypatch.delenv(run._BORROWED, raising=False)
    return said


def test_a_second_borrower_waits_until_the_first_has_stopped_its_node(running):
    def second() -> None:
        with run.borrowed_node(Progress()):
            running.append("second")

    other = threading.Thread(target=second)
    with run.borrowed_node(Progress()):
        other.start()
        other.join(0.1)
        running.append("first")
    other.join(10)
    assert running == ["started", "first", "stopped", "started", "second", "stopped"], (
        "the node would otherwise be stopped under the second one's feet"
    )


def test_what_runs_on_a_borrowed_node_may_borrow_it_again(running, monkeypatch):
    with run.borrowed_node(Progress()) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        with run.borrowed_node(Progress()):
            running.append("inside")
    assert "inside" in running, "it would wait for itself for ever"
