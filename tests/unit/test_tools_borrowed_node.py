"""A node that several runs want: each has it whole, one after the other, and without what a killed one left."""

import threading

import pytest

from devcluster import cluster, engine, node, paths
from devcluster.cli import borrowing, ground
from devcluster.cli.borrowing import borrowed_node
from devcluster.progress import Progress


class Killed(BaseException):
    """The borrower's end where it has no time to clean up."""


@pytest.fixture
def running(monkeypatch, tmp_path) -> list[str]:
    """What happens to a node that isn't there, in the order in which it does."""
    said: list[str] = []
    etcd = tmp_path / "home" / "etcd"

    def stop(*_: object, keep_data: bool = False) -> None:
        said.append("stopped, data kept" if keep_data else "stopped")
        if not keep_data:
            etcd.rmdir()
            (tmp_path / "home" / "borrowed").unlink(missing_ok=True)

    def lay(*_: object) -> None:
        said.append("started")
        etcd.mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr(paths, "CACHE", tmp_path)
    monkeypatch.setattr(paths, "HOME", tmp_path / "home")
    monkeypatch.setattr(cluster, "choose", lambda: cluster.EMBEDDED)
    monkeypatch.setattr(cluster, "only", lambda _: None)
    monkeypatch.setattr(node, "running", lambda: False)
    monkeypatch.setattr(ground, "lay", lay)
    monkeypatch.setattr(node, "stop", stop)
    monkeypatch.setattr(borrowing, "forget", lambda _: None)
    monkeypatch.setattr(engine.toolchain, "pulumi", lambda: "pulumi")
    monkeypatch.setattr(engine.Engine, "environment", lambda _: {})
    monkeypatch.delenv(borrowing._BORROWED, raising=False)
    return said


def killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A borrower that starts the node and never stops it."""
    with monkeypatch.context() as patched:
        patched.setattr(node, "stop", lambda *_, **__: None)
        with pytest.raises(Killed), borrowed_node(Progress()):
            raise Killed


def test_a_second_borrower_waits_until_the_first_has_stopped_its_node(running):
    def second() -> None:
        with borrowed_node(Progress()):
            running.append("second")

    other = threading.Thread(target=second)
    with borrowed_node(Progress()):
        other.start()
        other.join(0.1)
        running.append("first")
    other.join(10)
    assert running == ["started", "first", "stopped", "started", "second", "stopped"], (
        "the node would otherwise be stopped under the second one's feet"
    )


def test_what_runs_on_a_borrowed_node_may_borrow_it_again(running, monkeypatch):
    with borrowed_node(Progress()) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        with borrowed_node(Progress()):
            running.append("inside")
    assert running == ["started", "started", "inside", "stopped, data kept", "stopped"], (
        "it would wait for itself for ever, or take the outer one's node for a leftover"
    )


def test_what_a_killed_borrower_left_goes_before_the_next_one_starts(running, monkeypatch):
    killed(monkeypatch)
    with borrowed_node(Progress()):
        running.append("next")
    assert running == ["started", "stopped", "started", "next", "stopped"], (
        "the next run would find namespaces of tests that never ended"
    )


def test_a_user_s_node_that_was_stopped_keeps_its_data_when_a_borrower_is_killed(running, monkeypatch):
    (paths.HOME / "etcd").mkdir(parents=True)
    killed(monkeypatch)
    with borrowed_node(Progress()):
        running.append("next")
    assert "stopped" not in running, "the user's own volumes were on it"
    assert running[-1] == "stopped, data kept", "it did not run before"


def test_up_finds_no_leftover_and_what_it_makes_is_kept(running, monkeypatch):
    killed(monkeypatch)
    borrowing.keep(Progress())
    (paths.HOME / "etcd").mkdir()
    with borrowed_node(Progress()):
        running.append("next")
    assert running == ["started", "stopped", "started", "next", "stopped, data kept"], (
        "`make up` would run beside tests that never ended, or its data would go with them"
    )


def test_a_node_that_became_the_user_s_own_under_way_stays_up(running):
    with borrowed_node(Progress()):
        borrowing.keep(Progress())
    assert running == ["started"], "`make up` has said that it is up; its data must not go with the tests'"


def test_up_leaves_a_node_alone_that_nobody_borrowed(running):
    borrowing.keep(Progress())
    assert running == [], "a second `make up` changes nothing"


def test_up_by_what_runs_on_a_borrowed_node_does_not_keep_it(running, monkeypatch):
    with borrowed_node(Progress()) as environment, monkeypatch.context() as inside:
        for name, value in environment.items():
            inside.setenv(name, value)
        borrowing.keep(Progress())
    assert running == ["started", "stopped"], "a test's own `make up` would leave the node behind"
