"""A process of the node is known by its id and its start time; nobody else's is ever ended."""

import json
import os
import subprocess
import sys
import time

import pytest

from devcluster import paths
from devcluster.node import process
from devcluster.node.process import Process


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Process ids, logs and the working folder in a folder of the test's own."""
    monkeypatch.setattr(process, "PIDS", tmp_path / "pids")
    monkeypatch.setattr(paths, "LOGS", tmp_path / "logs")
    monkeypatch.setattr(paths, "RUN", tmp_path)
    monkeypatch.setattr(paths, "HOME", tmp_path)  # the mark of its own: two runs of the tests do not meet
    return tmp_path


def sleeper(name="sleeper", **more):
    """A process that would run for a minute."""
    return Process(name, [sys.executable, "-c", "import time; time.sleep(60)"], **more)


def test_a_started_process_is_known_until_it_ends(places):
    one = sleeper()
    one.start()
    pid = one.pid()
    assert pid is not None, "it runs"
    assert os.getsid(pid) == pid, "in a session of its own: it outlives the terminal of `make up`"
    process.end([pid], grace=5)
    assert one.pid() is None, "it ended"


def test_the_id_of_somebody_elses_process_is_not_taken_for_ours(places):
    record = places / "pids" / "sleeper.json"
    record.parent.mkdir()
    mine = os.getpid()
    record.write_text(json.dumps({"pid": mine, "began": 1, "boot": process.boot()}))
    assert sleeper().pid() is None, "the same id with another start time is another process"
    record.write_text(json.dumps({"pid": mine, "began": process._start_time(mine), "boot": "another"}))
    assert sleeper().pid() is None, "after a reboot ids and start times begin anew"
    record.write_text("{")
    assert sleeper().pid() is None, "a record cut off by a crash says nothing"


def test_a_process_whose_record_was_lost_is_found_by_its_mark(places):
    one = sleeper("found-by-its-mark")
    one.start()
    pid = one.pid()
    (places / "pids" / "found-by-its-mark.json").unlink()
    # A program that was just begun has no environment for a moment, as /proc shows it.
    until = time.monotonic() + 5
    while not process.strays("found-by-its-mark") and time.monotonic() < until:
        time.sleep(0.01)
    try:
        assert process.strays("found-by-its-mark") == [pid], "`stop` must end it, though somebody emptied /run"
        assert process.strays("found-by") == [], "part of a name is another name"
    finally:
        process.end(process.strays("found-by-its-mark"), grace=5)


def test_a_zombie_does_not_count_as_running():
    child = subprocess.Popen([sys.executable, "-c", ""])
    try:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert process._start_time(child.pid) is None, "it has ended, only nobody has collected it"
    finally:
        child.wait()


def test_a_process_is_outdated_when_its_command_environment_or_configuration_changed(places):
    config = places / "config"
    config.write_text("a")
    one = sleeper(configured_by=[config])
    one.start()
    try:
        assert not one.outdated(), "nothing changed"
        assert sleeper(configured_by=[config], environment={"GOGC": "50"}).outdated()
        config.write_text("b")
        assert one.outdated(), "it reads its configuration once, when it starts"
    finally:
        process.end([pid for pid in [one.pid()] if pid], grace=5)


def test_nothing_of_the_callers_session_reaches_a_process_that_outlives_it(places, monkeypatch):
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "secret")
    one = Process("env", [sys.executable, "-c", "import os; print(sorted(os.environ))"])
    one.start()
    for _ in range(500):
        if one.log.read_text().endswith("\n"):
            break
        process.time.sleep(0.01)
    assert "PASSPHRASE" not in one.log.read_text(), "anyone who reads /proc/<pid>/environ would see it"


def test_memory_is_counted_by_share():
    assert process.memory(os.getpid()) > 2**20, "this interpreter takes more than a MiB"
    assert process.memory(2**22 + 1) == 0, "a process that is gone takes none"
