"""Commands that have the terminal."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from devcluster import command

ROOT = Path(__file__).resolve().parents[2]

SCRIPT = "trap 'sleep 0.3; echo tidy; exit 7' INT; sleep 0.3; echo up; sleep 5 > /dev/null 2>&1 & wait"

ASKED_TO_STOP = f"""\
from devcluster import command
print("code", command.foreground(["sh", "-c", {SCRIPT!r}]))
"""


def test_on_ctrl_c_a_command_is_left_to_end_in_order():
    running = subprocess.Popen(
        [sys.executable, "-c", ASKED_TO_STOP],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Where this run itself ignores the signal, a child would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )
    assert running.stdout is not None
    assert running.stdout.readline() == "up\n", "the command began"
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to both
    rest = running.communicate(timeout=10)[0]
    assert "tidy" in rest, "pulumi must be able to record what it did"
    assert "code 7" in rest, "its own exit code counts"


def test_a_foreground_commands_environment_is_added_to_ours():
    assert command.foreground(["sh", "-c", 'test "$ADDED" = yes -a -n "$PATH"'], environment={"ADDED": "yes"}) == 0
